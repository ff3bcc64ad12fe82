"""Courses into workspaces where people may have put anything."""

import errno
import os
import shutil
import socket
import stat
from pathlib import Path

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.courses import file_delivery
from tests.courses.copies import hand_out

NOTEBOOK = "week 1/means.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    source = tmp_path / "courses/stats"
    (source / "week 1/data").mkdir(parents=True)
    (source / ".git").mkdir()
    (source / ".git/config").write_text("url = https://token@host")
    (source / NOTEBOOK).write_text("original")
    (source / "week 1/data/a.csv").write_text("1,2")
    (source / "run.sh").write_text("#!/bin/sh")
    (source / "run.sh").chmod(0o755)
    (source / "link").symlink_to("/etc/passwd")
    return source


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_first_launch_brings_the_course(course: Path, home: Path) -> None:
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert files(home) == {
        "stats/week 1/means.ipynb",
        "stats/week 1/data/a.csv",
        "stats/run.sh",
    }
    assert (home / "stats/run.sh").stat().st_mode & stat.S_IXUSR
    assert stat.S_IMODE((home / "stats").stat().st_mode) == 0o700
    assert [path.name for path in home.iterdir()] == ["stats"]


def test_what_somebody_wrote_is_never_overwritten(course: Path, home: Path) -> None:
    hand_out(course, home, "stats", NOTEBOOK, None)
    (home / "stats" / NOTEBOOK).write_text("mine")
    (home / "stats/run.sh").unlink()
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert (home / "stats" / NOTEBOOK).read_text() == "mine"
    # What they deleted, and were not launched into, stays away.
    assert not (home / "stats/run.sh").exists()


def test_a_notebook_that_came_later_is_brought_when_it_is_launched(
    course: Path, home: Path
) -> None:
    hand_out(course, home, "stats", NOTEBOOK, None)
    (course / "week 2").mkdir()
    (course / "week 2/tests.ipynb").write_text("new")
    hand_out(course, home, "stats", "week 2/tests.ipynb", None)
    assert (home / "stats/week 2/tests.ipynb").read_text() == "new"
    assert not list(home.rglob(".sifu-*"))


def test_a_notebook_that_is_not_in_the_course_is_no_error(course: Path, home: Path) -> None:
    for _ in range(2):
        hand_out(course, home, "stats", "none.ipynb", None)
        hand_out(course, home, "stats", "", None)
    assert "stats/none.ipynb" not in files(home)


