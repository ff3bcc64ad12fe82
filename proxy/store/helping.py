"""The sessions in which somebody helps: which of them no longer have a reason.

Promises: a helper who lost the role, or whose student left the course, is out: at once where that
is done here (`end_of_person`), and within a minute whatever the way was (`end_unfounded`); help
that nobody uses for a half an hour is over, too.
"""

from typing import Final

from sqlalchemy import Connection

from proxy.core.identity import Session
from proxy.store import help_rights, sessions, users

UNUSED_SECONDS: Final = 1800.0


def is_helping(connection: Connection, user_id: int, now: float) -> bool:
    """Does this person help somebody just now, in whatever browser?"""
    found = sessions.list_helping(connection, user_id=user_id)
    return any(now < each.expires and not _is_unused(each, now) for each in found)


def end_of_person(connection: Connection, user_id: int, course: str, now: float) -> None:
    """Somebody's role in a course was taken away, or changed: they help nobody there any more."""
    for session in sessions.list_helping(connection, user_id=user_id):
        if session.course == course:
            sessions.end(connection, session.id, now)


def end_unfounded(connection: Connection, now: float) -> int:
    """End every session that helps whom its user may not help now, or that nobody uses."""
    ended = 0
    for session in sessions.list_helping(connection):
        helped = session.helping
        student = users.find_by_slug(connection, helped.owner) if helped else None
        if (
            _is_unused(session, now)
            or student is None
            or help_rights.problem_of_helping(connection, session.user, session.course, student)
        ):
            sessions.end(connection, session.id, now)
            ended += 1
    return ended


def _is_unused(session: Session, now: float) -> bool:
    return now - session.last_seen >= UNUSED_SECONDS
