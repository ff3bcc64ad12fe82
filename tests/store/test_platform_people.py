"""Who came by a platform, counted once each; and whether an administrator is among them."""

from sqlalchemy import Connection, insert

from proxy.core.lti_platform import PlatformEntry, provider_of
from proxy.store import identities, platform_people, platforms, users
from proxy.store.database import Store
from proxy.store.identities import Subject
from proxy.store.tables import memberships
from tests.core.test_lti_platform import GOOD

NOW = 1_800_000_000.0


def come(connection: Connection, user_id: int, platform_id: int, course: str) -> None:
    connection.execute(
        insert(memberships).values(
            course=course,
            user_id=user_id,
            platform_id=platform_id,
            context="c",
            context_title="",
            role="student",
            is_preview=False,
            subject="s",
            members_url="",
            seen=NOW,
        )
    )


def join(connection: Connection, entry: PlatformEntry, *, is_admin: bool) -> int:
    who = Subject(provider_of(entry.client), entry.issuer, "subject")
    return identities.find_or_add(connection, who, "eva", is_admin=is_admin, now=NOW).id


async def test_who_came_to_two_courses_is_one_person(store: Store) -> None:
    platform = await store.write(platforms.add, GOOD, NOW)
    person = await store.write(join, GOOD, is_admin=False)
    for course in ("one", "two"):
        await store.write(come, person, platform.id, course)
    assert await store.read(platform_people.count_people) == {platform.id: 1}


async def test_an_administrator_is_found_even_after_the_platform_was_removed(store: Store) -> None:
    assert not await store.read(platform_people.has_administrator, GOOD)
    await store.write(join, GOOD, is_admin=False)
    assert not await store.read(platform_people.has_administrator, GOOD)
    eva = await store.read(users.find, "eva")
    assert eva is not None
    await store.write(users.set_admin, eva, is_admin=True)
    assert await store.read(platform_people.has_administrator, GOOD)
