"""The sessions in which somebody helps: which of them no longer have a reason.

Promises: a helper who lost the role, or whose student left the course, is out: at once where that
is done here (`end_of_person`), and within a minute whatever the way was (`end_unfounded`).
"""

from sqlalchemy import Connection

from proxy.store import help_rights, sessions, users


def end_of_person(connection: Connection, user_id: int, course: str, now: float) -> None:
    """Somebody's role in a course was taken away, or changed: they help nobody there any more."""
    for session in sessions.list_helping(connection, user_id=user_id):
        if session.course == course:
            sessions.end(connection, session.id, now)


def end_unfounded(connection: Connection, now: float) -> int:
    """End every session that helps whom its user may not help now; return how many."""
    ended = 0
    for session in sessions.list_helping(connection):
        helped = session.helping
        student = users.find_by_slug(connection, helped.owner) if helped else None
        if student is None or help_rights.problem_of_helping(
            connection, session.user, session.course, student
        ):
            sessions.end(connection, session.id, now)
            ended += 1
    return ended
