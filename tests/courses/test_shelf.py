"""Where the files of a course lie, wherever it came from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.core.course import Course
from proxy.courses.places import CoursePlaces
from proxy.courses.shelf import CourseShelf
from proxy.store import courses
from proxy.store.database import Store

STATS = Course("stats", "https://git.example.org/stats", 1.0, version="v1")


@pytest.fixture
def shelf(store: Store, tmp_path: Path) -> CourseShelf:
    return CourseShelf(CoursePlaces(tmp_path / "data", tmp_path, tmp_path / "image"), store)


async def test_a_served_version_comes_before_a_folder_by_hand(
    shelf: CourseShelf, store: Store
) -> None:
    by_hand = shelf.places.placed_by_hand("stats")
    by_hand.mkdir(parents=True)
    assert await shelf.source_of("stats") == by_hand
    await store.write(courses.add, replace(STATS, version=""))
    assert await shelf.source_of("stats") is None, "its first version is to come"
    await store.write(courses.put, STATS)
    assert await shelf.source_of("stats") is None, "its folder is gone"
    version = shelf.places.version("stats", "v1")
    version.mkdir(parents=True)
    assert await shelf.source_of("stats") == version
    assert await shelf.find("stats") == STATS
    assert await shelf.find("maths") is None


async def test_a_course_of_the_image(shelf: CourseShelf, tmp_path: Path) -> None:
    (tmp_path / "image/maths/notebooks").mkdir(parents=True)
    (tmp_path / "image/maths/notebooks/a.ipynb").touch()
    assert await shelf.source_of("maths") is None
    (tmp_path / "image/courses.json").write_text(json.dumps({"maths": "notebooks"}))
    assert await shelf.source_of("maths") == tmp_path / "image/maths/notebooks"
    assert [course.paths for course in (await shelf.catalog()).courses] == [["maths/a.ipynb"]]


@pytest.mark.parametrize("name", ["", "..", "a/b", "../data", "\0", "x" * 101])
async def test_names_that_are_none(shelf: CourseShelf, name: str, tmp_path: Path) -> None:
    assert await shelf.source_of(name) is None


async def test_a_link_is_no_course(shelf: CourseShelf, tmp_path: Path) -> None:
    (tmp_path / "data/courses").mkdir(parents=True)
    (tmp_path / "data/courses/out").symlink_to("/etc")
    assert await shelf.source_of("out") is None
