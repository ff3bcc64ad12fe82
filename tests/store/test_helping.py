"""Help ends with the role that allowed it."""

from proxy.core.identity import ServerName
from proxy.core.lti_roles import CourseRole
from proxy.store import course_people, helping, sessions, users
from proxy.store.database import Store
from proxy.store.tables import changes
from tests.auth.people import add_user

TEACHER, STUDENT = CourseRole.TEACHER, CourseRole.STUDENT


async def helper_of_ada(store: Store) -> None:
    bob, ada = [await add_user(store, name, password=None) for name in ("bob", "ada")]
    await store.write(course_people.set_role, "stats", bob.id, TEACHER, 1.0)
    await store.write(course_people.note_seen, "stats", ada.id, 1.0)
    for number, course in enumerate(("stats", ""), 1):
        await store.write(
            sessions.open_session,
            session_id=f"s{number}",
            secret_hash=str(number),
            user_id=bob.id,
            now=1.0,
            expires=9.0,
            helping="ada/home" if course else "",
            course=course,
        )


async def is_open(store: Store, session_id: str) -> bool:
    found = await store.read(sessions.get, session_id)
    return found is not None and found.ended is None


async def test_a_session_says_whom_it_helps(store: Store) -> None:
    await helper_of_ada(store)
    (found,) = await store.read(sessions.list_helping)
    assert (found.helping, found.course) == (ServerName("ada", "home"), "stats")
    assert await store.write(helping.end_unfounded, 2.0) == 0
    assert await is_open(store, "s1")


async def test_help_that_nobody_uses_is_over(store: Store) -> None:
    await helper_of_ada(store)
    bob = await store.read(users.find, "bob")
    assert bob is not None
    assert await store.read(helping.is_helping, bob.id, 2.0)
    assert not await store.read(helping.is_helping, bob.id, 9.0)
    assert not await store.read(helping.is_helping, bob.id + 1, 2.0)
    late = 1.0 + helping.UNUSED_SECONDS
    assert not await store.read(helping.is_helping, bob.id, late)
    assert await store.write(helping.end_unfounded, late) == 1


async def test_a_role_that_is_taken_away_ends_the_help_and_nothing_else(store: Store) -> None:
    await helper_of_ada(store)
    bob = await store.read(users.find, "bob")
    assert bob is not None
    await store.write(helping.end_of_person, bob.id, "other", 2.0)
    assert await is_open(store, "s1")
    await store.write(helping.end_of_person, bob.id, "stats", 2.0)
    assert not await is_open(store, "s1")
    assert await is_open(store, "s2")
    told = await store.read(lambda connection: connection.execute(changes.select()).all())
    assert [(each.kind, each.key) for each in told] == [("session", "s1")]


async def test_help_ends_when_its_reason_does_whatever_way_it_went(store: Store) -> None:
    await helper_of_ada(store)
    ada = await store.read(users.find, "ada")
    assert ada is not None
    await store.write(course_people.remove, "stats", ada.id)
    assert await store.write(helping.end_unfounded, 2.0) == 1
    assert not await is_open(store, "s1")
    assert await is_open(store, "s2")


async def test_help_ends_when_the_account_is_gone(store: Store) -> None:
    await helper_of_ada(store)
    ada = await store.read(users.find, "ada")
    assert ada is not None
    await store.write(users.remove, ada, 2.0)
    assert await store.write(helping.end_unfounded, 2.0) == 1
