"""Zips of copies whose owners may have put anything there."""

import io
import os
import socket
import zipfile
from pathlib import Path

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.courses import packing
from proxy.courses.packing import NOTE, pack_copies
from proxy.disk.workspace import Workspace

ANN, BOB = ServerName("ann", "home"), ServerName("bob", "home")


class Sink:
    """Without a way back, as a connection is."""

    def __init__(self) -> None:
        self.taken = io.BytesIO()
        self.largest = 0

    def write(self, data: bytes, /) -> int:
        self.largest = max(self.largest, len(data))
        return self.taken.write(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    made = tmp_path / "ann/stats"
    made.mkdir(parents=True)
    return made


def pack(folder: Path, *names: ServerName, uid: int | None = None) -> dict[str, bytes]:
    sink = Sink()
    pack_copies("stats", names or (ANN,), lambda name: Workspace(folder / name.owner, uid), sink)
    with zipfile.ZipFile(sink.taken) as found:
        assert found.testzip() is None
        return {name: found.read(name) for name in found.namelist()}


def test_what_somebody_wrote_and_nothing_that_programs_leave(copy: Path, tmp_path: Path) -> None:
    for path in (
        "w/a.ipynb",
        "w/.ipynb_checkpoints/a-checkpoint.ipynb",
        "__pycache__/x.pyc",
        ".sifu-replaced-0123456789abcdef-a.ipynb",
        ".env",
    ):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(path)
    assert pack(tmp_path) == {"ann/stats/w/a.ipynb": b"w/a.ipynb", "ann/stats/.env": b".env"}


def test_links_lead_nowhere_and_pipes_hold_nobody_up(copy: Path, tmp_path: Path) -> None:
    (copy / "passwd").symlink_to("/etc/passwd")
    (copy / "etc").symlink_to("/etc")
    (copy / "round").symlink_to(copy)
    os.mkfifo(copy / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(copy / "sock"))
        assert pack(tmp_path) == {}
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob/stats").symlink_to("/etc")
    assert pack(tmp_path, BOB) == {}


def test_a_tree_without_an_end_has_one_here(copy: Path, tmp_path: Path) -> None:
    here = os.open(copy, os.O_RDONLY)
    for _ in range(200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    (copy / "a.ipynb").write_text("a")
    found = pack(tmp_path)
    assert found["ann/stats/a.ipynb"] == b"a"
    assert b"too deep" in found[NOTE]


def test_files_with_holes_are_left_out_and_named(copy: Path, tmp_path: Path) -> None:
    with (copy / "huge").open("wb") as file:
        file.truncate(1 << 43)
    (copy / "a.ipynb").write_text("a")
    found = pack(tmp_path)
    assert b"ann/stats/huge: it is larger than" in found[NOTE]
    assert found["ann/stats/a.ipynb"] == b"a"


@pytest.mark.parametrize(
    ("bound", "most"),
    [
        *[("MOST_BYTES", 25), ("MOST_FILES", 2), ("MOST_ENTRIES", 3), ("MOST_SECONDS", -1)],
        ("MOST_NAMES", 80),
    ],
)
def test_what_does_not_fit_is_said(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    for number in range(9):
        (copy / f"{number}.txt").write_text("x" * 10)
    monkeypatch.setattr(packing, bound, most)
    found = pack(tmp_path)
    assert NOTE in found
    assert len(found) <= 4


@pytest.mark.parametrize(
    ("bound", "most"),
    [("MOST_BYTES", 800), ("MOST_FILES", 80), ("MOST_ENTRIES", 80), ("MOST_NAMES", 1600)],
)
def test_a_stuffed_copy_keeps_no_other_out(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    for number in range(200):
        (copy / f"{number}.txt").write_text("x" * 10)
    others = [ServerName(f"s{number:02}", "home") for number in range(20)]
    for other in others:
        (tmp_path / other.owner / "stats").mkdir(parents=True)
        (tmp_path / other.owner / "stats/a").write_text("a")
    monkeypatch.setattr(packing, bound, most)
    found = pack(tmp_path, ANN, *others)
    assert {f"{other.owner}/stats/a" for other in others} <= set(found)
    assert NOTE in found


def test_long_paths_take_bounded_memory(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is held to the end, and a student makes paths of ten thousand letters by one line."""
    here = os.open(copy, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    for number in range(50):
        os.close(os.open(f"{number}.txt", os.O_CREAT, dir_fd=here))
    os.close(here)
    monkeypatch.setattr(packing, "MOST_NAMES", 200_000)
    assert 10 <= len(pack(tmp_path)) <= 21


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files of several accounts")
def test_a_private_file_that_lost_its_other_name_is_left_out(copy: Path, tmp_path: Path) -> None:
    (copy / "mine.txt").write_text("root's")
    (copy / "mine.txt").chmod(0o600)
    (copy / "open.txt").write_text("as every account may read it")
    os.chown(copy, 123_456, 123_456)
    found = pack(tmp_path, uid=123_456)
    assert b"mine.txt: it belongs to another account" in found.pop(NOTE)
    assert set(found) == {"ann/stats/open.txt"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files of several accounts")
def test_other_peoples_files_under_a_name_of_theirs_are_left_out(
    copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("root's")
    os.link(tmp_path / "secret", copy / "mine.txt")
    (copy / "own.txt").write_text("own")
    os.link(copy / "own.txt", copy / "own too.txt")
    for path in (copy, copy / "own.txt"):
        os.chown(path, 123_456, 123_456)
    found = pack(tmp_path, uid=123_456)
    assert b"mine.txt: it belongs to another account" in found.pop(NOTE)
    assert set(found) == {"ann/stats/own.txt", "ann/stats/own too.txt"}


def test_names_are_text_and_stay_inside(copy: Path, tmp_path: Path) -> None:
    for name in (b"\xff.txt", b"a\\..\\b.txt", "é.txt".encode()):
        (copy / os.fsdecode(name)).write_text("x")
    found = pack(tmp_path)
    assert set(found) == {
        "ann/stats/\ufffd.txt",
        "ann/stats/a_.._b.txt",
        "ann/stats/é.txt",
    }


def test_times_before_zips_were_made(copy: Path, tmp_path: Path) -> None:
    (copy / "a").write_text("a")
    for at in (0, -5, 2**40):
        os.utime(copy / "a", (at, at))
        assert pack(tmp_path)["ann/stats/a"] == b"a"


def test_a_file_that_grows_meanwhile_ends(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (copy / "log").write_bytes(b"x" * 1000)
    entry = packing._entry

    def grow(path: str, found: os.stat_result) -> zipfile.ZipInfo:
        with (copy / "log").open("ab") as file:
            file.truncate(1 << 40)
        return entry(path, found)

    monkeypatch.setattr(packing, "_entry", grow)
    assert pack(tmp_path)["ann/stats/log"] == b"x" * 1000


def test_one_who_cannot_be_opened_hides_no_other(copy: Path, tmp_path: Path) -> None:
    (copy / "a").write_text("a")

    def find(name: ServerName) -> Workspace:
        if name == BOB:
            raise ServerNotRunning("No account.")
        return Workspace(tmp_path / name.owner, None)

    sink = Sink()
    pack_copies("stats", [BOB, ServerName("eve", "home"), ANN], find, sink)
    with zipfile.ZipFile(sink.taken) as found:
        assert set(found.namelist()) == {"ann/stats/a", NOTE}
        assert b"bob/stats: the workspace cannot be opened" in found.read(NOTE)


def test_large_files_are_written_in_chunks(copy: Path, tmp_path: Path) -> None:
    (copy / "large").write_bytes(os.urandom(5_000_000))
    sink = Sink()
    pack_copies("stats", [ANN], lambda _: Workspace(tmp_path / "ann", None), sink)
    assert sink.largest < 1_000_000
