"""Folders on a real disk, under the most generous umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.disk.private_folders import make_passable_folders, make_private_folders


@pytest.fixture
def _no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_no_umask")
def test_no_level_that_is_made_is_open_to_others(tmp_path: Path) -> None:
    make_private_folders(tmp_path / "a/b/c")
    assert {mode(tmp_path / level) for level in ("a", "a/b", "a/b/c")} == {0o700}


@pytest.mark.usefixtures("_no_umask")
def test_what_exists_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o775)
    (tmp_path / "shared/course").mkdir(mode=0o750)
    make_private_folders(tmp_path / "shared/course")
    make_private_folders(tmp_path / "shared/mine")
    modes = [mode(tmp_path / each) for each in ("shared", "shared/course", "shared/mine")]
    assert modes == [0o775, 0o750, 0o700]


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file/below"):
        with pytest.raises(OSError, match="file"):
            make_private_folders(path)


def test_a_relative_path_is_made_where_we_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_private_folders(Path("here/there"))
    assert mode(tmp_path / "here/there") == 0o700


def test_others_may_pass_what_we_make_and_no_more_than_before_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    make_passable_folders(tmp_path / "a/b")
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "a", tmp_path / "a/b")]
    assert modes == [0o700, 0o711, 0o711]
