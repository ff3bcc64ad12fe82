"""Adding and changing for page and API alike: who may, and what is noted.

What each answers over a socket is in `test_api_courses`.
"""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from proxy.core.errors import Forbidden, NotFound, Unauthenticated
from proxy.core.identity import Identity
from proxy.core.lti_roles import CourseRole
from proxy.courses.changes import Wish
from proxy.store import course_jobs, course_people, courses
from proxy.web import course_changes, keys
from tests.web.page_front import Pages

URL = "https://git.invalid/stats.git"


async def asked_by(pages: Pages, who: str | None) -> web.Request:
    request = make_mocked_request("POST", "/courses", app=pages.app)
    if who is not None:
        user = pages.people[who]
        request[keys.IDENTITY] = Identity(user, session_id="s")
    return request


async def test_a_page_adds_a_course_by_one_call(pages: Pages) -> None:
    course, job = await course_changes.add(await asked_by(pages, "root"), "stats", Wish(url=URL))
    assert (course.name, job.by) == ("stats", "root")
    assert await pages.store.read(courses.find, "stats") == course


async def test_who_may_add(pages: Pages) -> None:
    with pytest.raises(Unauthenticated):
        await course_changes.add(await asked_by(pages, None), "stats", Wish(url=URL))
    bob = pages.people["bob"]
    for role in (None, CourseRole.STUDENT):
        if role is not None:
            await pages.store.write(course_people.set_role, "stats", bob.id, role, 1.0)
        with pytest.raises(Forbidden):
            await course_changes.add(await asked_by(pages, "bob"), "stats", Wish(url=URL))
    await pages.store.write(course_people.set_role, "stats", bob.id, CourseRole.TEACHER, 1.0)
    await course_changes.add(await asked_by(pages, "bob"), "stats", Wish(url=URL))


async def test_a_title_is_no_reason_to_fetch(pages: Pages) -> None:
    root = await asked_by(pages, "root")
    _, first = await course_changes.add(root, "stats", Wish(url=URL))
    await pages.app[keys.COURSE_JOBS].wait(first)
    _, job = await course_changes.change(root, "stats", Wish(title="S"))
    assert job is None
    _, job = await course_changes.change(root, "stats", Wish(branch="autumn"))
    assert job is not None
    assert len(await pages.store.read(course_jobs.list_of, "stats")) == 2


async def test_a_course_without_a_repository_says_so(pages: Pages) -> None:
    ada = pages.people["ada"]
    await pages.store.write(course_people.set_role, "hand", ada.id, CourseRole.TEACHER, 1.0)
    with pytest.raises(NotFound, match="has no repository"):
        await course_changes.require_repository(await asked_by(pages, "ada"), "hand")


async def test_the_address_of_a_hook_is_whole(pages: Pages) -> None:
    address = course_changes.hook_address(await asked_by(pages, "root"), "a b/ü")
    assert address == f"{pages.settings.front_origin}/hooks/courses/a%20b%2F%C3%BC"
