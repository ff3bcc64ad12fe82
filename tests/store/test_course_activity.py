"""The newest work of a course is the one that is told."""

from proxy.store import course_activity
from proxy.store.course_tables import course_jobs
from proxy.store.database import Store


async def test_the_newest_is_told_and_whether_it_goes_on(store: Store) -> None:
    assert await store.read(course_activity.latest, "stats") is None
    for course, state, ended in (("stats", "failed", 2.0), ("stats", "running", None), ("b", "done", 3.0)):  # fmt: skip  # noqa: E501
        row = {"course": course, "kind": "update", "state": state, "started": 1.0}
        await store.write(
            lambda connection, row=row, ended=ended: connection.execute(
                course_jobs.insert().values(row | {"ended": ended, "by_slug": "", "summary": "s"})
            )
        )
    work = await store.read(course_activity.latest, "stats")
    assert work is not None
    assert (work.number, work.state, work.is_open) == (2, "running", True)
    other = await store.read(course_activity.latest, "b")
    assert other is not None
    assert not other.is_open
