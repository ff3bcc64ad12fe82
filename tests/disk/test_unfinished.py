"""Clearing away what killed copies left, and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.disk.plain_files import opened_folder
from proxy.disk.unfinished import UNFINISHED_MODE, clear_away, fresh_name, is_fresh, remove_held

NOW = 1_800_000_000.0
DAY = 86_400.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[int]:
    with opened_folder(tmp_path) as found:
        assert found is not None
        yield found


def leave(path: Path, *, age: float, mode: int = UNFINISHED_MODE) -> None:
    (path / "inside").mkdir(parents=True)
    path.chmod(mode)
    os.utime(path, (NOW - age, NOW - age))


def test_no_two_copies_have_one_name() -> None:
    assert len({fresh_name() for _ in range(1000)}) == 1000


def test_ours_goes_after_a_day(home: int, tmp_path: Path) -> None:
    old, young, foreign = (tmp_path / fresh_name() for _ in range(3))
    leave(old, age=DAY)
    leave(young, age=DAY - 1)
    leave(foreign, age=9 * DAY, mode=0o700)
    clear_away(home, now=NOW)
    assert {path.name for path in tmp_path.iterdir()} == {young.name, foreign.name}


def test_links_lead_nowhere(home: int, tmp_path: Path) -> None:
    leave(tmp_path / "kept", age=9 * DAY)
    link = tmp_path / fresh_name()
    link.symlink_to("kept")
    os.utime(link, (0, 0), follow_symlinks=False)
    clear_away(home, now=NOW)
    assert (tmp_path / "kept/inside").exists()


def test_other_names_stay(home: int, tmp_path: Path) -> None:
    leave(tmp_path / "stats", age=9 * DAY)
    clear_away(home, now=NOW)
    assert (tmp_path / "stats/inside").exists()


def test_what_took_the_name_of_a_held_folder_stays(home: int, tmp_path: Path) -> None:
    leave(tmp_path / "ours", age=0)
    leave(tmp_path / "theirs", age=0)
    with opened_folder("ours", home) as held:
        assert held is not None
        (tmp_path / "ours").rename(tmp_path / "moved")
        (tmp_path / "theirs").rename(tmp_path / "ours")
        remove_held(held, "ours", home, seconds=5)
    assert (tmp_path / "ours/inside").exists()
    assert not list((tmp_path / "moved").iterdir())


def test_a_folder_with_something_in_it_is_not_fresh(home: int, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with opened_folder("new", home) as new:
        assert new is not None
        assert is_fresh(new, None)
        assert is_fresh(new, 123_456)
        (tmp_path / "new/file").touch()
        assert not is_fresh(new, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_an_accounts_folder_is_not_fresh(home: int, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    os.chown(tmp_path / "new", 123_456, 123_456)
    with opened_folder("new", home) as new:
        assert new is not None
        assert not is_fresh(new, 123_456)
