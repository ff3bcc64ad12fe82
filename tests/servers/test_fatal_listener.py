"""The event listener: its protocol, and what it does inside a real supervisord."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.servers.fatal_listener import accounts_of, listen, parse
from tests.servers.supervision import supervision

_SECTIONS = """
[eventlistener:watch]
command={python} -m proxy.servers.fatal_listener
events=PROCESS_STATE_FATAL,SUPERVISOR_STATE_CHANGE_STOPPING
stderr_logfile={log}

[program:{name}]
command=/bin/false
startretries=1
"""


@pytest.fixture(autouse=True)
def _same_signals_afterwards() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def event(name: str, payload: str) -> str:
    header = f"ver:3.0 server:supervisor serial:1 pool:watch poolserial:1 eventname:{name}"
    return f"{header} len:{len(payload)}\n{payload}"


def fatal(group: str) -> str:
    payload = f"processname:{group} groupname:{group} from_state:BACKOFF"
    return event("PROCESS_STATE_FATAL", payload)


def test_headers_and_payloads_are_pairs() -> None:
    assert parse("a:1 b:x:y nothing\n") == {"a": "1", "b": "x:y"}
    assert parse("") == {}


def test_every_event_is_answered_and_the_end_of_the_pipe_ends_it(tmp_path: Path) -> None:
    answers = io.StringIO()
    events = io.StringIO(fatal("ada.home") * 2)
    listen(events, answers, run=tmp_path, supervisord=-1)
    assert answers.getvalue() == "READY\nRESULT 2\nOK" * 2 + "READY\n"


def test_stopping_is_written_down_and_is_the_last_event(tmp_path: Path) -> None:
    answers = io.StringIO()
    events = io.StringIO(event("SUPERVISOR_STATE_CHANGE_STOPPING", "") + fatal("ada.home"))
    listen(events, answers, run=tmp_path, supervisord=-1)
    assert answers.getvalue() == "READY\n"
    assert (tmp_path / "stopping").exists()


@pytest.mark.parametrize(("group", "ends"), [("front", True), ("relay", True), ("ada.home", False)])
def test_only_front_and_relay_take_everything_with_them(
    tmp_path: Path, group: str, ends: bool
) -> None:
    with subprocess.Popen(["sleep", "60"]) as stand_in:
        listen(io.StringIO(fatal(group)), io.StringIO(), run=tmp_path, supervisord=stand_in.pid)
        if not ends:
            assert stand_in.poll() is None
            stand_in.terminate()
        assert stand_in.wait(5) == -signal.SIGTERM


def test_servers_of_this_run_end_with_it_and_those_of_others_do_not(tmp_path: Path) -> None:
    waiting = "import time; time.sleep(60)"
    (tmp_path / "ours").mkdir()

    def pretend(run: Path) -> subprocess.Popen[bytes]:
        folder = run / "servers" / "ada.home"
        command = [sys.executable, "-c", waiting, "-m", "proxy.notebook", str(folder)]
        return subprocess.Popen(command)

    with pretend(tmp_path / "ours") as ours, pretend(tmp_path / "theirs") as theirs:
        stopping = io.StringIO(event("SUPERVISOR_STATE_CHANGE_STOPPING", ""))
        listen(stopping, io.StringIO(), run=tmp_path / "ours", supervisord=os.getpid())
        has_ended = ours.poll() is not None
        others_live = theirs.poll() is None
        ours.kill()
        theirs.kill()
    assert (has_ended, others_live) == (True, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give files away")
def test_what_a_server_started_ends_though_the_server_cannot_be_found(tmp_path: Path) -> None:
    uid = 5_200_000 + os.getpid() % 100_000
    folder = tmp_path / "servers/ada.home"
    folder.mkdir(parents=True)
    assert accounts_of(tmp_path / "none") == accounts_of(tmp_path / "servers") == []
    os.chown(folder, 0, uid)
    with subprocess.Popen(["sleep", "60"], user=uid, group=uid, extra_groups=()) as hidden:
        stopping = io.StringIO(event("SUPERVISOR_STATE_CHANGE_STOPPING", ""))
        listen(stopping, io.StringIO(), run=tmp_path, supervisord=os.getpid())
        has_ended = hidden.poll() is not None
        hidden.kill()
    assert has_ended


@pytest.mark.system
@pytest.mark.parametrize(("name", "ends"), [("front", True), ("ada.home", False)])
def test_supervisord_ends_when_front_cannot_run(tmp_path: Path, name: str, ends: bool) -> None:
    log = tmp_path / "watch.log"
    with supervision(_SECTIONS.format(python=sys.executable, name=name, log=log)) as supervised:
        supervised.start()
        assert supervised.process is not None
        try:
            supervised.process.wait(20 if ends else 6)
        except subprocess.TimeoutExpired:
            assert not ends
            return
        assert ends
        assert "front cannot run" in log.read_text()
        assert not psutil.pid_exists(supervised.process.pid)
