"""Who came by a portal's signed link to which course, and as what."""

from sqlalchemy import Connection, exists, insert, select, update

from proxy.core.lti_roles import CourseRole
from proxy.store.tables import portal_members


def remember(
    connection: Connection, portal: str, user_id: int, course: str, role: CourseRole, now: float
) -> None:
    """Note the role that the latest link gave."""
    here = (
        (portal_members.c.portal == portal)
        & (portal_members.c.user_id == user_id)
        & (portal_members.c.course == course)
    )
    values = {"role": role.value, "seen": now}
    if not connection.execute(update(portal_members).where(here).values(values)).rowcount:
        named = {"portal": portal, "user_id": user_id, "course": course}
        connection.execute(insert(portal_members).values(values | named))


def remember_student(
    connection: Connection, portal: str, user_id: int, course: str, now: float
) -> None:
    """Note that somebody came by a link that says no role: they keep the one they have."""
    known = role_of(connection, portal, user_id, course)
    remember(connection, portal, user_id, course, known or CourseRole.STUDENT, now)


def has_come(connection: Connection, course: str, user_id: int) -> bool:
    """Did somebody come to the course by any portal's link?"""
    came = exists().where(portal_members.c.user_id == user_id, portal_members.c.course == course)
    return bool(connection.execute(select(came)).scalar_one())


def role_of(connection: Connection, portal: str, user_id: int, course: str) -> CourseRole | None:
    """Return somebody's role, None if they never came."""
    found = connection.execute(
        select(portal_members.c.role).where(
            portal_members.c.portal == portal,
            portal_members.c.user_id == user_id,
            portal_members.c.course == course,
        )
    ).scalar_one_or_none()
    return None if found is None else CourseRole(found)
