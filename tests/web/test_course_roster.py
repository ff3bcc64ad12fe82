"""The list of a course: kept for a minute, and a sentence where there is none."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from proxy.auth.lti_services import Roster
from proxy.web import course_roster, keys
from tests.auth.lti_services_platform import member
from tests.web.courses import Course, running_course
from tests.web.page_front import Pages


@pytest.fixture
async def course(pages: Pages) -> AsyncIterator[Course]:
    async with running_course(pages) as running:
        yield running


async def look(course: Course, address: str = "") -> Roster | str:
    rosters = course.pages.app[keys.ROSTERS]
    return await rosters.look(course.platform, address or course.services.members_url)


async def test_it_is_asked_for_once_a_minute(course: Course) -> None:
    course.services.members = [member("a", "Ann")]
    for _ in range(3):
        found = await look(course)
        assert isinstance(found, Roster)
    assert course.services.count("members") == 1
    course.pages.clock.advance(60)
    await look(course)
    assert course.services.count("members") == 2


async def test_what_cannot_be_read_is_a_sentence_and_not_kept(course: Course) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    course.services.instead["members"] = broken
    assert await look(course) == "Campus <b> did not take it: it answered 500."
    del course.services.instead["members"]
    assert isinstance(await look(course), Roster)


async def test_a_platform_that_hangs_is_a_sentence(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_roster, "PATIENCE_SECONDS", 0.1)

    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    course.services.instead["members"] = hang
    assert await look(course) == "Campus <b> did not list its members in time."


async def test_the_lists_are_bounded(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_roster, "MOST", 2)
    for number in range(4):
        await look(course, f"{course.services.origin}/{number}/members")
    assert len(course.pages.app[keys.ROSTERS]._kept) == 2
