"""Folders that are shared read-only: one copy for all, which nobody finds by looking."""

import os
import stat
from pathlib import Path

import pytest

from proxy.courses import static_folders
from proxy.courses.source import Source
from tests.courses.copies import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, version="v1", static=("data", "w/img"))
    made.put("data/deep/big.csv", "1,2")
    made.put("w/img/a.png", "png")
    made.put("w/a.ipynb", "notebook")
    (made.source / "data/link").symlink_to("/etc/passwd")
    return made


def provide(desk: Desk) -> dict[str, str]:
    return desk.shared.provide("stats", Source(desk.source, desk.version, desk.static))


def test_they_are_ours_to_read_and_passed_through_unseen(desk: Desk) -> None:
    found = provide(desk)
    assert set(found) == {"data", "w/img"}
    place = Path(found["data"])
    assert (place / "deep/big.csv").read_text() == "1,2"
    assert not (place / "link").exists()
    assert stat.S_IMODE(desk.places.reachable.stat().st_mode) == 0o711
    for path in (place, place / "deep", place.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o755
    assert stat.S_IMODE((place / "deep/big.csv").stat().st_mode) == 0o644
    assert len(place.parent.parent.name) >= 32
    assert not list(place.parent.glob("w/a.ipynb"))


def test_versions_with_the_same_in_it_share_one_copy(desk: Desk) -> None:
    first = provide(desk)
    desk.version = "v2"
    desk.put("w/a.ipynb", "another")
    assert provide(desk) == first
    desk.version = "v3"
    desk.put("data/deep/big.csv", "3,4")
    other = provide(desk)
    assert other != first
    assert Path(first["data"]).parent.parent == Path(other["data"]).parent.parent
    assert Path(first["data"], "deep/big.csv").read_text() == "1,2"


def test_the_newest_few_are_kept(desk: Desk) -> None:
    found = []
    for number in range(6):
        desk.version = f"v{number}"
        desk.put("data/deep/big.csv", str(number))
        found.append(Path(provide(desk)["data"]))
        os.utime(found[-1].parent, (number, number))
    assert [path.exists() for path in found] == [False, False, False, True, True, True]


def test_a_copy_that_fails_leaves_none_and_is_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(static_folders, "copy_to_new", full)
    with pytest.raises(OSError, match="No space"):
        provide(desk)
    (above,) = desk.places.reachable.iterdir()
    assert not list(above.iterdir())
    monkeypatch.undo()
    found = provide(desk)
    assert Path(found["data"]).parent.parent == above


def test_folders_that_are_not_there_are_left_out(desk: Desk) -> None:
    desk.static = ("data", "nothing", "w/a.ipynb", "data/link")
    assert set(provide(desk)) == {"data"}
    desk.static = ()
    assert provide(desk) == {}


def test_what_is_ours_is_known_by_its_place(desk: Desk) -> None:
    assert desk.shared.is_ours(provide(desk)["data"])
    inside = f"{desk.places.reachable}/x/../../ann/home"
    for target in ("/etc", "data", inside, f"{desk.places.reachable}-x/y", ""):
        assert not desk.shared.is_ours(target)
