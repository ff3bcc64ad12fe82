"""What was done for courses in the background, and how far it is.

Promises: of each course the latest `KEPT` stay. What was open when the program died is told apart
by nothing here: the program that starts next says so (`interrupt_open`).
"""

from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from proxy.core.course_job import OPEN, Job, JobKind, JobState
from proxy.core.update_schedule import UpdateHistory
from proxy.store.course_tables import course_jobs

KEPT: Final = 50
_MOST_SUMMARY: Final = 1000
_MOST_LOOKED_AT: Final = 20
_OPEN: Final = [state.value for state in OPEN]


def add(connection: Connection, course: str, kind: JobKind, by: str, now: float) -> Job:
    """Add one that waits."""
    row = {
        "course": course,
        "kind": kind.value,
        "state": JobState.WAITING.value,
        "started": now,
        "by_slug": by,
        "summary": "",
    }
    made = connection.execute(insert(course_jobs).values(row))
    (number,) = made.inserted_primary_key or (0,)
    return Job(int(number), course, kind, JobState.WAITING, now, by=by)


def begin(connection: Connection, number: int, now: float) -> None:
    """Its turn has come, unless it was interrupted meanwhile: that is its end."""
    values = {"state": JobState.RUNNING.value, "started": now}
    own = (course_jobs.c.id == number) & (course_jobs.c.state == JobState.WAITING.value)
    connection.execute(update(course_jobs).where(own).values(values))


def finish(
    connection: Connection, number: int, state: JobState, summary: str, now: float
) -> list[int]:
    """It is over; return the course's older jobs that are forgotten with it."""
    own = course_jobs.c.id == number
    values = {"state": state.value, "summary": summary[:_MOST_SUMMARY], "ended": now}
    connection.execute(update(course_jobs).where(own).values(values))
    course = connection.execute(select(course_jobs.c.course).where(own)).scalar_one_or_none()
    here = course_jobs.c.course == course
    kept = select(course_jobs.c.id).where(here).order_by(course_jobs.c.id.desc()).limit(KEPT)
    old = select(course_jobs.c.id).where(
        here, course_jobs.c.id.not_in(kept.scalar_subquery()), course_jobs.c.state.not_in(_OPEN)
    )
    numbers = list(connection.execute(old).scalars())
    connection.execute(delete(course_jobs).where(course_jobs.c.id.in_(numbers)))
    return numbers


def find(connection: Connection, course: str, number: int) -> Job | None:
    """Return a job of this course."""
    own = (course_jobs.c.id == number) & (course_jobs.c.course == course)
    row = connection.execute(select(course_jobs).where(own)).first()
    return None if row is None else _from_row(row)


def list_of(connection: Connection, course: str, most: int = KEPT) -> list[Job]:
    """Return the course's jobs, the latest first."""
    statement = (
        select(course_jobs)
        .where(course_jobs.c.course == course)
        .order_by(course_jobs.c.id.desc())
        .limit(most)
    )
    return [_from_row(row) for row in connection.execute(statement)]


def latest(connection: Connection, kind: JobKind) -> dict[str, Job]:
    """Return of each course the latest job of this kind."""
    of_kind = course_jobs.c.kind == kind.value
    newest = select(func.max(course_jobs.c.id)).where(of_kind).group_by(course_jobs.c.course)
    found = connection.execute(select(course_jobs).where(course_jobs.c.id.in_(newest)))
    return {row.course: _from_row(row) for row in found}


def history_of(connection: Connection, course: str) -> UpdateHistory:
    """Return when the course's latest update began, and how many failed since one did not."""
    statement = (
        select(course_jobs)
        .where(course_jobs.c.course == course, course_jobs.c.kind == JobKind.UPDATE.value)
        .order_by(course_jobs.c.id.desc())
        .limit(_MOST_LOOKED_AT)
    )
    found = [_from_row(row) for row in connection.execute(statement)]
    if not found:
        return UpdateHistory()
    failures = 0
    for job in found:
        if job.state is JobState.DONE:
            break
        failures += not job.is_open
    return UpdateHistory(found[0].started, failures, is_open=found[0].is_open)


def interrupt_open(connection: Connection, summary: str, now: float) -> list[Job]:
    """Mark those that nobody does any more; return them as they are now."""
    found = connection.execute(select(course_jobs).where(course_jobs.c.state.in_(_OPEN))).all()
    numbers = [row.id for row in found]
    values = {"state": JobState.INTERRUPTED.value, "summary": summary, "ended": now}
    connection.execute(update(course_jobs).where(course_jobs.c.id.in_(numbers)).values(values))
    changed = select(course_jobs).where(course_jobs.c.id.in_(numbers))
    return [_from_row(row) for row in connection.execute(changed)]


def _from_row(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        course=row.course,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        started=row.started,
        ended=row.ended,
        by=row.by_slug,
        summary=row.summary,
    )
