"""Removing what somebody made who wants to make it hard."""

import os
from pathlib import Path

import pytest

from proxy.disk.removal import remove_folder


def make_deep(top: Path, levels: int) -> None:
    """Make so many folders in each other; their path is longer than any path may be."""
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("a", dir_fd=here)
        above, here = here, os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(above)
    os.close(os.open("last", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def test_no_depth_is_too_deep(tmp_path: Path) -> None:
    make_deep(tmp_path / "own", 3000)
    for name in (".0", ".1", "file"):
        (tmp_path / "own" / name).touch()
    (tmp_path / "own/.2").mkdir()
    (tmp_path / "own/.2/full").touch()
    remove_folder(tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_few_files_are_open_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_deep(tmp_path / "own", 100)
    opened = os.open
    most = []

    def count_open() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def watched(*arguments: object, **more: object) -> int:
        found: int = opened(*arguments, **more)  # type: ignore[arg-type]
        most.append(count_open())
        return found

    before = count_open()
    monkeypatch.setattr(os, "open", watched)
    remove_folder(tmp_path / "own")
    assert max(most) <= before + 6


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "own/inside").mkdir(parents=True)
    for place in ("own/way-out", "own/inside/way-out"):
        (tmp_path / place).symlink_to(tmp_path / "kept")
    remove_folder(tmp_path / "own")
    assert not (tmp_path / "own").exists()
    (tmp_path / "own").symlink_to(tmp_path / "kept")
    remove_folder(tmp_path / "own")
    remove_folder("kept-not", above=os.open(tmp_path, os.O_PATH))
    assert (tmp_path / "kept/file").exists()


def test_it_ends_in_time_and_goes_on_the_next_time(tmp_path: Path) -> None:
    make_deep(tmp_path / "own", 10)
    remove_folder(tmp_path / "own", seconds=0)
    assert (tmp_path / "own/a").exists()
    remove_folder(tmp_path / "own")
    assert not (tmp_path / "own").exists()
