"""What is kept is what the store says, and is read once for all who ask."""

import asyncio

import pytest
from sqlalchemy import event

from proxy.core.course_statistics import Statistics
from proxy.store.statistics import WantedStatistics
from proxy.web.course_counts import FRESH_SECONDS, MOST, CourseCounts
from tests.web.page_front import Pages
from tests.web.statistics_course import fill, open_notebook

WANTED = WantedStatistics("python", 20_804, 20_833, None)


@pytest.fixture
async def reads(pages: Pages) -> list[str]:
    """The questions for days that were asked."""
    await fill(pages)
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if "group_concat" in statement:
            asked.append(statement)

    event.listen(pages.store.engine, "before_cursor_execute", note)
    return asked


async def test_all_who_ask_at_a_time_read_once(pages: Pages, reads: list[str]) -> None:
    counts = CourseCounts(pages.store, pages.clock)
    found: list[Statistics] = await asyncio.gather(*(counts.look(WANTED) for _ in range(20)))
    assert len(reads) == 1
    assert all(each is found[0] for each in found)


async def test_an_opening_is_seen_at_once(pages: Pages, reads: list[str]) -> None:
    counts = CourseCounts(pages.store, pages.clock)
    before = await counts.look(WANTED)
    pages.clock.advance(1)
    await open_notebook(pages, "ada", "another")
    assert (await counts.look(WANTED)).openings == before.openings + 1
    assert len(reads) == 2


async def test_nothing_is_kept_for_long(pages: Pages, reads: list[str]) -> None:
    counts = CourseCounts(pages.store, pages.clock)
    for seconds in (0, FRESH_SECONDS - 1, 1, -FRESH_SECONDS * 9):
        pages.clock.advance(seconds)
        await counts.look(WANTED)
    assert len(reads) == 3


async def test_what_one_teacher_may_see_is_not_what_another_may(
    pages: Pages, reads: list[str]
) -> None:
    counts = CourseCounts(pages.store, pages.clock)
    everybody = await counts.look(WANTED)
    nobody = await counts.look(WantedStatistics("python", 20_804, 20_833, ()))
    assert (everybody.active, nobody.active) == (2, 0)


async def test_few_are_kept(pages: Pages, reads: list[str]) -> None:
    counts = CourseCounts(pages.store, pages.clock)
    for day in range(MOST + 3):
        await counts.look(WantedStatistics("python", 20_804 + day, 20_833, None))
    assert len(vars(counts)["_kept"]) == MOST
