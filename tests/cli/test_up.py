"""`sifu up`: its checks, and the whole of it with real programs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.cli.data_lock import locked
from proxy.cli.up import (
    check_port,
    environment_of,
    find_configuration,
    make_ready,
    refuse_second_run,
)
from proxy.core.errors import Conflict, InvalidSettings
from proxy.limits import count_cores
from proxy.servers.places import Places
from proxy.settings import Secret, Settings, read_settings
from proxy.store import uids, users
from proxy.store.database import Store

FRONT, NOTEBOOK = 13420, 13421
_START = "import sys; from proxy.cli import main; sys.argv = ['sifu', 'up']; main()"


def test_a_taken_port_is_named_with_its_setting() -> None:
    with (
        socket.create_server(("127.0.0.1", 13411)),
        pytest.raises(InvalidSettings, match=r"13411 on 127.0.0.1.*SIFU_FRONT_PORT"),
    ):
        check_port("127.0.0.1", 13411, "SIFU_FRONT_PORT")
    check_port("127.0.0.1", 13411, "SIFU_FRONT_PORT")


@pytest.mark.parametrize("address", ["203.0.113.1", "::1"])
def test_an_address_that_cannot_be_used_is_named(address: str) -> None:
    with pytest.raises(InvalidSettings, match="SIFU_BIND"):
        check_port(address, 13411, "SIFU_FRONT_PORT")


def test_a_dead_socket_is_no_second_run() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        places = Places(Path(folder), Path(folder), "python")
        refuse_second_run(places)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(places.supervisor_socket))
            listening.listen(1)
            with pytest.raises(Conflict, match="running already"):
                refuse_second_run(places)
        refuse_second_run(places)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives people accounts")
def test_a_range_that_leaves_people_outside_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cli.up.check_isolation", lambda settings, places: None)
    settings = read_settings(
        {
            "SIFU_DATA": str(tmp_path),
            "SIFU_WORKSPACES": "per-user",
            "SIFU_UID_RANGE": "100000-100009",
            "SIFU_FRONT_PORT": "13412",
            "SIFU_NOTEBOOK_PORT": "13413",
        }
    )
    places = Places(tmp_path / "run", tmp_path / "logs", "python", tmp_path / "passage")
    assert make_ready(settings, places)
    store = Store(settings.store_url)
    (someone,) = store.read_now(users.list_all)
    store.write_now(uids.give, someone.slug, among=range(200000, 200010))
    store.close()
    with pytest.raises(InvalidSettings, match=r"SIFU_UID_RANGE: 1 person .*200000"):
        make_ready(settings, places)


def test_the_programs_read_the_settings_back_and_see_no_secret(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "logs", "/usr/bin/python3")
    (tmp_path / "secrets").mkdir()
    settings = Settings(
        data=tmp_path,
        notebooks=tmp_path,
        secret=Secret("s" * 32),
        database_url=Secret("postgresql://me:hush@db/x"),
        admin_password=Secret("hush-hush"),
        relay_workers=3,
    )
    inherited = {"PATH": "/bin", "SIFU_SECRET": "s" * 32, "SIFU_ADMIN_PASSWORD": "hush-hush"}
    environment = environment_of(settings, places, inherited=inherited)
    shown = str(environment)
    assert "hush" not in shown
    assert "s" * 32 not in shown
    assert environment["PATH"] == "/bin"
    assert environment["SIFU_RELAY_WORKERS"] == "3"
    read = read_settings(environment)
    assert (read.secret, read.database_url) == (settings.secret, settings.database_url)
    assert (read.admin_password, read.relay_workers) == ("", 3)


def test_zero_relay_workers_are_one_for_each_core(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path / "logs", "/usr/bin/python3")
    environment = environment_of(Settings(relay_workers=0), places, inherited={})
    assert environment["SIFU_RELAY_WORKERS"] == str(count_cores())


def test_the_configuration_is_found_beside_the_package() -> None:
    assert "[fcgi-program:front]" in find_configuration().read_text()


class Installation:
    """A data folder, and what was started with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        self.lines: list[str] = []

    def up(self, **settings: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "SIFU_DATA": str(self.folder / "data"),
            "SIFU_NOTEBOOKS": str(self.folder / "notebooks"),
            "SIFU_FRONT_PORT": str(FRONT),
            "SIFU_NOTEBOOK_PORT": str(NOTEBOOK),
            "SIFU_RELAY_WORKERS": "2",
            "SIFU_SECRET": "a-secret-that-must-not-be-seen-anywhere",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", _START],
            env=environment | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def read_until(self, process: subprocess.Popen[str], word: str, seconds: float = 45) -> str:
        """Return the output up to the line that holds `word`."""
        lines: list[str] = []
        assert process.stdout is not None
        giving_up = threading.Timer(seconds, process.kill)
        giving_up.start()
        for line in process.stdout:
            lines.append(line)
            if word in line:
                break
        giving_up.cancel()
        assert word in "".join(lines[-1:]), "".join(lines)
        return "".join(lines)

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("SIFU_DATA") == str(self.folder / "data"):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end(self) -> None:
        for process in self.processes():
            process.kill()
        for started in self.started:
            started.kill()
            started.wait()
            if started.stdout is not None:
                started.stdout.close()


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="sifu-", dir="/tmp"))
    made = Installation(folder)
    yield made
    made.end()
    shutil.rmtree(folder, ignore_errors=True)


