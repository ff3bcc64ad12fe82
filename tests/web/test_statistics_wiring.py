from sqlalchemy import insert

from proxy.store import course_peaks, statistics
from proxy.store.course_peaks import Peak
from proxy.store.course_tables import course_days
from proxy.web import keys
from proxy.web.statistics_wiring import forget_days, list_statistics_chores
from tests.web.page_front import Pages
from tests.web.statistics_course import fill


async def test_everything_stands_on_the_application_and_every_chore_can_be_done(
    pages: Pages,
) -> None:
    assert keys.COURSE_COUNTS in pages.app
    chores = list_statistics_chores(pages.app)
    assert {name for name, _, _ in chores} == {"sample_courses", "forget_statistics"}
    for _, seconds, work in chores:
        assert seconds > 0
        await work()


async def test_days_go_after_three_years_however_many_they_are(pages: Pages) -> None:
    today = await fill(pages)
    ada = pages.people["ada"].id
    rows = [
        {
            "course": f"old {at}",
            "day": at,
            "user_id": ada,
            "notebooks": "1",
            "times": "a00",
            "last": 1.0,
        }
        for at in range(2_500)
    ]
    await pages.store.write(lambda connection: connection.execute(insert(course_days), rows))
    await pages.store.write(course_peaks.note, 5, {"python": Peak(1, 1)})
    await forget_days(pages.store, pages.clock)
    wanted = statistics.WantedStatistics("python", 0, today, None)
    assert (await pages.store.read(statistics.look, wanted)).openings == 3
    assert await pages.store.write(statistics.prune, today - statistics.KEPT_DAYS, most=9) == 0
    assert await pages.store.read(course_peaks.find, "python", 0, today) == {}
