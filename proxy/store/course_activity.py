"""What is done, or was done last, for a course in the background."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from proxy.store.course_tables import course_jobs

_OPEN = frozenset({"waiting", "running"})


@dataclass(frozen=True, slots=True)
class Work:
    """The latest job; times in seconds since the epoch, `ended` None while it is under way."""

    number: int
    kind: str
    state: str
    started: float
    ended: float | None
    summary: str

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN


def latest(connection: Connection, course: str) -> Work | None:
    """Return the course's newest job, None if there never was one."""
    statement = (
        select(course_jobs)
        .where(course_jobs.c.course == course)
        .order_by(course_jobs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(statement).first()
    if row is None:
        return None
    return Work(row.id, row.kind, row.state, row.started, row.ended, row.summary)
