"""The role that the latest link gave, for that portal and course alone."""

from proxy.core.lti_roles import CourseRole
from proxy.store import portal_members
from proxy.store.database import Store
from tests.auth.people import add_user


async def test_the_latest_role_holds_there_and_nowhere_else(store: Store) -> None:
    ann = await add_user(store, "ann")
    for role in (CourseRole.TEACHER, CourseRole.STUDENT, CourseRole.TEACHER):
        await store.write(portal_members.remember, "p", ann.id, "stats", role, 1.0)
    assert await store.read(portal_members.role_of, "p", ann.id, "stats") is CourseRole.TEACHER
    await store.write(portal_members.remember_student, "p", ann.id, "stats", 2.0)
    assert await store.read(portal_members.role_of, "p", ann.id, "stats") is CourseRole.TEACHER
    await store.write(portal_members.remember_student, "p", ann.id, "maths", 2.0)
    assert await store.read(portal_members.role_of, "p", ann.id, "maths") is CourseRole.STUDENT
    assert await store.read(portal_members.role_of, "q", ann.id, "stats") is None
    assert await store.read(portal_members.role_of, "p", ann.id, "physics") is None
