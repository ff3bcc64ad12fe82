"""The newest work of a course is the one that is told."""

from sqlalchemy import Connection

from proxy.store import course_activity
from proxy.store.course_tables import course_jobs
from proxy.store.database import Store


def add_job(connection: Connection, course: str, state: str, ended: float | None) -> None:
    row = {"course": course, "kind": "update", "state": state, "started": 1.0, "ended": ended}
    connection.execute(course_jobs.insert().values(row | {"by_slug": "", "summary": "s"}))


async def test_the_newest_is_told_and_whether_it_goes_on(store: Store) -> None:
    assert await store.read(course_activity.latest, "stats") is None
    await store.write(add_job, "stats", "failed", 2.0)
    await store.write(add_job, "stats", "running", None)
    await store.write(add_job, "other", "done", 3.0)
    work = await store.read(course_activity.latest, "stats")
    assert work is not None
    assert (work.number, work.state, work.is_open) == (2, "running", True)
    other = await store.read(course_activity.latest, "other")
    assert other is not None
    assert not other.is_open
