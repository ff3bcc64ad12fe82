import pytest
from sqlalchemy import Connection

from proxy.core.course import Course, Enrolment
from proxy.core.errors import StoreUnavailable
from proxy.core.events import Event, EventKind
from proxy.core.identity import ServerName
from proxy.relay.openings import Openings
from proxy.relay.presence import EARLIER_SECONDS, GRACE_SECONDS, Presence
from proxy.store import courses, events, sessions, users
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.store.relay_store import RelayStore
from tests.conftest import FakeClock

HOME, LAB = ServerName("ada", "home"), ServerName("ada", "lab")
ADA = "session s1"


@pytest.fixture
async def presence(store: Store, relay_store: RelayStore, clock: FakeClock) -> Presence:
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=clock())
    await store.write(
        sessions.open_session,
        session_id="s1",
        secret_hash="h",
        user_id=user.id,
        now=clock(),
        expires=clock() + 1000,
    )
    return Presence(relay_store, clock)


async def told(store: Store) -> list[Event]:
    found = await store.read(events.find, Wanted(kind=EventKind.CLOSED), limit=10)
    return [each.event for each in found]


async def test_who_has_gone_for_good_is_written_down_once_with_the_time_of_it(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    presence.arrive(ADA, HOME)
    gone = clock()
    presence.leave(ADA, HOME)
    await presence.write()
    assert await told(store) == []
    clock.advance(GRACE_SECONDS)
    await presence.write()
    await presence.write()
    assert await told(store) == [Event(gone, EventKind.CLOSED, "ada", str(HOME))]


async def test_a_page_that_is_loaded_again_is_no_end(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    presence.arrive(ADA, HOME)
    presence.leave(ADA, HOME)
    clock.advance(GRACE_SECONDS - 1)
    presence.arrive(ADA, HOME)
    clock.advance(GRACE_SECONDS)
    await presence.write()
    assert await told(store) == []


async def test_who_has_another_page_open_is_still_there(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    for server in (HOME, HOME, LAB):
        presence.arrive(ADA, server)
    presence.leave(ADA, HOME)
    presence.leave(ADA, LAB)
    clock.advance(GRACE_SECONDS)
    await presence.write()
    assert [each.server for each in await told(store)] == [str(LAB)]


async def test_who_leaves_closes_what_they_opened_since_they_came_and_not_before(
    presence: Presence, store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    openings = Openings(relay_store, clock)
    for course in ("python", "physics"):
        entry = Course(course, "https://git.example.org/c", 1.0, enrolment=Enrolment.OPEN)
        await store.write(courses.add, entry)
    query = "?type=notebook&content=1"
    openings.note("s1", HOME, "api/contents/physics/a.ipynb", query)
    clock.advance(EARLIER_SECONDS + 120)
    openings.note("s1", HOME, "api/contents/python/a.ipynb", query)
    await openings.write()
    clock.advance(30)
    presence.arrive(ADA, HOME)
    clock.advance(3600)
    presence.leave(ADA, HOME)
    clock.advance(GRACE_SECONDS)
    await presence.write()
    assert [each.course for each in await told(store)] == ["python"]


async def test_nothing_is_kept_of_who_has_gone(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    for credential in (ADA, "token t1"):
        presence.arrive(credential, HOME)
        presence.leave(credential, HOME)
    clock.advance(GRACE_SECONDS)
    await presence.write()
    assert vars(presence)["_came"] == vars(presence)["_left"] == vars(presence)["_open"] == {}


async def test_a_token_is_nobody_who_could_leave(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    presence.arrive("token t1", HOME)
    presence.leave("token t1", HOME)
    clock.advance(GRACE_SECONDS)
    await presence.write()
    assert await told(store) == []


async def test_an_end_is_told_when_the_store_can_be_written_again(
    presence: Presence, store: Store, clock: FakeClock
) -> None:
    presence.arrive(ADA, HOME)
    presence.leave(ADA, HOME)
    clock.advance(GRACE_SECONDS)
    await store.write(Connection.exec_driver_sql, "ALTER TABLE events RENAME TO away")
    with pytest.raises(StoreUnavailable):
        await presence.write()
    await store.write(Connection.exec_driver_sql, "ALTER TABLE away RENAME TO events")
    await presence.write()
    assert len(await told(store)) == 1
