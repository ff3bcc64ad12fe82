"""A file of ours is the old one or the new one, and never somebody else's."""

import os
from pathlib import Path

import pytest

from proxy.disk.whole_files import draft_of, write_whole


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_it_has_its_content_and_its_mode_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "a", b"old", mode=0o600)
        write_whole(tmp_path / "a", b"new", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_what_a_killed_writer_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    draft_of(path).write_bytes(b"half a much longer content")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert not draft_of(path).exists()


def test_a_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "a"
    victim.write_text("kept")
    for link in (draft_of(path), path):
        link.symlink_to(victim)
    write_whole(path, b"new")
    assert victim.read_text() == "kept"
    assert path.read_bytes() == b"new"


def test_what_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/inside").touch()
    with pytest.raises(OSError, match="irectory"):
        write_whole(tmp_path / "a", b"new")
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none/a", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a/inside").exists()
