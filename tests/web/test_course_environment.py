"""The part of a course's page about its packages: who may, and that nobody waits for a build."""

from proxy.core.events import EventKind
from proxy.store import events
from proxy.store.events import Wanted
from proxy.web import keys
from tests.courses.environments import OFFLINE
from tests.web.environment_front import SECTION, Schoolroom
from tests.web.page_front import Answer

HERE = "/courses/stats/environment"
LIST = {"requirements.txt": f"{OFFLINE}greeting\n"}


async def shown(school: Schoolroom, who: str) -> str:
    """Return the fragment as the page of the course would hold it."""
    answer = await school.pages.ask("GET", SECTION, who)
    assert answer.status == 200, answer.text
    return answer.text


async def build(school: Schoolroom, who: str = "bob", **form: str) -> Answer:
    return await school.pages.ask("POST", f"{HERE}/build", who, data=form)


async def noted(school: Schoolroom, kind: EventKind) -> list[tuple[str, str, dict[str, str]]]:
    await school.pages.app[keys.EVENTS].write()
    found = await school.pages.store.read(events.find, Wanted(kind=kind), limit=9)
    return [(each.event.user, each.event.course, dict(each.event.about)) for each in found]


async def test_a_teacher_builds_follows_and_goes_back(school: Schoolroom) -> None:
    await school.ground.serve("0123456789abcdef", LIST, wheels={"greeting": "WORD = 1"})
    assert "asks for packages that are not built" in await shown(school, "bob")
    begun = await build(school)
    assert (begun.status, begun.location) == (303, f"{HERE}/log")
    page = await school.pages.ask("GET", f"{HERE}/log", "bob")
    assert "Building" in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "Follow the build" in await shown(school, "bob")
    await school.jobs.release()
    page = await school.pages.ask("GET", f"{HERE}/log", "bob")
    assert "greeting-1.0" in page.text
    assert "refresh" not in page.text
    text = await shown(school, "bob")
    assert "Python (stats)" in text
    assert "1 package<" in text
    assert "0123456789<" in text
    assert "Build anew" in text
    assert await noted(school, EventKind.COURSE_BUILT) == [
        ("bob", "stats", {"version": "0123456789abcdef"})
    ]
    back = await school.pages.ask("POST", f"{HERE}/rollback", "bob")
    assert (back.status, back.location) == (303, "/courses/stats#environment")
    assert (await school.ground.course()).environment == ""
    assert "Somebody went back" in await shown(school, "bob")
    (changed,) = await noted(school, EventKind.COURSE_CHANGED)
    assert changed[:2] == ("bob", "stats")


async def test_a_build_that_fails_is_told_where_the_course_is(school: Schoolroom) -> None:
    await school.ground.serve("v1", {"requirements.txt": f"{OFFLINE}no_such_thing_anywhere\n"})
    await build(school)
    await school.jobs.release()
    text = await shown(school, "bob")
    assert "Not built" in text
    assert "the end of the log says why" in text
    (failed,) = await noted(school, EventKind.COURSE_BUILD_FAILED)
    assert "the log" in failed[2]["reason"]


async def test_a_list_that_cannot_be_used_is_told_without_a_build(school: Schoolroom) -> None:
    await school.ground.serve("v1", {"requirements.txt": "-e .\n<b>\n"})
    assert "editable" in await shown(school, "bob")


async def test_nobody_else_sees_or_does_anything(school: Schoolroom) -> None:
    await school.ground.serve("v1", LIST, wheels={"greeting": ""})
    await school.pages.add("eve")
    await school.pages.sign_in("eve")
    assert (await shown(school, "ada")).strip() == ""
    for who, status in (("ada", 403), ("eve", 404)):
        assert (await build(school, who)).status == status
        assert (await school.pages.ask("POST", f"{HERE}/rollback", who)).status == status
        assert (await school.pages.ask("GET", f"{HERE}/log", who)).status == status
    assert school.jobs.jobs == {}
    assert (await school.pages.ask("GET", f"{HERE}/log", "bob")).status == 404
    assert (await school.pages.ask("POST", f"{HERE}/rollback", "bob")).status == 409
    assert (await school.pages.ask("GET", f"{HERE}/build", "bob")).status == 405
