"""Processes found, remembered and ended; real ones."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.servers import processes

WAITING = "import time; time.sleep(60)"


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
    found = processes.find_notebook(folder)
    assert found is not None
    assert found.pid == server.pid
    assert processes.find_notebook(folder.with_name("ada.hom")) is None
    assert [found.pid for found in processes.find_notebooks(folder.parent)] == [server.pid]
    assert processes.find_notebooks(folder.parent.parent) == []


def test_a_zombie_is_no_server(server: subprocess.Popen[bytes], folder: Path) -> None:
    process = psutil.Process(server.pid)
    server.send_signal(signal.SIGKILL)
    while process.status() != psutil.STATUS_ZOMBIE:
        pass
    assert not processes.is_live(process)
    assert processes.live(server.pid) is None
    assert processes.find_notebook(folder) is None
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
