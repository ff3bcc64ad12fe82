"""Servers and kernels of a course: of its students, at a time; silence is not zero."""

from collections.abc import AsyncIterator

import pytest

from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.store import course_peaks
from proxy.store.course_peaks import Peak
from proxy.web import keys
from tests.servers.fakes import ADA, KEY, PretendJupyter
from tests.web.page_front import Pages
from tests.web.statistics_course import fill

AT = "2027-01-15T08:00:00Z"
KERNEL = {"execution_state": "idle", "last_activity": AT}


@pytest.fixture
async def jupyter(pages: Pages) -> AsyncIterator[PretendJupyter]:
    """Ada's, with three kernels; the teacher and a stranger have servers, too."""
    made = PretendJupyter(ADA, KEY, pages.clock, kernels=[KERNEL] * 3)
    pages.server_is(State.READY, address=await made.open(), identity_key=KEY)
    for name in (ServerName("bob", "home"), ServerName("root", "home"), SHARED):
        pages.server_is(State.READY, name)
    pages.server_is(State.STARTING, ServerName("eve", "home"))
    yield made
    await made.close()


async def peaks(pages: Pages, today: int) -> dict[int, Peak]:
    return await pages.store.read(course_peaks.find, "python", today - 9, today)


async def test_a_day_keeps_the_most_of_the_courses_students(
    pages: Pages, jupyter: PretendJupyter
) -> None:
    today = await fill(pages)
    use = pages.app[keys.COURSE_USE]
    await use.sample()
    assert await use.now({"ada", "eve"}) == Peak(1, 3)
    jupyter.kernels = [KERNEL]
    await use.sample()
    assert await use.now({"ada"}) == Peak(1, 1)
    assert await peaks(pages, today) == {today: Peak(1, 3)}


async def test_a_server_that_does_not_answer_keeps_what_it_said(
    pages: Pages, jupyter: PretendJupyter
) -> None:
    await fill(pages)
    use = pages.app[keys.COURSE_USE]
    await use.sample()
    jupyter.status = 500
    await use.sample()
    assert await use.now({"ada"}) == Peak(1, 3)
    pages.server_is(State.STOPPED)
    pages.app[keys.OBSERVATORY].forget()
    await use.sample()
    assert await use.now({"ada"}) == Peak(0, 0)
    assert vars(use)["_kernels"] == {}


async def test_where_nobody_is_at_a_course_nothing_is_written(
    pages: Pages, jupyter: PretendJupyter
) -> None:
    today = await fill(pages)
    pages.clock.advance(3 * 86_400)
    await pages.app[keys.COURSE_USE].sample()
    assert await peaks(pages, today + 3) == {}
