"""Everybody's list of courses has theirs, and no other."""

from dataclasses import replace

from proxy.core.course import Course, Enrolment
from proxy.core.identity import User
from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, course_cards, course_people, courses, platforms, portal_members
from proxy.store.course_cards import Standing
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.store.arrivals import ENTRY, came
from tests.store.test_course_progress import add_days, day

STATS, OPEN, OLD = (Course(name, "https://git.example.org/x", 1.0) for name in ("stats", "b", "c"))


async def prepare(store: Store) -> dict[str, User]:
    people = {
        name: await add_user(store, name, is_admin=name == "root", password=None)
        for name in ("root", "bob", "ada", "eve")
    }
    await store.write(courses.add, replace(STATS, title="Statistics"))
    await store.write(courses.add, replace(OPEN, enrolment=Enrolment.OPEN))
    await store.write(courses.add, replace(OLD, archived=5.0))
    for course in ("stats", "c"):
        await store.write(course_people.set_role, course, people["bob"].id, CourseRole.TEACHER, 1.0)
        await store.write(course_people.set_role, course, people["ada"].id, CourseRole.STUDENT, 1.0)
    return people


async def names(store: Store, user: User, *, also_open: bool = True) -> dict[str, Standing]:
    found = await store.read(
        lambda connection: course_cards.cards_of(connection, user, also_open=also_open)
    )
    return {each.name: each.standing for each in found}


async def test_each_sees_what_is_theirs(store: Store) -> None:
    people = await prepare(store)
    leads, learns, joins = Standing.LEADS, Standing.LEARNS, Standing.MAY_JOIN
    assert await names(store, people["root"]) == {"stats": leads, "b": leads, "c": leads}
    assert await names(store, people["bob"]) == {"stats": leads, "b": joins, "c": leads}
    assert await names(store, people["ada"]) == {"stats": learns, "b": joins}
    assert await names(store, people["eve"]) == {"b": joins}
    assert await names(store, people["eve"], also_open=False) == {}


async def test_folders_without_a_repository_are_shown_to_who_leads_all(store: Store) -> None:
    people = await prepare(store)

    async def shown(name: str) -> dict[str, bool]:
        found = await store.read(
            course_cards.cards_of, people[name], also_open=True, placed=("stats", "physics")
        )
        return {each.name: each.entry is None for each in found}

    assert await shown("root") == {"b": False, "c": False, "physics": True, "stats": False}
    assert "physics" not in await shown("bob")
    assert "physics" not in await shown("eve")


async def test_ways_from_elsewhere_count_and_a_teacher_there_is_one(store: Store) -> None:
    people = await prepare(store)
    platform = await store.write(platforms.add, ENTRY, 1.0)
    eve = people["eve"]
    arrived = came(eve, platform, course="physics", role=CourseRole.TEACHER)
    await store.write(arrivals.remember, arrived, 2.0)
    await store.write(portal_members.remember, "p", eve.id, "stats", CourseRole.STUDENT, 2.0)
    found = await names(store, eve, also_open=False)
    assert found == {"physics": Standing.TEACHES, "stats": Standing.LEARNS}


async def test_a_card_knows_where_somebody_was_and_how_many_there_are(store: Store) -> None:
    people = await prepare(store)
    await store.write(add_days, [day("ada", "week 1/means", last=30.0)])
    (card,) = await store.read(
        lambda connection: course_cards.cards_of(connection, people["ada"], also_open=False)
    )
    assert card.title == "Statistics"
    assert card.last is not None
    assert card.last.notebook == "week 1/means"
    assert card.people == 0  # not a student's to know
    assert await store.read(course_cards.count_people, "stats") == 2
