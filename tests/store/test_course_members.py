"""Who may have the files of a course."""

from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, course_members, portal_members
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.store.arrivals import add_platform, came


async def test_whom_a_signed_link_brought_and_nobody_else(store: Store) -> None:
    ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
    await store.write(portal_members.remember, "p", ann.id, "stats", CourseRole.STUDENT, 1.0)
    platform = await store.write(add_platform)
    await store.write(arrivals.remember, came(bob, platform, course="maths"), 1.0)
    assert await store.read(course_members.is_member, bob.id, "maths")
    for user, course, expected in (
        (ann, "stats", True),
        (ann, "exam", False),
        (bob, "stats", False),
    ):
        assert await store.read(course_members.is_member, user.id, course) is expected
