"""Who opened which notebook of a course, and who has gone: written by the relays, as in `facts`.

Promises: an opening is an event and stands in the day log of its person, in one transaction, once,
whatever several relays tell of it at a time. In a log stands who is in the course, in a workspace
that is theirs: neither a teacher who helps nor a stranger with a folder of that name. Nothing is
written of notebooks outside courses. Must not: load SQLAlchemy.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proxy.core.events import EventKind, make_event
from proxy.core.identity import SHARED, ServerName
from proxy.core.openings import DayLog, day_and_minute
from proxy.store.facts import Execute

_WHO = """
    SELECT users.id, slug FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.id = :id
"""
_IS_COURSE = """
    SELECT count(*) FROM (
        SELECT 1 FROM courses WHERE name = :course
        UNION ALL SELECT 1 FROM course_people WHERE course = :course
        UNION ALL SELECT 1 FROM memberships WHERE course = :course
        UNION ALL SELECT 1 FROM portal_members WHERE course = :course
        LIMIT 1
    ) AS found
"""
_IS_IN = """
    SELECT count(*) FROM (
        SELECT 1 FROM courses WHERE name = :course AND enrolment = 'open'
        UNION ALL SELECT 1 FROM course_people WHERE course = :course AND user_id = :user_id
        UNION ALL SELECT 1 FROM memberships WHERE course = :course AND user_id = :user_id
        UNION ALL SELECT 1 FROM portal_members WHERE course = :course AND user_id = :user_id
    ) AS found
"""
_NOTE_NOTEBOOK = """
    INSERT INTO course_notebooks (course, notebook, last) VALUES (:course, :notebook, :at)
    ON CONFLICT (course, notebook) DO UPDATE SET last = CASE
        WHEN excluded.last > course_notebooks.last THEN excluded.last ELSE course_notebooks.last END
"""
_FIND_NOTEBOOK = "SELECT id FROM course_notebooks WHERE course = :course AND notebook = :notebook"
# Writing the row first takes it for this transaction, where transactions run side by side.
_TAKE_DAY = """
    INSERT INTO course_days (course, day, user_id, notebooks, times, last)
    VALUES (:course, :day, :user_id, '', '', :at)
    ON CONFLICT (course, day, user_id) DO UPDATE SET times = course_days.times
"""
_READ_DAY = """
    SELECT notebooks, times FROM course_days
    WHERE course = :course AND day = :day AND user_id = :user_id
"""
_WRITE_DAY = """
    UPDATE course_days SET notebooks = :notebooks, times = :times,
        last = CASE WHEN last < :at THEN :at ELSE last END
    WHERE course = :course AND day = :day AND user_id = :user_id
"""
_OPENED_SINCE = """
    SELECT DISTINCT course FROM course_days
    WHERE user_id = :user_id AND day >= :day AND last >= :since ORDER BY course
"""
_ADD_EVENT = """
    INSERT INTO events (at, kind, user_slug, server, course, about)
    VALUES (:at, :kind, :user, :server, :course, :about)
"""


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Somebody with this session opened it, at that server."""

    course: str
    notebook: str
    session_id: str
    server: ServerName
    at: float


def note_openings(execute: Execute, openings: Sequence[Opening]) -> int:
    """Write them down; return how many counted."""
    # In one order everywhere, so that no two relays wait for each other.
    return sum(_note(execute, opening) for opening in sorted(openings))


def note_closed(
    execute: Execute, session_id: str, server: ServerName, since: float, at: float
) -> None:
    """Write down that the person of this session, ended or not, has left this server's pages.

    An event for each course of which they opened something since then; one without a course if of
    none.
    """
    for user_id, slug in execute(_WHO, id=session_id).fetchall():
        courses = _opened_since(execute, user_id, since) if _is_own(slug, server) else []
        for course in courses or [""]:
            _add_event(execute, EventKind.CLOSED, at, slug, server, course)


def note_lost(execute: Execute, number: int, at: float) -> None:
    """Write down that so many openings were not."""
    _add_event(execute, EventKind.EVENTS_LOST, at, "", None, "", number=str(number))


def _note(execute: Execute, opening: Opening) -> bool:
    course, server = opening.course, opening.server
    for user_id, slug in execute(_WHO, id=opening.session_id).fetchall():
        if not _holds(execute, _IS_COURSE, course=course):
            return False
        is_counted = _is_own(slug, server) and _holds(
            execute, _IS_IN, course=course, user_id=user_id
        )
        if is_counted and not _add_to_day(execute, opening, user_id):
            return False
        about = {"notebook": opening.notebook}
        _add_event(execute, EventKind.OPENED, opening.at, slug, server, course, **about)
        return is_counted
    return False


def _add_to_day(execute: Execute, opening: Opening, user_id: int) -> bool:
    place = {"course": opening.course, "notebook": opening.notebook}
    day, minute = day_and_minute(opening.at)
    row = {"course": opening.course, "day": day, "user_id": user_id}
    # Before the notebook's name is kept: a server of theirs may say any. Nothing is taken for it.
    if any(DayLog(*known).is_full for known in execute(_READ_DAY, **row).fetchall()):
        return False
    execute(_NOTE_NOTEBOOK, **place, at=opening.at)
    ((notebook,),) = execute(_FIND_NOTEBOOK, **place).fetchall()
    execute(_TAKE_DAY, **row, at=opening.at)
    (known,) = execute(_READ_DAY, **row).fetchall()
    log = DayLog(*known).with_opening(notebook, minute)
    if log is not None:
        execute(_WRITE_DAY, **row, notebooks=log.notebooks, times=log.times, at=opening.at)
    return log is not None


def _opened_since(execute: Execute, user_id: int, since: float) -> list[str]:
    first, _ = day_and_minute(since)
    found = execute(_OPENED_SINCE, user_id=user_id, day=first, since=since).fetchall()
    return [course for (course,) in found]


def _is_own(slug: str, server: ServerName) -> bool:
    return server == SHARED or server.owner == slug


def _holds(execute: Execute, question: str, **values: object) -> bool:
    ((number,),) = execute(question, **values).fetchall()
    return bool(number)


def _add_event(
    execute: Execute,
    kind: EventKind,
    at: float,
    user: str,
    server: ServerName | None,
    course: str,
    **about: str,
) -> None:
    event = make_event(kind, at, user=user, server=str(server or ""), course=course, about=about)
    values: dict[str, Any] = {
        "at": event.at,
        "kind": event.kind.value,
        "user": event.user,
        "server": event.server,
        "course": event.course,
        "about": json.dumps(dict(event.about), ensure_ascii=False),
    }
    execute(_ADD_EVENT, **values)
