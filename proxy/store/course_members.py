"""May somebody have the files of a course? Who came to it by a link that was signed for them."""

from sqlalchemy import Connection, exists, select

from proxy.store.tables import memberships, portal_members


def is_member(connection: Connection, user_id: int, course: str) -> bool:
    """Did a learning platform or a portal send this person to this course?"""
    by_platform = exists().where(memberships.c.user_id == user_id, memberships.c.course == course)
    by_portal = exists().where(
        portal_members.c.user_id == user_id, portal_members.c.course == course
    )
    return bool(connection.execute(select(by_platform | by_portal)).scalar_one())
