"""A month of 2,000 students and 100 notebooks, cold, through a real front."""

from pathlib import Path

import pytest

from bench import course
from bench.statistics import GOAL, seconds_of
from proxy.store import statistics
from proxy.store.database import Store
from proxy.store.statistics import WantedStatistics
from tests.conftest import FakeClock
from tests.web.page_front import run_pages

SIZE = course.Size()
HERE = f"/courses/{course.NAME}/statistics"


@pytest.mark.timeout(120)
async def test_a_big_month_is_shown_in_less_than_a_third_of_a_second(
    store: Store, tmp_path: Path
) -> None:
    openings = await store.write(course.fill, SIZE)
    assert openings > 200_000
    clock = FakeClock(float((SIZE.first + SIZE.days - 1) * 86_400 + 43_200))
    async with run_pages(store, clock, tmp_path) as pages:
        # This machine may do much else; what it does for this page is counted all the same.
        taken = await seconds_of(pages, HERE, f"{HERE}/heat.png")
        assert taken.alone < GOAL, taken
        page = await pages.ask("GET", HERE, "root")
    assert "2,000 of 2,000 students opened 100 notebooks." in page.text
    assert len(page.text) < 150_000


def test_the_month_is_counted_to_the_last_opening(store: Store) -> None:
    size = course.Size(students=40, notebooks=30)
    openings = store.write_now(course.fill, size)
    wanted = WantedStatistics(course.NAME, size.first, size.first + size.days - 1, None)
    found = store.read_now(statistics.look, wanted)
    assert found.openings == openings == sum(each.openings for each in found.notebooks)
    assert openings == sum(map(sum, found.cells)) == sum(each.openings for each in found.students)
    assert len(found.students) == 40