def healthy() -> bool:
    urls = (f"http://127.0.0.1:{FRONT}/healthz", f"http://127.0.0.1:{NOTEBOOK}/-/healthz")
    answers = []
    for url in urls:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own)
            answers.append(answer.status)
    return answers == [200, 200]


def interrupt(process: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    return time.monotonic() - began


@pytest.mark.system
def test_a_whole_run(installation: Installation) -> None:
    running = installation.up()
    out = installation.read_until(running, "/sign-in?code=")
    assert out.splitlines()[-1].startswith(f"http://127.0.0.1:{FRONT}/sign-in?code=")
    assert healthy()
    for process in installation.processes():
        told = " ".join([*process.cmdline(), *process.environ().values()])
        assert "a-secret-that" not in told

    second = installation.up()
    assert "running already" in installation.read_until(second, "SIFU_DATA")
    assert second.wait(10) == 1

    assert interrupt(running) < 10
    assert installation.processes() == []


@pytest.mark.system
def test_of_two_starts_at_once_one_runs_and_the_other_shows_no_way_in(
    installation: Installation,
) -> None:
    both = [installation.up(), installation.up()]
    deadline = time.monotonic() + 30
    while not (ended := [each for each in both if each.poll() is not None]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (second,) = ended
    assert second.returncode == 1
    assert second.stdout is not None
    told = second.stdout.read()
    assert "running already" in told
    assert "sign-in" not in told
    (first,) = [each for each in both if each is not second]
    installation.read_until(first, "/sign-in?code=")
    assert healthy()
    interrupt(first)
    assert first.stdout is not None
    assert first.stdout.read() == ""
    with locked(installation.folder / "data"):
        pass


def lock_holders(installation: Installation) -> list[int]:
    """Return the processes that have the lock's file open."""
    held = []
    lock = installation.folder / "data" / "lock"
    for process in installation.processes():
        folder = Path(f"/proc/{process.pid}/fd")
        if any(link.exists() and link.samefile(lock) for link in folder.iterdir()):
            held.append(process.pid)
    return held


@pytest.mark.system
def test_what_a_killed_supervisord_left_is_cleared_away(installation: Installation) -> None:
    running = installation.up()
    installation.read_until(running, "/sign-in?code=")
    orphans = [found for found in installation.processes() if found.pid != running.pid]
    assert len(orphans) >= 3
    # An orphan that held the lock would keep the next run out.
    assert lock_holders(installation) == [running.pid]
    running.kill()
    running.wait()

    again = installation.up()
    installation.read_until(again, "/sign-in?code=")
    assert healthy()
    assert not [orphan for orphan in orphans if orphan.is_running()]
    interrupt(again)


@pytest.mark.system
def test_logs_go_to_stdout_in_a_container(installation: Installation) -> None:
    running = installation.up(SIFU_LOGS="stdout", SIFU_ADMIN_PASSWORD="correct horse")
    out = installation.read_until(running, f"http://127.0.0.1:{FRONT}/sign-in\n")
    assert "front.ready" in out
    assert "relay.ready" in out
    assert "correct horse" not in out
    interrupt(running)


@pytest.mark.system
def test_a_front_that_cannot_run_ends_everything_and_says_why(installation: Installation) -> None:
    module = installation.folder / "sitecustomize.py"
    module.write_text("import sys\nif 'proxy.front_app' in sys.orig_argv: sys.exit('front broke')")
    running = installation.up(PYTHONPATH=str(installation.folder))
    out = installation.read_until(running, "`sifu doctor`")
    assert "front broke" in out
    assert running.wait(15) == 1  # a platform that restarts what failed looks at this
    deadline = time.monotonic() + 5
    while installation.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert installation.processes() == []
