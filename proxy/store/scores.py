"""The queue of scores to platforms, and what became of them.

Promises: of one piece of work at most one score waits: a newer one takes the place of an older one,
and is later by the clock that platforms compare. What is taken to be sent is nobody else's until
its time is over (`lease`), so a program that was killed in the middle loses nothing. Of each piece
of work the last `KEPT` are kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from proxy.core.lti_messages import moment_after
from proxy.core.score_retry import ScoreState
from proxy.store.grade_links import GradeLink
from proxy.store.grade_links import from_row as link_from_row
from proxy.store.memberships import CoursePlace, is_within
from proxy.store.tables import grade_links, scores
from proxy.store.tables import users as user_table

KEPT: Final = 20
MOST_LISTED: Final = 1000
MOST_LATEST: Final = 20_000
_WAITING: Final = ScoreState.WAITING.value


@dataclass(frozen=True, slots=True)
class NewScore:
    """`by` is the slug of the teacher who gave it; empty: the notebook itself did."""

    given: float
    most: float
    comment: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One score; `made` is when, as the platform is told; `queued` since when we try."""

    id: int
    link: GradeLink
    person: str
    slug: str
    new: NewScore
    made: float
    queued: float
    state: ScoreState
    attempts: int
    next_try: float
    problem: str
    sent: float | None


def add(connection: Connection, link_id: int, new: NewScore, now: float) -> int:
    """Queue it in place of those of the same work that wait; return its number."""
    own = scores.c.grade_link_id == link_id
    last = connection.execute(select(func.max(scores.c.made)).where(own)).scalar()
    waiting = update(scores).where(own, scores.c.state == _WAITING)
    connection.execute(waiting.values(state=ScoreState.SUPERSEDED.value))
    made = connection.execute(
        insert(scores).values(
            grade_link_id=link_id,
            given=new.given,
            most=new.most,
            comment=new.comment,
            by_slug=new.by,
            made=moment_after(last, now),
            queued=now,
            state=_WAITING,
            attempts=0,
            next_try=now,
            problem="",
        )
    )
    kept = select(scores.c.id).where(own).order_by(scores.c.id.desc()).limit(KEPT)
    connection.execute(delete(scores).where(own, scores.c.id.not_in(kept.scalar_subquery())))
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def take_due(
    connection: Connection, now: float, *, most: int, lease: float, busy: Collection[int] = ()
) -> list[Score]:
    """Return those whose time has come, the longest due first, as ours for `lease` seconds.

    `busy` are links of which one is under way.
    """
    due = (
        _joined()
        .where(scores.c.state == _WAITING, scores.c.next_try <= now)
        .where(scores.c.grade_link_id.not_in(list(busy)))
        .order_by(scores.c.next_try, scores.c.id)
        .limit(most)
    )
    found = [_from_row(row) for row in connection.execute(due)]
    taken = update(scores).where(scores.c.id.in_([each.id for each in found]))
    connection.execute(taken.values(next_try=now + lease, attempts=scores.c.attempts + 1))
    return found


def mark_sent(connection: Connection, number: int, now: float) -> None:
    """The platform has it."""
    values = {"state": ScoreState.SENT.value, "sent": now, "problem": ""}
    connection.execute(_if_waiting(number).values(values))


def put_off(
    connection: Connection,
    number: int,
    problem: str,
    *,
    until: float | None,
    made: float | None = None,
) -> None:
    """It was not taken: try again then, or never (None); `made` dates it anew."""
    values: dict[str, Any] = {"problem": problem[:500]}
    values |= {"state": ScoreState.FAILED.value} if until is None else {"next_try": until}
    values |= {} if made is None else {"made": made}
    connection.execute(_if_waiting(number).values(values))


def retry(connection: Connection, number: int, now: float) -> bool:
    """Try again from now on; False unless it is its work's latest and was not taken yet."""
    found = find(connection, number)
    if found is None or found.state not in {ScoreState.WAITING, ScoreState.FAILED}:
        return False
    own = scores.c.grade_link_id == found.link.id
    if connection.execute(select(func.max(scores.c.id)).where(own)).scalar() != number:
        return False
    values = {"state": _WAITING, "next_try": now, "queued": now, "attempts": 0}
    connection.execute(update(scores).where(scores.c.id == number).values(values))
    return True


def find(connection: Connection, number: int) -> Score | None:
    """Return one score."""
    row = connection.execute(_joined().where(scores.c.id == number)).first()
    return None if row is None else _from_row(row)


def count_waiting(connection: Connection, user_id: int) -> int:
    """Return how many of a person's scores are on their way."""
    statement = (
        select(func.count())
        .select_from(scores.join(grade_links, grade_links.c.id == scores.c.grade_link_id))
        .where(grade_links.c.user_id == user_id, scores.c.state == _WAITING)
    )
    return int(connection.execute(statement).scalar_one())


def list_of_person(connection: Connection, user_id: int, course: str | None = None) -> list[Score]:
    """Return a person's scores, of one course or of all, the newest first."""
    statement = _joined().where(grade_links.c.user_id == user_id)
    if course is not None:
        statement = statement.where(grade_links.c.course == course)
    return _list(connection, statement)


def list_of_course(
    connection: Connection, course: str, places: Collection[CoursePlace] | None
) -> list[Score]:
    """Return the scores of these places (None: of all) in a course, the newest first."""
    statement = _joined().where(grade_links.c.course == course, is_within(grade_links.c, places))
    return _list(connection, statement)


def latest_of_course(
    connection: Connection, course: str, places: Collection[CoursePlace] | None
) -> list[Score]:
    """Return of each piece of work in these places (None: in all) the latest score."""
    of_work = scores.alias()
    latest = select(func.max(of_work.c.id)).where(of_work.c.grade_link_id == scores.c.grade_link_id)
    statement = (
        _joined()
        .where(grade_links.c.course == course, is_within(grade_links.c, places))
        .where(scores.c.id == latest.scalar_subquery())
        .order_by(scores.c.id.desc())
        .limit(MOST_LATEST)
    )
    return [_from_row(row) for row in connection.execute(statement)]


def _list(connection: Connection, statement: Select[Any]) -> list[Score]:
    newest = statement.order_by(scores.c.id.desc()).limit(MOST_LISTED)
    return [_from_row(row) for row in connection.execute(newest)]


def _if_waiting(number: int) -> Any:
    """What was superseded meanwhile stays so."""
    return update(scores).where(scores.c.id == number, scores.c.state == _WAITING)


def _joined() -> Select[Any]:
    links = [column for column in grade_links.c if column.name != "id"]
    people = [user_table.c.name.label("person"), user_table.c.slug.label("slug")]
    return (
        select(scores, *links, *people)
        .join(grade_links, grade_links.c.id == scores.c.grade_link_id)
        .join(user_table, user_table.c.id == grade_links.c.user_id)
    )


def _from_row(row: Row[Any]) -> Score:
    return Score(
        id=row.id,
        link=link_from_row(row, row.grade_link_id),
        person=row.person,
        slug=row.slug,
        new=NewScore(row.given, row.most, row.comment, row.by_slug),
        made=row.made,
        queued=row.queued,
        state=ScoreState(row.state),
        attempts=row.attempts,
        next_try=row.next_try,
        problem=row.problem,
        sent=row.sent,
    )
