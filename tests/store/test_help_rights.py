"""Who may help whom, and whom nobody may."""

import pytest
from sqlalchemy import Connection

from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, course_people, help_rights, platforms, portal_members
from proxy.store.course_tables import course_days
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.store.arrivals import ENTRY, came

TEACHER, STUDENT = CourseRole.TEACHER, CourseRole.STUDENT


@pytest.fixture
async def people(store: Store) -> dict[str, User]:
    names = ("bob", "ada", "eve", "kim")
    found = {name: await add_user(store, name, password=None) for name in names}
    found["root"] = await add_user(store, "root", is_admin=True, password=None)
    await store.write(course_people.set_role, "stats", found["bob"].id, TEACHER, 1.0)
    return found


def problem(connection: Connection, helper: User, student: User) -> str | None:
    return help_rights.problem_of_helping(connection, helper, "stats", student)


async def test_whom_a_teacher_merely_listed_is_not_to_be_helped(
    store: Store, people: dict[str, User]
) -> None:
    ada, bob = people["ada"], people["bob"]
    await store.write(course_people.set_role, "stats", ada.id, STUDENT, 1.0)
    told = await store.read(problem, bob, ada)
    assert told == "ada has not opened a notebook of this course yet."
    await store.write(course_people.note_seen, "stats", ada.id, 5.0)
    assert await store.read(problem, bob, ada) is None
    assert await store.read(problem, people["root"], ada) is None
    assert await store.read(problem, people["eve"], ada) is not None


async def test_who_was_brought_by_a_portals_signed_link_has_come(
    store: Store, people: dict[str, User]
) -> None:
    await store.write(portal_members.remember, "p", people["kim"].id, "stats", STUDENT, 1.0)
    assert await store.read(problem, people["bob"], people["kim"]) is None
    assert await store.read(problem, people["bob"], people["ada"]) is not None


async def test_what_somebody_opened_is_no_word_of_theirs(
    store: Store, people: dict[str, User]
) -> None:
    """A link can make a browser open a path; a course of that name is not entered by it."""
    ada = people["ada"]
    await store.write(course_people.set_role, "stats", ada.id, STUDENT, 1.0)
    row = {"course": "stats", "day": 1, "user_id": ada.id, "notebooks": "1", "times": "a00"}
    await store.write(
        lambda connection: connection.execute(course_days.insert().values(row | {"last": 1.0}))
    )
    assert await store.read(problem, people["bob"], ada) is not None


@pytest.mark.parametrize("who", ["root", "eve", "bob"])
async def test_whose_own_rights_would_come_along_is_not_helped(
    store: Store, people: dict[str, User], who: str
) -> None:
    """A teacher could else list an administrator as a student, and be one in their server."""
    await store.write(course_people.set_role, "other", people["eve"].id, TEACHER, 1.0)
    if who != "bob":
        await store.write(course_people.note_seen, "stats", people[who].id, 5.0)
    told = await store.read(problem, people["bob"], people[who])
    assert told is not None
    assert "rights of their own" in told or "your own workspace" in told


async def test_a_teacher_by_a_platform_helps_in_their_places_alone(
    store: Store, people: dict[str, User]
) -> None:
    platform = await store.write(platforms.add, ENTRY, 1.0)

    async def comes(name: str, role: CourseRole, context: str) -> None:
        arrived = came(people[name], platform, course="stats", context=context, role=role)
        await store.write(arrivals.remember, arrived, 2.0)

    await comes("eve", TEACHER, "c7")
    await comes("ada", STUDENT, "c7")
    await comes("kim", STUDENT, "c8")
    assert await store.read(problem, people["eve"], people["ada"]) is None
    assert await store.read(problem, people["eve"], people["kim"]) is not None
