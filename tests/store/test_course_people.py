"""Whom somebody here listed for a course."""

from proxy.core.lti_roles import CourseRole
from proxy.store import course_people
from proxy.store.database import Store
from tests.auth.people import add_user


async def test_a_person_has_one_role_and_keeps_the_day_they_came(store: Store) -> None:
    ann = await add_user(store, "ann")
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.STUDENT, 1.0)
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.TEACHER, 9.0)
    [listed] = await store.read(course_people.list_of, "stats")
    assert (listed.user.name, listed.role, listed.added) == ("ann", CourseRole.TEACHER, 1.0)
    assert await store.read(course_people.role_of, "stats", ann.id) is CourseRole.TEACHER
    assert await store.read(course_people.courses_of, ann.id) == ["stats"]


async def test_a_role_holds_for_its_course_alone(store: Store) -> None:
    ann = await add_user(store, "ann")
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.TEACHER, 1.0)
    assert await store.read(course_people.role_of, "maths", ann.id) is None
    assert not await store.write(course_people.remove, "maths", ann.id)
    assert await store.write(course_people.remove, "stats", ann.id)
    assert await store.read(course_people.list_of, "stats") == []


async def test_teachers_lead_what_they_teach_here_alone(store: Store) -> None:
    ann = await add_user(store, "ann")
    await store.write(course_people.set_role, "stats", ann.id, CourseRole.TEACHER, 1.0)
    await store.write(course_people.set_role, "maths", ann.id, CourseRole.STUDENT, 1.0)
    assert await store.read(course_people.led_by, ann.id) == {"stats"}
