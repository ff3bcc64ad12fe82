"""Roles in a course: an event each, and what a lost role allowed ends with it."""

import pytest

from proxy.core.events import EventKind
from proxy.core.lti_roles import CourseRole
from proxy.store import events
from proxy.store.events import Wanted
from proxy.web import keys
from tests.web.page_front import Pages
from tests.web.teaching import add_course, begin_help, list_person

HERE = "/courses/stats/people"


@pytest.mark.parametrize("how", ["leave", "student"])
async def test_whose_role_was_taken_away_helps_nobody_from_then_on(pages: Pages, how: str) -> None:
    await add_course(pages)
    await begin_help(pages)
    await begin_help(pages, "root")
    path = f"{HERE}/leave" if how == "leave" else HERE
    await pages.add("eve")
    await pages.sign_in("eve")
    await list_person(pages, "eve", CourseRole.TEACHER)
    await pages.ask("POST", path, "eve", data={"name": "bob", "role": "student"})
    assert (await pages.app_session("bob")).ended is not None
    assert (await pages.app_session("root")).ended is None


async def test_each_act_is_an_event(pages: Pages) -> None:
    await add_course(pages)
    await pages.add("eve")
    await pages.ask("POST", HERE, "bob", data={"name": "eve", "role": "teacher"})
    await pages.ask("POST", f"{HERE}/leave", "bob", data={"name": "eve"})
    await pages.app[keys.EVENTS].write()
    told = []
    for kind in (EventKind.COURSE_PERSON_SET, EventKind.COURSE_PERSON_REMOVED):
        (found,) = await pages.store.read(events.find, Wanted(kind=kind), limit=9)
        told.append((found.event.user, found.event.course, dict(found.event.about)))
    assert told == [
        ("bob", "stats", {"role": "teacher", "whom": "eve"}),
        ("bob", "stats", {"whom": "eve"}),
    ]
