"""What relay processes tell each other, with real files, and real processes where locks matter."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proxy.relay.siblings import FRESH_SECONDS, SLOTS, Siblings

SIZE = SLOTS * 16
NOW = 1000.0
START = "import fcntl, os, sys; from proxy.relay.siblings import Siblings; path = sys.argv[1]\n"
REST = "print('there', flush=True); sys.stdin.readline()\n"
TELL = f"s = Siblings(path); s.tell(7, {NOW}); print(s._slot, flush=True); sys.stdin.readline()\n"
LOCK_ALL = f"Siblings(path); f = os.open(path, os.O_RDWR); fcntl.lockf(f, fcntl.LOCK_EX, {SLOTS})\n"
CHANGE = f"""
s = Siblings(path); s.tell(0, {NOW}); print('there', flush=True)
while True:
    s.tell(2**64 - 1, {NOW}); s.tell(0, {NOW})
"""

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relays"


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    """Run a program with `path` as its argument, until the end of the test."""
    started = []

    def run(program: str) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", START + program, str(path)]
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def go_on(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    line_of(process)


def seen(siblings: Siblings, now: float = NOW) -> int | None:
    siblings.look(now)
    return siblings.least()


def test_who_is_alone_has_no_sibling(path: Path) -> None:
    alone = Siblings(path)
    alone.tell(5, NOW)
    assert seen(alone) is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_each_process_has_a_slot_of_its_own(path: Path, start: Start) -> None:
    mine = Siblings(path)
    others = [start(TELL) for _ in range(3)]
    slots = {mine._slot, *(int(line_of(process)) for process in others)}
    assert slots == {0, 1, 2, 3}


def test_the_fewest_of_the_others_counts(path: Path, start: Start) -> None:
    mine = Siblings(path)
    mine.tell(1, NOW)
    for count in (9, 7, 8):
        line_of(start(TELL.replace("7", str(count))))
    assert seen(mine) == 7


def test_a_slot_of_a_killed_process_is_free_again_and_what_it_said_is_forgotten(
    path: Path, start: Start
) -> None:
    killed = start(TELL)
    slot = line_of(killed)
    watching = Siblings(path)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert seen(watching, NOW + FRESH_SECONDS - 0.1) == 7
    assert seen(watching, NOW + FRESH_SECONDS + 0.1) is None
    assert line_of(start(TELL)) == slot
    assert seen(watching) == 7


def test_a_sibling_that_hangs_counts_for_so_long_only(path: Path, start: Start) -> None:
    hanging = start(TELL)
    line_of(hanging)
    hanging.send_signal(signal.SIGSTOP)
    mine = Siblings(path)
    assert seen(mine, NOW + FRESH_SECONDS - 0.1) == 7
    assert seen(mine, NOW + FRESH_SECONDS + 0.1) is None


def test_who_leaves_is_gone_at_once(path: Path, start: Start) -> None:
    leaving = start(TELL + "s.leave();" + REST)
    line_of(leaving)
    mine = Siblings(path)
    assert seen(mine) == 7
    go_on(leaving)
    assert mine.least() is None
    assert seen(mine) is None


def test_a_count_is_news_without_another_look(path: Path, start: Start) -> None:
    telling = start(TELL + f"s.tell(9, {NOW});" + REST)
    line_of(telling)
    mine = Siblings(path)
    assert seen(mine) == 7
    go_on(telling)
    assert mine.least() == 9


def test_what_was_said_before_the_machine_started_anew_is_not_believed(path: Path) -> None:
    path.write_bytes(b"".join(n.to_bytes(8, sys.byteorder) for n in (2, 900_000_000)) * SLOTS)
    mine = Siblings(path)
    mine.tell(50, 60.0)
    assert seen(mine, 60.0) is None


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\xff" * SIZE, b"\x7f" * SIZE, bytes(range(256)) * 9]
)
def test_a_file_of_whatever_content_does(path: Path, content: bytes, start: Start) -> None:
    path.write_bytes(content)
    mine = Siblings(path)
    mine.tell(2**40, NOW)
    assert seen(mine) is None
    line_of(start(TELL))
    assert seen(mine) == 7


def test_a_longer_file_is_not_cut(path: Path) -> None:
    path.write_bytes(b"y" * (3 * SIZE))
    Siblings(path).tell(1, NOW)
    assert path.read_bytes()[SIZE:] == b"y" * (2 * SIZE)


def test_the_disk_has_room_for_it_from_the_start(path: Path) -> None:
    # A write through a mapping into a file's hole is a SIGBUS where the disk is full.
    Siblings(path)
    assert path.stat().st_size == SIZE
    assert path.stat().st_blocks * 512 >= SIZE


def test_numbers_are_read_whole(path: Path, start: Start) -> None:
    assert line_of(start(CHANGE)) == "there"
    mine = Siblings(path)
    found = {seen(mine)}
    until = time.monotonic() + 5
    while len(found) < 2 and time.monotonic() < until:
        found.add(mine.least())
    found |= {mine.least() for _ in range(20_000)}
    assert found == {0, 2**64 - 1}


def test_more_processes_than_slots_are_an_error_and_leave_no_descriptor(
    path: Path, start: Start
) -> None:
    assert line_of(start(LOCK_ALL + REST)) == "there"
    before = descriptors()
    with pytest.raises(OSError, match="more relay processes"):
        Siblings(path)
    assert descriptors() == before


@pytest.mark.parametrize("kind", ["no folder", "a folder", "below a file", "a pipe"])
def test_a_file_that_cannot_be_had_is_an_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run" / "relays"
    if kind == "a folder":
        path.mkdir(parents=True)
    elif kind == "below a file":
        path.parent.touch()
    elif kind == "a pipe":
        path.parent.mkdir()
        os.mkfifo(path)
    before = descriptors()
    with pytest.raises(OSError, match="Errno"):
        Siblings(path)
    assert descriptors() == before


def test_a_full_disk_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(OSError, match="No space"):
        Siblings(path)
