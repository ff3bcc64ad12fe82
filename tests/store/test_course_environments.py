"""A course moves from one environment to another in one write, and back."""

import pytest

from proxy.core.course import Course
from proxy.core.errors import Conflict, NotFound
from proxy.store import course_environments, courses
from proxy.store.course_environments import UsedEnvironment
from proxy.store.database import Store

ALL = ("a", "b", "c")


@pytest.fixture
def at(store: Store) -> Store:
    store.write_now(courses.add, Course("stats", "x", 1.0))
    for number, name in enumerate(ALL):
        used = UsedEnvironment("stats", name, f"digest {name}", "v1", 0.0)
        store.write_now(course_environments.use, used, 10.0 + number)
    return store


def names(store: Store) -> tuple[str, list[str]]:
    course = store.read_now(courses.find, "stats")
    assert course is not None
    return course.environment, [
        row.name for row in store.read_now(course_environments.of_course, "stats")
    ]


def test_the_one_in_use_comes_first_then_the_last_ones(at: Store) -> None:
    assert names(at) == ("c", ["c", "b", "a"])
    rows = at.read_now(course_environments.of_course, "stats")
    assert [row.left for row in rows] == [None, 12.0, 11.0]
    assert at.read_now(course_environments.list_all) == rows
    assert at.read_now(course_environments.find_digest, "digest b") == ["b"]


def test_going_back_again_and_again_ends_in_none(at: Store) -> None:
    back = [at.write_now(course_environments.roll_back, "stats", 20.0, ALL) for _ in range(3)]
    assert back == ["b", "a", ""]
    assert names(at)[0] == ""
    with pytest.raises(Conflict):
        at.write_now(course_environments.roll_back, "stats", 30.0, ALL)


def test_what_cannot_be_used_is_passed_over(at: Store) -> None:
    assert at.write_now(course_environments.roll_back, "stats", 20.0, ["a"]) == "a"
    rows = {row.name: row for row in at.read_now(course_environments.of_course, "stats")}
    assert (rows["c"].set_aside, rows["a"].set_aside) == (True, False)


def test_using_it_again_takes_the_mark_off(at: Store) -> None:
    at.write_now(course_environments.roll_back, "stats", 20.0, ALL)
    again = UsedEnvironment("stats", "c", "digest c", "v2", 0.0)
    at.write_now(course_environments.use, again, 30.0)
    row = at.read_now(course_environments.of_course, "stats")[0]
    assert (row.name, row.set_aside, row.version, row.used) == ("c", False, "v2", 30.0)


def test_a_course_that_is_gone_uses_nothing(at: Store) -> None:
    at.write_now(courses.remove, "stats")
    assert at.read_now(course_environments.of_course, "stats") == []
    used = UsedEnvironment("stats", "a", "", "", 0.0)
    with pytest.raises(NotFound):
        at.write_now(course_environments.use, used, 40.0)
    assert at.read_now(course_environments.list_all) == []


def test_a_change_of_the_course_leaves_what_it_uses(at: Store) -> None:
    course = at.read_now(courses.find, "stats")
    assert course is not None
    at.write_now(course_environments.roll_back, "stats", 20.0, ALL)
    at.write_now(courses.put, course)
    assert names(at)[0] == "b"


def test_one_in_use_is_not_forgotten(at: Store) -> None:
    for name in ALL:
        at.write_now(course_environments.forget, "stats", name)
    assert names(at) == ("c", ["c"])
