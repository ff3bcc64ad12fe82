"""Folders with a mark, and the file that servers read."""

import json
from pathlib import Path

import pytest

from proxy.core.course_environment import INDEX
from proxy.courses.environment_folders import Environment, EnvironmentFolders
from proxy.courses.places import CoursePlaces

ONE = Environment("one", "d", "p", 7, 1, 1.0)


@pytest.fixture
def places(tmp_path: Path) -> CoursePlaces:
    return CoursePlaces(tmp_path / "data", tmp_path / "notebooks")


def test_the_index_is_where_servers_are_told_to_look(places: CoursePlaces) -> None:
    assert places.notebooks / INDEX == places.reachable / "environments.json"


def test_without_its_mark_it_is_nothing(places: CoursePlaces) -> None:
    folders = EnvironmentFolders(places, is_shared=False)
    for name in ("one", "two", "three"):
        folders.make(name)
    folders.complete(ONE)
    (folders.folder("three") / "complete.json").write_text('{"name": "one"}')
    assert list(folders.list_whole()) == [ONE]
    folders.clear_unfinished(keep=["two"])
    assert folders.list_names() == ["one", "two"]
    folders.remove("one")
    assert folders.find("one") is None
    assert folders.find("") is None


@pytest.mark.parametrize(("is_shared", "mode"), [(True, 0o711), (False, 0o700)])
def test_others_pass_and_see_no_names(places: CoursePlaces, is_shared: bool, mode: int) -> None:
    folders = EnvironmentFolders(places, is_shared=is_shared)
    made = folders.make("one")
    for folder in (made, folders.top, places.reachable):
        assert folder.stat().st_mode & 0o777 == mode


def test_the_index_is_readable_and_names_what_it_is_told(places: CoursePlaces) -> None:
    folders = EnvironmentFolders(places, is_shared=True)
    folders.write_index({})
    assert not places.reachable.exists()
    folders.write_index({"k": "/python"})
    index = places.notebooks / INDEX
    assert json.loads(index.read_text()) == {"k": "/python"}
    assert index.stat().st_mode & 0o777 == 0o644
    folders.write_index({})
    assert json.loads(index.read_text()) == {}
    assert sorted(path.name for path in places.reachable.iterdir()) == ["environments.json"]
