"""Who may have the files of a course."""

from dataclasses import replace

from proxy.core.course import Course, Enrolment
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, course_members, course_people, courses, portal_members
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


async def test_an_open_course_is_everybodys_until_it_is_archived(store: Store) -> None:
    ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
    course = Course("stats", "", 0.0, enrolment=Enrolment.OPEN)
    await store.write(courses.add, course)
    assert await store.read(course_members.is_member, bob.id, "stats")
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.TEACHER, 1.0)
    await store.write(courses.put, replace(course, archived=1.0))
    assert not await store.read(course_members.is_member, bob.id, "stats")
    assert await store.read(course_members.is_member, ann.id, "stats")


async def test_whom_a_teacher_listed(store: Store) -> None:
    ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
    await store.write(courses.add, Course("stats", "", 0.0))
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.STUDENT, 1.0)
    assert await store.read(course_members.is_member, ann.id, "stats")
    assert not await store.read(course_members.is_member, bob.id, "stats")
