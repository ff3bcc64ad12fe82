"""Openings as the relay sees them: answered, by a person, once; never a reason to wait."""

import asyncio

import pytest
from sqlalchemy import Connection

from proxy.core.course import Course, Enrolment
from proxy.core.errors import StoreUnavailable
from proxy.core.events import Event, EventKind
from proxy.core.identity import ServerName
from proxy.core.openings import QUIET_SECONDS
from proxy.relay.openings import RATE, Openings
from proxy.store import courses, events, sessions, users
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.store.relay_store import RelayStore
from tests.conftest import FakeClock
from tests.relay.conftest import Running, status_of
from tests.relay.test_fast_lane import ask, connect, lanes, watched_relay

__all__ = ["lanes", "watched_relay"]

HOME = ServerName("ada", "home")
QUERY = "?type=notebook&content=1&hash=1"
INTRO = "api/contents/python/w1/intro.ipynb"


async def prepare(store: Store, now: float) -> None:
    course = Course("python", "https://git.example.org/p", 1.0, enrolment=Enrolment.OPEN)
    await store.write(courses.add, course)
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=now)
    await store.write(
        sessions.open_session,
        session_id="s1",
        secret_hash="h",
        user_id=user.id,
        now=now,
        expires=now + 1e6,
    )


@pytest.fixture
async def openings(store: Store, relay_store: RelayStore, clock: FakeClock) -> Openings:
    await prepare(store, clock())
    return Openings(relay_store, clock)


async def told(store: Store, kind: EventKind = EventKind.OPENED) -> list[Event]:
    found = await store.read(events.find, Wanted(kind=kind), limit=1000)
    return [each.event for each in found]


async def test_a_notebook_that_is_loaded_again_and_again_is_opened_once(
    openings: Openings, store: Store, clock: FakeClock
) -> None:
    for _ in range(5):
        openings.note("s1", HOME, INTRO, QUERY)
        clock.advance(60)
    await openings.write()
    assert len(await told(store)) == 1
    clock.advance(QUIET_SECONDS)
    openings.note("s1", HOME, INTRO, QUERY)
    await openings.write()
    assert len(await told(store)) == 2


async def test_two_notebooks_are_two(openings: Openings, store: Store) -> None:
    openings.note("s1", HOME, INTRO, QUERY)
    openings.note("s1", HOME, "api/contents/python/w1/zwei%20%C3%A9.ipynb", QUERY)
    await openings.write()
    assert {each.about["notebook"] for each in await told(store)} == {"w1/intro", "w1/zwei é"}


async def test_a_token_is_nobody_who_opens(openings: Openings, store: Store) -> None:
    openings.note(None, HOME, INTRO, QUERY)
    await openings.write()
    assert await told(store) == []


async def test_two_relays_that_see_the_same_person_count_one_opening(
    openings: Openings, store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    second = Openings(relay_store, clock)
    for relay in (openings, second):
        relay.note("s1", HOME, INTRO, QUERY)
    await asyncio.gather(openings.write(), second.write())
    assert len(await told(store)) == 1


async def test_a_clock_that_was_set_back_does_not_hide_what_comes(
    openings: Openings, store: Store, clock: FakeClock
) -> None:
    openings.note("s1", HOME, INTRO, QUERY)
    clock.advance(-86_400)
    openings.note("s1", HOME, INTRO, QUERY)
    await openings.write()
    assert len(await told(store)) == 2


async def test_what_the_store_refuses_is_written_later_and_once(
    openings: Openings, store: Store
) -> None:
    openings.note("s1", HOME, INTRO, QUERY)
    await store.write(Connection.exec_driver_sql, "ALTER TABLE events RENAME TO away")
    with pytest.raises(StoreUnavailable):
        await openings.write()
    await store.write(Connection.exec_driver_sql, "ALTER TABLE away RENAME TO events")
    await openings.write()
    await openings.write()
    assert len(await told(store)) == 1


async def test_what_is_too_much_is_lost_and_counted(
    store: Store, relay_store: RelayStore, clock: FakeClock
) -> None:
    await prepare(store, clock())
    openings = Openings(relay_store, clock, most=3)
    for number in range(8):
        openings.note("s1", HOME, f"api/contents/python/{number}.ipynb", QUERY)
    await openings.write()
    assert len(await told(store)) == 3
    (lost,) = await told(store, EventKind.EVENTS_LOST)
    assert lost.about == {"number": "5"}
    await openings.write()
    assert len(await told(store, EventKind.EVENTS_LOST)) == 1


async def test_a_server_that_answers_anything_does_not_fill_the_disk(
    openings: Openings, store: Store, clock: FakeClock
) -> None:
    for number in range(RATE.burst * 5):
        openings.note("s1", HOME, f"api/contents/python/{number}.ipynb", QUERY)
    openings.note("s2", HOME, INTRO, QUERY)  # of nobody, and not counted either
    await openings.write()
    assert len(await told(store)) == RATE.burst


@pytest.fixture
async def course(watched_relay: Running) -> Running:
    made = Course("python", "https://git.example.org/p", 1.0, enrolment=Enrolment.OPEN)
    await watched_relay.store.write(courses.add, made)
    return watched_relay


async def seen(relay: Running) -> list[str]:
    await relay.program.context.openings.write()
    return sorted(each.about["notebook"] for each in await told(relay.store))


async def test_both_ways_through_the_relay_see_an_opening(
    course: Running, lanes: list[bool]
) -> None:
    async with connect(course) as streams:
        for name in ("first", "second", "third"):
            target = f"api/contents/python/{name}.ipynb{QUERY}"
            assert status_of(await ask(streams, course.request(target, close=False))) == 200
    assert lanes == [False, True, True]
    assert await seen(course) == ["first", "second", "third"]


async def test_a_notebook_that_is_not_there_was_not_opened(course: Running) -> None:
    course.upstream.answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    async with connect(course) as streams:
        for name in ("first", "second"):
            target = f"api/contents/python/{name}.ipynb{QUERY}"
            assert status_of(await ask(streams, course.request(target, close=False))) == 404
    assert await seen(course) == []


async def test_what_is_no_get_opens_nothing(course: Running) -> None:
    for method in ("HEAD", "DELETE", "OPTIONS"):
        await course.ask(INTRO + QUERY, method=method)
    await course.ask(INTRO + QUERY, method="PUT", headers="Content-Length: 2\r\n", body=b"{}")
    assert await seen(course) == []


async def test_what_was_refused_opens_nothing(course: Running) -> None:
    assert status_of(await course.ask(INTRO + QUERY, cookie="")) == 401
    outside = f"/user/everyone/shared/x/../{INTRO}{QUERY}"
    assert status_of(await course.ask(outside)) == 400
    assert await seen(course) == []