@pytest.mark.parametrize("level", ["stats", "stats/week 1", "stats/week 1/means.ipynb"])
def test_a_link_in_the_way_is_not_followed(
    course: Path, home: Path, tmp_path: Path, level: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (home / level).parent.mkdir(parents=True, exist_ok=True)
    (home / level).symlink_to(elsewhere)
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert not list(elsewhere.iterdir())
    assert (home / level).is_symlink()


@pytest.mark.parametrize("level", ["stats", "stats/week 1"])
def test_a_file_in_the_way_stays_one(course: Path, home: Path, level: str) -> None:
    (home / level).parent.mkdir(parents=True, exist_ok=True)
    (home / level).write_text("mine")
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert (home / level).read_text() == "mine"


def test_a_home_that_became_a_link_is_refused(course: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(ServerNotRunning, match="Move it away"):
        hand_out(course, tmp_path / "link", "stats", NOTEBOOK, None)
    assert not list((tmp_path / "target").iterdir())


@pytest.mark.parametrize("below", ["stats", "stats/week 1"])
def test_what_a_killed_copy_left_is_cleared_away_a_day_later(
    course: Path, home: Path, below: str
) -> None:
    (home / below).mkdir(parents=True)
    new = course / below.removeprefix("stats").strip("/") / "new.ipynb"
    new.write_text("new")
    for name in ("old", "young"):
        (home / below / f".sifu-unfinished-{name}/half").mkdir(parents=True)
        (home / below / f".sifu-unfinished-{name}").chmod(0o1700)
        (home / below / f".sifu-unfinished-{name}.ipynb").touch()
    for path in (home / below).glob("*-old*"):
        os.utime(path, (0, path.stat().st_mtime - 90_000))
    hand_out(course, home, "stats", "", None)
    left = {path.name for path in (home / below).glob(".sifu-*")}
    # The young ones may be under way elsewhere.
    assert left == {".sifu-unfinished-young", ".sifu-unfinished-young.ipynb"}


def test_a_full_disk_leaves_nothing_half_done(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(ServerNotRunning, match="disk is full"):
        hand_out(course, home, "stats", NOTEBOOK, None)
    assert not files(home)
    monkeypatch.undo()
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert (home / "stats" / NOTEBOOK).read_text() == "original"


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_what_is_copied_is_the_accounts(course: Path, home: Path) -> None:
    uid = 123_456
    os.chown(home, uid, uid)
    hand_out(course, home, "stats", NOTEBOOK, uid)
    (course / "deep/er").mkdir(parents=True)
    (course / "deep/er/new.ipynb").write_text("new")
    hand_out(course, home, "stats", "deep/er/new.ipynb", uid)
    assert {path.lstat().st_uid for path in home.rglob("*")} == {uid}
    assert course.stat().st_uid == 0


def secret_below(folder: Path) -> Path:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.ipynb").write_text("secret")
    return elsewhere


@pytest.mark.parametrize("notebook", ["link.ipynb", "folder/a.ipynb", "week 1/up/a.ipynb"])
def test_a_link_of_the_course_leads_nowhere(
    course: Path, home: Path, tmp_path: Path, notebook: str
) -> None:
    elsewhere = secret_below(tmp_path)
    (course / "link.ipynb").symlink_to(elsewhere / "a.ipynb")
    (course / "folder").symlink_to(elsewhere)
    (course / "week 1/up").symlink_to("../../../elsewhere")
    for _ in range(2):
        hand_out(course, home, "stats", notebook, None)
    assert not list((home / "stats").rglob("*a.ipynb"))
    assert not (home / "stats" / notebook).exists()


def test_a_course_that_is_a_link_is_none(home: Path, tmp_path: Path) -> None:
    (tmp_path / "stats").symlink_to(secret_below(tmp_path))
    hand_out(tmp_path / "stats", home, "stats", "", None)
    assert not list(home.iterdir())


def test_pipes_and_sockets_of_the_course_hold_nobody_up(course: Path, home: Path) -> None:
    os.mkfifo(course / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(course / "sock.ipynb"))
        for notebook in ("", "pipe.ipynb", "sock.ipynb"):
            hand_out(course, home, "stats", notebook, None)
    assert not list(home.rglob("pipe*"))
    assert not list(home.rglob("sock*"))


def test_no_length_of_a_name_is_a_fault(course: Path, home: Path) -> None:
    longest = "ü" * 124 + ".ipynb"
    (course / "😀.ipynb").touch()
    hand_out(course.parent / ("😀" * 100), home, "😀" * 100, NOTEBOOK, None)
    hand_out(course, home, "stats", "", None)
    (course / longest).write_text("long")
    for notebook in (longest, "a" * 255 + ".ipynb", "a" * 256 + "/b.ipynb", "a/" * 600 + "b"):
        hand_out(course, home, "stats", notebook, None)
    assert (home / "stats" / longest).read_text() == "long"


def test_nobody_can_put_something_where_a_copy_would_grow(course: Path, home: Path) -> None:
    (home / ".sifu-unfinished").write_text("mine")
    hand_out(course, home, "stats", "", None)
    assert (home / "stats/run.sh").exists()
    (home / "stats/.sifu-unfinished-new.ipynb").mkdir()
    (course / "new.ipynb").write_text("new")
    hand_out(course, home, "stats", "new.ipynb", None)
    assert (home / "stats/new.ipynb").read_text() == "new"
    assert (home / ".sifu-unfinished").read_text() == "mine"


def test_an_error_of_the_disk_is_a_sentence(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "mkdir", fails)
    with pytest.raises(ServerNotRunning, match="can only be read"):
        hand_out(course, home, "stats", "", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_a_folder_of_roots_that_was_there_before_stays_roots(course: Path, home: Path) -> None:
    uid = 123_456
    (home / "stats/week 1").mkdir(parents=True)
    (home / "stats/week 1/answers").write_text("the teacher's")
    hand_out(course, home, "stats", NOTEBOOK, uid)
    assert (home / "stats/week 1").stat().st_uid == 0
    assert (home / "stats").stat().st_uid == 0
    assert (home / "stats" / NOTEBOOK).stat().st_uid == uid


def test_a_folder_with_millions_of_names_takes_nobodys_time(
    course: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be looked through once for each file that both changed."""
    hand_out(course, home, "stats", NOTEBOOK, None)
    for number in range(50):
        (home / "stats" / f"{number}.txt").touch()
    (home / "stats/run.sh").write_text("mine")
    (course / "run.sh").write_text("#!/bin/sh\n# another")
    seen: list[str] = []
    monkeypatch.setattr(file_delivery, "MOST_ENTRIES", 10)
    monkeypatch.setattr(file_delivery, "is_dated", lambda name, *_: seen.append(name))
    hand_out(course, home, "stats", NOTEBOOK, None)
    assert len(seen) == 10
    assert (home / "stats/run.sh").read_text() == "mine"
