"""Counting files, however they were laid."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.core.limits import DiskUse
from proxy.disk.removal import remove_folder
from proxy.servers.disk_count import count

MIB = 1024 * 1024


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "ada"
    (home / "deep" / "er").mkdir(parents=True)
    for name in ("a", "deep/b", "deep/er/c"):
        (home / name).write_bytes(os.urandom(MIB))
    return home


@pytest.fixture
def abyss(tmp_path: Path) -> Iterator[Path]:
    """What one line of a shell makes: 300 folders in each other, and at the bottom 4 MiB."""
    made = tmp_path / "abyss"
    made.mkdir()
    (made / "shallow").write_bytes(os.urandom(MIB))
    here = os.open(made, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    bottom = os.open("bottom", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(bottom, os.urandom(4 * MIB))
    os.close(bottom)
    os.close(here)
    yield made
    remove_folder(made)


def test_no_depth_hides_anything(abyss: Path) -> None:
    before = open_descriptors()
    use = count(abyss, 10)
    assert use.complete
    assert 5 * MIB <= use.used_bytes < 7 * MIB
    assert open_descriptors() == before


def test_few_descriptors_are_enough_and_all_are_closed(
    abyss: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, scan = 0, os.scandir

    def watched(descriptor: int) -> object:
        nonlocal most
        most = max(most, open_descriptors())
        return scan(descriptor)

    before = open_descriptors()
    monkeypatch.setattr("os.scandir", watched)
    count(abyss, 10)
    monkeypatch.undo()
    assert most - before < 40


def test_many_side_branches_below_closed_folders_count(abyss: Path) -> None:
    """On the way back up each folder has others left to go into."""
    here = os.open(abyss, os.O_RDONLY)
    for _ in range(100):
        for side in ("a", "z"):
            os.mkdir(side, dir_fd=here)
            inside = os.open(f"{side}/file", os.O_WRONLY | os.O_CREAT, dir_fd=here)
            os.write(inside, os.urandom(16 * 1024))
            os.close(inside)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    use = count(abyss, 10)
    assert use.complete
    assert use.used_bytes >= 5 * MIB + 200 * 16 * 1024


def test_a_folder_that_is_moved_meanwhile_leads_nowhere_else(
    abyss: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way up from a moved folder is another one: that is not gone, and the sum no whole."""
    (tmp_path / "elsewhere").mkdir()
    scan, scanned = os.scandir, 0

    def moving(descriptor: int) -> object:
        nonlocal scanned
        scanned += 1
        if scanned == 200:
            first = abyss / ("d" * 200)
            (first / ("d" * 200)).rename(tmp_path / "elsewhere" / "moved")
        return scan(descriptor)

    before = open_descriptors()
    monkeypatch.setattr("os.scandir", moving)
    use = count(abyss, 10)
    monkeypatch.undo()
    assert not use.complete
    assert use.used_bytes >= 4 * MIB
    assert open_descriptors() == before
    remove_folder(tmp_path / "elsewhere")


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another account, so needs root")
def test_what_may_not_be_looked_at_makes_the_sum_incomplete(folder: Path) -> None:
    (folder / "deep").chmod(0o700)
    for above in (folder, *folder.parents[:4]):
        above.chmod(above.stat().st_mode | 0o555)
    os.seteuid(64321)
    try:
        use = count(folder, 10)
    finally:
        os.seteuid(0)
    assert not use.complete
    assert MIB <= use.used_bytes < 2 * MIB


def test_all_files_count_wherever_they_are(folder: Path) -> None:
    use = count(folder, 10)
    assert use.complete
    assert 3 * MIB <= use.used_bytes < 4 * MIB


def test_links_are_not_followed_and_names_not_counted_twice(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "large").write_bytes(os.urandom(4 * MIB))
    before = count(folder, 10)
    (folder / "way-out").symlink_to(other)
    (folder / "loop").symlink_to(folder)
    for number in range(5):
        (folder / f"same-{number}").hardlink_to(folder / "a")
    after = count(folder, 10)
    assert after.used_bytes - before.used_bytes < MIB


def test_holes_take_no_room(folder: Path) -> None:
    before = count(folder, 10).used_bytes
    with (folder / "sparse").open("wb") as file:
        file.truncate(1000 * MIB)
    assert count(folder, 10).used_bytes - before < MIB


def test_what_is_not_there_takes_nothing_and_what_is_no_folder_is_not_known(folder: Path) -> None:
    assert count(folder / "none", 10) == DiskUse(0)
    assert count(folder / "a", 10) == DiskUse(0, complete=False)


def test_a_count_ends_in_time_and_says_that_it_is_not_all(folder: Path) -> None:
    assert count(folder, 0) == DiskUse(0, complete=False)
