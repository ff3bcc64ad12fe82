"""Folders on the way: made or entered, never followed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.courses.student_folders import InTheWay, opened_below


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


def test_what_is_missing_is_made_if_it_is_to_be(root: int, tmp_path: Path) -> None:
    with opened_below(root, ["a", "b"], None, is_made=False) as found:
        assert found is None
    assert not list(tmp_path.iterdir())
    with opened_below(root, ["a", "b"], None, is_made=True) as found:
        assert found is not None
        assert os.fstat(found).st_ino == (tmp_path / "a/b").stat().st_ino
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    with opened_below(root, [], None, is_made=False) as found:
        assert found is not None


@pytest.mark.parametrize("is_made", [True, False])
@pytest.mark.parametrize("kind", ["file", "link", "dead link", "pipe"])
def test_what_is_no_folder_is_in_the_way(
    root: int, tmp_path: Path, kind: str, *, is_made: bool
) -> None:
    (tmp_path / "a").mkdir()
    place = tmp_path / "a/b"
    if kind == "file":
        place.touch()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("/etc" if kind == "link" else "/nowhere")
    with (
        pytest.raises(InTheWay) as told,
        opened_below(root, ["a", "b", "c"], None, is_made=is_made),
    ):
        pass
    assert told.value.path == "a/b"


def test_no_descriptor_stays_open(root: int, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with opened_below(root, list("abcdef"), None, is_made=True):
            pass
        (tmp_path / "x").touch()
        with pytest.raises(InTheWay), opened_below(root, ["x"], None, is_made=True):
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_what_is_made_is_the_accounts_and_what_was_there_is_not(root: int, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with opened_below(root, ["a", "b"], 123_456, is_made=True):
        pass
    assert (tmp_path / "a").stat().st_uid == 0
    assert (tmp_path / "a/b").stat().st_uid == 123_456
