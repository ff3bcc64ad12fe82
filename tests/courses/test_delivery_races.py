"""Courses into workspaces whose owner moves things about while they are copied."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.courses import course_pass, file_delivery
from proxy.disk.renaming import give_free_name
from tests.courses.copies import hand_out

NOTEBOOK = "week 1/means.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    source = tmp_path / "courses/stats"
    (source / "week 1").mkdir(parents=True)
    (source / NOTEBOOK).write_text("original")
    (source / "run.sh").write_text("#!/bin/sh")
    return source


def texts(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["zz", "zz.ipynb"])
def test_a_link_that_comes_between_look_and_open_leads_nowhere(
    course: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.ipynb").write_text("secret")
    if name == "zz":
        (course / name).mkdir()
    else:
        (course / name).write_text("public")
    make = os.mkdir

    def swap(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        if path == "week 1":
            (course / name).rename(tmp_path / "moved")
            (course / name).symlink_to(elsewhere / name.replace("zz.", "a.").replace("zz", ""))
        make(path, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", swap)
    hand_out(course, home, "stats", "", None)
    assert (home / "stats/run.sh").exists()
    assert "secret" not in texts(home)


def test_two_copies_at_a_time_do_not_break_each_other(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a lock holds nobody off, as on some network file systems."""
    monkeypatch.setattr(course_pass, "lock_copy", lambda _: os.open("/dev/null", os.O_RDONLY))
    copy = shutil.copyfileobj
    others: list[Callable[[], object]] = [lambda: hand_out(course, home, "stats", "", None)]

    def interrupted(*arguments: object) -> None:
        if others:
            others.pop()()
            assert (home / "stats" / NOTEBOOK).read_text() == "original"
        copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shutil, "copyfileobj", interrupted)
    hand_out(course, home, "stats", "", None)
    assert (home / "stats" / NOTEBOOK).read_text() == "original"
    assert [path.name for path in home.iterdir()] == ["stats"]


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_folder_of_roots_that_comes_between_is_not_given_away(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, is_whole: bool
) -> None:
    (home / "roots").mkdir()
    (home / "roots/answers").write_text("the teacher's")
    if not is_whole:
        (home / "stats").mkdir()
    make = os.mkdir

    def swap(path: str, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        make(path, mode, dir_fd=dir_fd)
        if dir_fd is not None and (home / "roots").exists():
            os.rename(path, "ours", src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
            os.rename(home / "roots", path, dst_dir_fd=dir_fd)

    monkeypatch.setattr(os, "mkdir", swap)
    hand_out(course, home, "stats", NOTEBOOK, 123_456)
    found = [path.parent.stat().st_uid for path in home.rglob("answers")]
    assert found == [0]


def test_what_is_only_called_like_ours_stays(course: Path, home: Path) -> None:
    """Whoever owns the home may call a folder of root's so, which they cannot remove."""
    named = home / ".sifu-unfinished-0123456789abcdef"
    named.mkdir()
    (named / "answers").write_text("the teacher's")
    os.utime(named, (0, 0))
    hand_out(course, home, "stats", "", None)
    assert (named / "answers").exists()


def test_a_copy_that_fails_removes_nothing_but_its_own(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "answers").write_text("the teacher's")

    def swap_and_fail(*_: object) -> None:
        (ours,) = home.rglob(".sifu-*")
        ours.rename(home / "moved")
        (home / "answers").rename(ours)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", swap_and_fail)
    with pytest.raises(ServerNotRunning):
        hand_out(course, home, "stats", "", None)
    assert "the teacher's" in texts(home)


def test_a_copy_whose_name_was_taken_removes_nothing_but_its_own(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "answers").write_text("the teacher's")
    (home / "stats").mkdir()

    def swap(folder: int, old: str, new: str) -> None:
        if (home / "answers").exists():
            os.rename(old, "moved", src_dir_fd=folder, dst_dir_fd=folder)
            os.rename(home / "answers", old, dst_dir_fd=folder)
            raise FileExistsError
        give_free_name(folder, old, new)

    monkeypatch.setattr(file_delivery, "give_free_name", swap)
    hand_out(course, home, "stats", "", None)
    assert "the teacher's" in texts(home)
    assert (home / "stats" / NOTEBOOK).read_text() == "original"
