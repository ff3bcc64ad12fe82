"""The table of courses."""

from dataclasses import replace

import pytest

from proxy.core.course import Course, Enrolment, Outline
from proxy.core.course_job import JobKind
from proxy.core.errors import Conflict
from proxy.core.lti_roles import CourseRole
from proxy.store import course_jobs, course_people, courses
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.core.test_course import FULL

STATS = Course(
    "stats",
    "https://git.example.org/stats",
    5.0,
    title="Mine",
    branch="main",
    directory="notebooks",
    enrolment=Enrolment.OPEN,
    update_every=300,
    version="0" * 40,
    updated=6.0,
    problem="It failed.",
    outline=FULL,
    environment="abc",
    archived=7.0,
)


async def test_a_course_comes_back_whole(store: Store) -> None:
    await store.write(courses.add, STATS)
    assert await store.read(courses.find, "stats") == STATS
    assert await store.read(courses.list_all) == [STATS]
    with pytest.raises(Conflict):
        await store.write(courses.add, STATS)


async def test_a_change_of_what_is_gone_makes_nothing(store: Store) -> None:
    assert not await store.write(courses.put, STATS)
    await store.write(courses.add, STATS)
    later = replace(STATS, version="1" * 40, problem="", archived=None)
    assert await store.write(courses.put, later)
    assert await store.read(courses.find, "stats") == later


async def test_who_was_listed_goes_with_the_course(store: Store) -> None:
    ann = await add_user(store, "ann")
    await store.write(courses.add, STATS)
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.TEACHER, 1.0)
    assert await store.write(courses.remove, "stats")
    assert not await store.write(courses.remove, "stats")
    assert await store.read(course_people.list_of, "stats") == []


async def test_serving_and_deciding_change_what_is_theirs_alone(store: Store) -> None:
    await store.write(courses.add, STATS)
    served = await store.write(courses.serve, "stats", "2" * 40, Outline(title="New"), 9.0)
    assert served == replace(
        STATS, version="2" * 40, outline=Outline(title="New"), updated=9.0, problem=""
    )
    await store.write(courses.set_problem, "stats", "It failed again.")
    # What was decided on an older row does not take the version back.
    assert await store.write(courses.change, replace(STATS, branch="autumn", archived=None))
    found = await store.read(courses.find, "stats")
    assert found == replace(served, branch="autumn", archived=None, problem="It failed again.")
    assert await store.write(courses.serve, "none", "2" * 40, Outline(), 9.0) is None
    assert not await store.write(courses.change, replace(STATS, name="none"))


async def test_a_course_of_an_earlier_ones_name_does_not_show_its_jobs(store: Store) -> None:
    await store.write(courses.add, STATS)
    await store.write(course_jobs.add, "stats", JobKind.UPDATE, "ann", 1.0)
    await store.write(courses.remove, "stats")
    await store.write(courses.add, STATS)
    assert await store.read(course_jobs.list_of, "stats") == []
