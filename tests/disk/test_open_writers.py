"""Who has a file open to write is known from the kernel, without being ended for asking."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from proxy.disk.open_writers import is_being_written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "a"
    made.write_text("x")
    return made


def ask(path: Path) -> bool | None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return is_being_written(descriptor)
    finally:
        os.close(descriptor)


def test_readers_do_not_count(file: Path) -> None:
    with file.open():
        assert ask(file) is False


@pytest.mark.parametrize("mode", ["w", "a", "r+"])
def test_writers_count(file: Path, mode: str) -> None:
    with file.open(mode):
        assert ask(file) is True
    assert ask(file) is False


def test_writers_in_another_process_count(file: Path) -> None:
    program = "import sys; f = open(sys.argv[1], 'a'); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        assert ask(file) is True
        writer.communicate(b"\n")
    assert ask(file) is False


def test_writers_who_come_while_one_asks_end_nobody(file: Path) -> None:
    stopping = threading.Event()

    def write() -> None:
        while not stopping.is_set():
            file.write_text("x")

    thread = threading.Thread(target=write)
    thread.start()
    answers = {ask(file) for _ in range(3000)}
    stopping.set()
    thread.join()
    assert answers <= {True, False}


@pytest.mark.skipif(os.geteuid() != 0, reason="asks of another account's file: needs root")
def test_a_file_of_another_account_can_be_asked_of_without_the_capability(file: Path) -> None:
    """As in a container, where root has no CAP_LEASE."""
    os.chown(file, 123_456, 123_456)
    program = (
        "import ctypes, os, sys; libc = ctypes.CDLL(None);"
        "assert not libc.prctl(24, 28, 0, 0, 0);"  # PR_CAPBSET_DROP, CAP_LEASE
        "os.execv(sys.executable, [sys.executable, '-c', sys.argv[1], sys.argv[2]])"
    )
    ask_there = (
        "import os, sys; from proxy.disk.open_writers import is_being_written as ask;"
        "print(ask(os.open(sys.argv[1], os.O_RDONLY)), os.geteuid());"
        "f = open(sys.argv[1], 'a');"
        "print(ask(os.open(sys.argv[1], os.O_RDONLY)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, ask_there, str(file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "0", "True"]


def test_where_nobody_can_tell_the_answer_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    descriptor = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert is_being_written(descriptor) is None
    os.close(descriptor)
