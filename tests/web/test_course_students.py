"""A teacher looks after the people of their own places; who leads, after all of the course."""

from dataclasses import replace

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.core.course import Course
from proxy.core.errors import Forbidden, NotFound
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, courses
from proxy.web.course_access import look
from proxy.web.course_students import find_student, require_student
from tests.web.courses import running_course
from tests.web.page_front import Pages


async def test_teachers_of_a_place_reach_its_people_and_no_others(pages: Pages) -> None:
    async with running_course(pages) as course:
        eve = await pages.add("eve")
        await course.arrive("eve", context="course-8", link="link-2")
        request = make_mocked_request("GET", "/x", app=pages.app)
        view = await pages.store.read(look, "stats", pages.people["bob"])
        assert (await require_student(request, view, "ada")).slug == "ada"
        for slug in ("eve", "root", "nobody", "../ada", "", "ADA"):
            with pytest.raises(NotFound):
                await require_student(request, view, slug)
        assert eve.slug == "eve"


async def test_students_reach_nobody(pages: Pages) -> None:
    async with running_course(pages):
        request = make_mocked_request("GET", "/x", app=pages.app)
        view = await pages.store.read(look, "stats", pages.people["ada"])
        with pytest.raises(Forbidden):
            await require_student(request, view, "ada")


async def test_who_leads_reaches_all_who_belong_and_nobody_else(pages: Pages) -> None:
    async with running_course(pages) as course:
        for name in ("eve", "max"):
            await pages.add(name)
        await course.arrive("eve", context="course-8", link="link-2")
        view = await pages.store.read(look, "stats", pages.people["root"])
        found = {
            slug: await pages.store.read(find_student, view, slug) for slug in ("ada", "eve", "max")
        }
        assert [slug for slug, user in found.items() if user] == ["ada", "eve"]
        max_ = pages.people["max"]
        await pages.store.write(course_people.set_role, "stats", max_.id, CourseRole.STUDENT, 1.0)
        assert await pages.store.read(find_student, view, "max") == max_


async def test_the_people_of_an_archived_course_are_looked_after(pages: Pages) -> None:
    stats, ada = Course("stats", "", 0.0), pages.people["ada"]
    await pages.store.write(courses.add, stats)
    await pages.store.write(course_people.set_role, "stats", ada.id, CourseRole.STUDENT, 1.0)
    await pages.store.write(courses.put, replace(stats, archived=2.0))
    view = await pages.store.read(look, "stats", pages.people["root"])
    assert await pages.store.read(find_student, view, "ada") == ada
