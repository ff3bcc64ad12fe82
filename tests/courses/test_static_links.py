"""Links to shared folders: set once, pointed elsewhere in one step, and never over anything."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from proxy.courses import static_links
from proxy.disk.renaming import exchange
from tests.courses.copies import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, version="v1", static=("w/data",))
    made.put("w/data/a.csv", "1")
    made.put("w/a.ipynb", "notebook")
    return made


def change(desk: Desk, text: str) -> None:
    desk.put("w/data/a.csv", text)
    desk.version += "+"


def test_a_launch_sets_a_link_and_copies_nothing_of_it(desk: Desk) -> None:
    desk.launch("w/a")
    assert (desk.mine / "w/data").is_symlink()
    assert desk.read("w/data/a.csv") == "1"
    assert desk.files() == {"stats/w/a.ipynb": "notebook"}


def test_a_new_version_points_it_elsewhere(desk: Desk) -> None:
    desk.launch()
    change(desk, "2")
    assert desk.launch().blocked == ()
    assert desk.read("w/data/a.csv") == "2"
    assert sorted(each.name for each in (desk.mine / "w").iterdir()) == ["a.ipynb", "data"]


@pytest.mark.parametrize("kind", ["folder", "file", "own link"])
def test_what_somebody_put_there_stays_and_they_are_told_once(desk: Desk, kind: str) -> None:
    place = desk.mine / "w/data"
    place.parent.mkdir(parents=True)
    if kind == "folder":
        desk.write("w/data/mine.txt", "mine")
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to("/etc")
    before = place.lstat().st_ino
    assert desk.launch().blocked == ("stats/w/data",)
    change(desk, "2")
    assert desk.launch().blocked == ()
    assert place.lstat().st_ino == before


def test_a_link_that_was_removed_stays_removed(desk: Desk) -> None:
    desk.launch()
    (desk.mine / "w/data").unlink()
    change(desk, "2")
    desk.launch()
    assert not os.path.lexists(desk.mine / "w/data")


def test_a_folder_that_is_shared_no_more_comes_as_files(desk: Desk) -> None:
    desk.launch()
    desk.static, desk.version = (), "v2"
    desk.launch()
    assert not (desk.mine / "w/data").is_symlink()
    assert desk.files() == {"stats/w/a.ipynb": "notebook", "stats/w/data/a.csv": "1"}


def test_files_that_become_shared_stay(desk: Desk) -> None:
    desk.static = ()
    desk.launch()
    desk.static, desk.version = ("w/data",), "v2"
    assert desk.launch().blocked == ("stats/w/data",)
    assert desk.read("w/data/a.csv") == "1"


@pytest.mark.parametrize("times", [1, 2])
def test_what_comes_between_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    desk.launch()
    change(desk, "2")
    place = desk.mine / "w/data"
    written: list[str] = []

    def late(folder: int, one: str, two: str, *, between: str) -> None:
        if place.is_symlink() and len(written) < times:
            place.unlink()
            written.append(f"mine {len(written)}")
            place.write_text(written[-1])
        exchange(folder, one, two, between=between)

    monkeypatch.setattr(static_links, "exchange", late)
    desk.launch()
    change(desk, "3")
    desk.launch()
    assert place.read_text() == "mine 0"
    assert set(written) <= set(desk.visible().values())
    assert not list(desk.home.rglob(".sifu-*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
def test_the_link_is_the_accounts_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path, uid=123_456, version="v1", static=("data",))
    desk.put("data/a.csv", "1")
    desk.launch()
    assert (desk.mine / "data").lstat().st_uid == 123_456
    assert (desk.mine / "data").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
@pytest.mark.parametrize("kind", ["file", "link to it", "folder"])
def test_what_somebody_puts_in_a_new_links_place_is_not_given_to_them(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """They see the name as soon as it is there, and own the folder that it is in."""
    secret, real = tmp_path / "secret", os.symlink
    (secret.mkdir if kind == "folder" else secret.touch)()
    second = tmp_path / "second"
    second.symlink_to(secret)
    others = {each.lstat().st_ino for each in (secret, second)}

    def swap(target: str, name: str, *, dir_fd: int) -> None:
        real(target, name, dir_fd=dir_fd)
        os.unlink(name, dir_fd=dir_fd)
        if kind == "file":
            os.link(secret, name, dst_dir_fd=dir_fd)
        elif kind == "folder":
            os.rename(secret, name, dst_dir_fd=dir_fd)
        else:
            os.link(second, name, dst_dir_fd=dir_fd, follow_symlinks=False)

    desk.launch()
    monkeypatch.setattr(os, "symlink", swap)
    change(desk, "2")
    desk.uid = 123_456
    with suppress(OSError):
        desk.launch()
    found = [tmp_path, *tmp_path.rglob("*")]
    theirs = [each for each in found if each.lstat().st_uid == 123_456]
    assert not [each for each in theirs if each.lstat().st_ino in others]
