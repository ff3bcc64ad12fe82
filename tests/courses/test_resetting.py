"""The original comes back, and what was there has a dated name."""

import os
from pathlib import Path

import pytest

from proxy.core.errors import Conflict, NotFound
from proxy.courses import resetting
from proxy.disk.renaming import exchange
from tests.courses.copies import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, version="v1", static=("data",))
    made.put("w/a.ipynb", "original")
    made.put("data/a.csv", "1")
    made.launch()
    return made


def test_a_changed_file_is_kept_beside_the_original(desk: Desk) -> None:
    desk.write("w/a.ipynb", "mine")
    assert desk.reset("w/a.ipynb") == "a (my copy 2026-11-28).ipynb"
    assert desk.files() == {
        "stats/w/a.ipynb": "original",
        "stats/w/a (my copy 2026-11-28).ipynb": "mine",
    }
    desk.write("w/a.ipynb", "mine again")
    assert desk.reset("w/a.ipynb") == "a (my copy 2026-11-28 2).ipynb"
    assert len(desk.files()) == 3


def test_what_is_the_original_is_not_copied(desk: Desk) -> None:
    assert desk.reset("w/a.ipynb") == ""
    assert len(desk.files()) == 1


def test_what_was_deleted_comes_back_with_its_folder(desk: Desk) -> None:
    (desk.mine / "w/a.ipynb").unlink()
    (desk.mine / "w").rmdir()
    assert desk.reset("w/a.ipynb") == ""
    assert desk.read("w/a.ipynb") == "original"


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_whatever_is_there_is_kept(desk: Desk, kind: str) -> None:
    place = desk.mine / "w/a.ipynb"
    place.unlink()
    if kind == "folder":
        desk.write("w/a.ipynb/mine.txt", "mine")
    elif kind == "link":
        place.symlink_to("/etc/passwd")
    else:
        os.mkfifo(place)
    before = place.lstat().st_ino
    name = desk.reset("w/a.ipynb")
    assert desk.read("w/a.ipynb") == "original"
    assert (desk.mine / "w" / name).lstat().st_ino == before


def test_something_where_its_folder_should_be_is_told(desk: Desk) -> None:
    (desk.mine / "w/a.ipynb").unlink()
    (desk.mine / "w").rmdir()
    desk.write("w", "mine")
    with pytest.raises(Conflict, match="stats/w"):
        desk.reset("w/a.ipynb")
    assert desk.read("w") == "mine"


@pytest.mark.parametrize(
    "path",
    ["none.ipynb", "../x", "/etc/passwd", "data/a.csv", ".git/config", "", "w", "w/a.ipynb/x"],
)
def test_what_has_no_original_is_not_reset(desk: Desk, path: str) -> None:
    (desk.source / ".git").mkdir()
    (desk.source / ".git/config").write_text("secret")
    before = desk.files()
    with pytest.raises(NotFound):
        desk.reset(path)
    assert desk.files() == before


def test_a_reset_is_of_the_version_that_is_served_now(desk: Desk) -> None:
    desk.write("w/a.ipynb", "mine")
    desk.put("w/a.ipynb", "second")
    desk.version = "v2"
    desk.reset("w/a.ipynb")
    assert desk.read("w/a.ipynb") == "second"
    # It is known as delivered: the next version replaces it.
    desk.put("w/a.ipynb", "third")
    desk.version = "v3"
    assert desk.launch().updated == 1


def test_a_save_between_goes_to_the_copy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("w/a.ipynb", "mine")
    with (desk.mine / "w/a.ipynb").open("r+") as file:

        def late(folder: int, one: str, two: str, *, between: str) -> None:
            exchange(folder, one, two, between=between)
            file.write("MINE and more")

        monkeypatch.setattr(resetting, "exchange", late)
        name = desk.reset("w/a.ipynb")
    assert desk.read("w/a.ipynb") == "original"
    assert desk.read(f"w/{name}") == "MINE and more"


def test_a_full_disk_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("w/a.ipynb", "mine")
    before = desk.files()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(resetting, "copy_to_new", full)
    with pytest.raises(OSError, match="No space"):
        desk.reset("w/a.ipynb")
    assert desk.files() == before


def test_all_of_it_is_moved_and_comes_anew(desk: Desk) -> None:
    desk.write("w/a.ipynb", "mine")
    desk.write("notes.txt", "notes")
    assert desk.clear(is_own_wish=True) == "stats (my copy 2026-11-28)"
    assert desk.clear() == ""
    desk.launch()
    assert desk.files() == {
        "stats (my copy 2026-11-28)/notes.txt": "notes",
        "stats (my copy 2026-11-28)/w/a.ipynb": "mine",
        "stats/w/a.ipynb": "original",
    }
    assert desk.clear() == "stats (cleared 2026-11-28)"


def test_a_course_that_became_a_link_is_moved_and_not_followed(desk: Desk) -> None:
    desk.clear()
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    desk.mine.symlink_to(elsewhere)
    name = desk.clear()
    assert (desk.home / name).is_symlink()
    desk.launch()
    assert desk.read("w/a.ipynb") == "original"
    assert not list(elsewhere.iterdir())
