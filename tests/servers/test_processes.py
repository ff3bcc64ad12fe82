"""Processes found, remembered and ended; real ones."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.servers import processes

WAITING = "import time; time.sleep(60)"
SOMEBODY = 5_000_000
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as somebody else")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "servers" / "ada.home"


@pytest.fixture
def server(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", WAITING, "-m", "proxy.notebook", str(folder)]
    with subprocess.Popen(command) as process:
        yield process
        process.kill()


def test_a_server_is_found_by_its_folder(server: subprocess.Popen[bytes], folder: Path) -> None:
    assert [found.pid for found in processes.find_notebooks(folder.parent)] == [server.pid]
    assert processes.find_notebooks(folder.parent.parent) == []


def test_a_zombie_is_no_server(server: subprocess.Popen[bytes], folder: Path) -> None:
    process = psutil.Process(server.pid)
    server.send_signal(signal.SIGKILL)
    while process.status() != psutil.STATUS_ZOMBIE:
        pass
    assert not processes.is_live(process)
    assert processes.live(server.pid) is None
    assert processes.find_notebooks(folder.parent) == []
    server.wait()
    assert not processes.is_live(process)
    assert processes.live(server.pid) is None
    assert processes.descendants(process) == []
    processes.terminate(process)
    processes.kill([process])


def test_what_it_started_is_remembered_after_it_is_gone(tmp_path: Path) -> None:
    code = "import subprocess, time; subprocess.Popen(['sleep', '60'], start_new_session=True); "
    with subprocess.Popen([sys.executable, "-c", code + WAITING]) as parent:
        process = psutil.Process(parent.pid)
        while not (started := processes.descendants(process)):
            pass
        parent.kill()
    assert all(processes.is_live(child) for child in started)
    processes.kill(started)
    assert not any(processes.is_live(child) for child in started)


def test_modules_are_found_with_the_environment_they_were_given(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WAITING, "-m", "proxy.front_app"]
    with subprocess.Popen(command, env={"SIFU_RUN": str(tmp_path)}) as process:
        found = {other.pid: other for other in processes.find_modules({"proxy.front_app"})}
        assert processes.environment_value(found[process.pid], "SIFU_RUN") == str(tmp_path)
        assert processes.environment_value(found[process.pid], "OTHER") is None
        assert process.pid not in {other.pid for other in processes.find_modules({"proxy"})}
        processes.terminate(found[process.pid])
        processes.wait_until_gone([found[process.pid]], 5)
    assert processes.environment_value(found[process.pid], "SIFU_RUN") is None


def test_a_family_is_found_by_descent_where_the_account_is_ours() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING]) as process:
        assert processes.family(psutil.Process(process.pid)) == [psutil.Process(process.pid)]
        process.kill()


def test_our_own_account_is_never_ended() -> None:
    assert processes.of_account(os.getuid()) == []
    processes.end_accounts([os.getuid(), 0])


def run_as_somebody(code: str) -> subprocess.Popen[bytes]:
    """Start a program of an account that nobody else has; it says when it is ready."""
    uid = SOMEBODY + os.getpid() % 100_000
    return subprocess.Popen(
        ["/usr/bin/env", "-i", "python3", "-c", code],
        user=uid,
        group=uid,
        extra_groups=(),
        cwd="/",
        stdout=subprocess.PIPE,
    )


@needs_root
@pytest.mark.parametrize(
    "trick",
    [
        # psutil looks for the first `Uid:` of the status, and the name stands before it.
        "libc.prctl(15, b'Uid:\\t0\\t0\\t0', 0, 0, 0); print(flush=True); time.sleep(60)",
        "print(flush=True)\nwhile True: libc.kill(-1, 9)",
        "print(flush=True)\nwhile True: libc.kill(-1, 19)",
    ],
    ids=["named-like-root", "kills-who-comes", "stops-who-comes"],
)
def test_no_trick_saves_what_an_account_runs(trick: str) -> None:
    with run_as_somebody(f"import ctypes, time; libc = ctypes.CDLL(None)\n{trick}") as process:
        assert process.stdout is not None
        process.stdout.readline()
        uid = SOMEBODY + os.getpid() % 100_000
        try:
            assert [each.pid for each in processes.of_account(uid)] == [process.pid]
            processes.end_accounts([uid])
            assert process.wait(5) == -signal.SIGKILL
        finally:
            process.kill()


def test_a_fork_server_is_found_by_its_socket(tmp_path: Path) -> None:
    path = tmp_path / "fork.sock"
    words = ["-m", "proxy.notebook.fork_server", str(path)]
    with subprocess.Popen([sys.executable, "-c", WAITING, *words]) as process:
        assert [each.pid for each in processes.find_fork_servers(path)] == [process.pid]
        assert processes.find_fork_servers(tmp_path / "other.sock") == []
        process.kill()
