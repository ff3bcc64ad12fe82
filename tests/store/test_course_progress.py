"""Who is in a course, and how far: right, and fast with thousands."""

from time import process_time

from sqlalchemy import Connection

from proxy.core.lti_roles import CourseRole
from proxy.store import arrivals, course_people, course_progress, platforms, portal_members
from proxy.store.course_tables import course_days
from proxy.store.course_tables import course_notebooks as notebook_table
from proxy.store.course_tables import course_people as people_table
from proxy.store.database import Store
from proxy.store.memberships import CoursePlace
from proxy.store.tables import users
from tests.auth.people import add_user
from tests.store.arrivals import ENTRY, came

TEACHER, STUDENT = CourseRole.TEACHER, CourseRole.STUDENT


def day(
    who: int | str, *notebooks: str, day: int = 1, last: float = 9.0
) -> tuple[dict[str, object], tuple[str, ...]]:
    """A day of somebody, by number or slug."""
    row: dict[str, object] = {"course": "stats", "day": day, "user_id": who, "last": last}
    return row | {"times": "a00" * len(notebooks)}, notebooks


def add_days(connection: Connection, rows: list[tuple[dict[str, object], tuple[str, ...]]]) -> None:
    names = sorted({name for _, notebooks in rows for name in notebooks})
    for name in names:
        named = {"course": "stats", "notebook": name, "last": 1.0}
        connection.execute(notebook_table.insert(), [named])
    found = connection.execute(notebook_table.select()).all()
    numbers = {row.notebook: str(row.id) for row in found}
    people: dict[object, int] = {
        row.slug: row.id for row in connection.execute(users.select()).all()
    }
    connection.execute(
        course_days.insert(),
        [
            row
            | {"user_id": people.get(row["user_id"], row["user_id"])}
            | {"notebooks": " ".join(numbers[name] for name in notebooks)}
            for row, notebooks in rows
        ],
    )


async def test_whatever_ways_somebody_came_they_are_one_row(store: Store) -> None:
    ada, bob, kim = [await add_user(store, name, password=None) for name in ("ada", "Bob", "kim")]
    platform = await store.write(platforms.add, ENTRY, 1.0)
    await store.write(arrivals.remember, came(ada, platform, context="c7"), 5.0)
    await store.write(portal_members.remember, "p", ada.id, "stats", STUDENT, 7.0)
    await store.write(course_people.set_role, "stats", ada.id, STUDENT, 1.0)
    await store.write(course_people.set_role, "stats", bob.id, TEACHER, 1.0)
    await store.write(portal_members.remember, "p", bob.id, "stats", STUDENT, 3.0)
    await store.write(course_people.set_role, "other", kim.id, STUDENT, 1.0)
    everybody = await store.read(course_progress.participants, "stats", None)
    assert [(each.user.name, each.role, each.listed, each.seen) for each in everybody] == [
        ("ada", STUDENT, True, 7.0),
        ("Bob", TEACHER, True, 3.0),
    ]
    places = [CoursePlace(platform.id, "c7")]
    (alone,) = await store.read(course_progress.participants, "stats", places)
    assert (alone.user, alone.listed, alone.seen) == (ada, False, 5.0)
    elsewhere = [CoursePlace(platform.id, "c8")]
    assert await store.read(course_progress.participants, "stats", elsewhere) == []


async def test_a_notebook_opened_on_two_days_is_one(store: Store) -> None:
    ada, kim, eve = [
        (await add_user(store, name, password=None)).id for name in ("ada", "kim", "eve")
    ]
    rows = [day(ada, "a", "b"), day(ada, "b", "a", day=2, last=20.0), day(kim, "a")]
    await store.write(add_days, rows)
    known = await store.read(course_progress.opened, "stats")
    assert (known[ada].number, known[ada].last, known[kim].number) == (2, 20.0, 1)
    assert set(await store.read(course_progress.opened, "stats", [kim, eve])) == {kim}
    last = await store.read(course_progress.last_notebook, "stats", ada)
    assert last is not None
    assert (last.notebook, last.at) == ("a", 20.0)
    assert await store.read(course_progress.last_notebook, "stats", eve) is None


async def test_what_was_opened_says_when_somebody_was_there(store: Store) -> None:
    ada = await add_user(store, "ada", password=None)
    await store.write(course_people.note_seen, "stats", ada.id, 5.0)
    await store.write(add_days, [day(ada.id, "a", last=50.0)])
    people = await store.read(course_progress.participants, "stats", None)
    known = await store.read(course_progress.opened, "stats")
    (found,) = course_progress.with_opened(people, known)
    assert (found.opened, found.seen) == (1, 50.0)


async def test_two_thousand_people_are_listed_in_time(store: Store) -> None:
    def fill(connection: Connection) -> None:
        people = [
            {"name": f"user {n:04d}", "slug": f"u{n}", "is_admin": False, "created": 0.0}
            for n in range(2000)
        ]
        connection.execute(users.insert(), people)
        listed = [
            {"course": "stats", "user_id": n + 1, "role": "student", "added": 0.0, "seen": n * 1.0}
            for n in range(2000)
        ]
        connection.execute(people_table.insert(), listed)
        add_days(
            connection,
            [
                day(n + 1, *(f"w{k}" for k in range(100) if k % 30 == at), day=at)
                for n in range(2000)
                for at in range(30)
            ],
        )

    await store.write(fill)
    # The processor's time, which a busy machine does not lengthen: nothing here waits.
    began = process_time()
    people = await store.read(course_progress.participants, "stats", None)
    known = await store.read(course_progress.opened, "stats", list(range(1, 101)))
    assert (len(people), len(known), known[7].number) == (2000, 100, 100)
    assert process_time() - began < 0.5
    began = process_time()
    assert len(await store.read(course_progress.opened, "stats")) == 2000
    assert process_time() - began < 2.0
