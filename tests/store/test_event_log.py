"""Events on their way: none twice, none lost but those that are counted."""

import asyncio
import sqlite3
import time

import pytest

from proxy.core.events import EventKind
from proxy.core.identity import SHARED, ServerName
from proxy.store import events
from proxy.store.database import Store
from proxy.store.event_log import EventLog
from proxy.store.events import Wanted


async def written(store):
    return [each.event for each in await store.read(events.find_after, Wanted(), 0, limit=99_999)]


async def test_what_was_noted_is_written_in_its_order_with_its_time(store, clock):
    log = EventLog(store, clock)
    for number in range(1200):  # more than one transaction's worth
        log.note(EventKind.SIGNED_IN, user=f"u{number}")
        clock.advance(1)
    assert await written(store) == []
    await log.write()
    found = await written(store)
    assert [event.user for event in found] == [f"u{number}" for number in range(1200)]
    assert found[1].at - found[0].at == 1
    await log.write()
    assert len(await written(store)) == 1200


async def test_noting_is_cheap(store, clock):
    log = EventLog(store, clock)
    began = time.perf_counter()
    for _ in range(5000):
        log.note(EventKind.OPENED, user="ada", server="ada/home", about={"path": "lab"})
    assert (time.perf_counter() - began) / 5000 < 0.001


async def test_a_flood_is_bounded_and_the_lost_are_counted(store, clock):
    log = EventLog(store, clock, most=10)
    for _ in range(25):
        log.note(EventKind.SIGN_IN_FAILED)
    await log.write()
    found = await written(store)
    assert [event.kind for event in found] == [EventKind.SIGN_IN_FAILED] * 10 + [
        EventKind.EVENTS_LOST
    ]
    assert found[-1].about == {"number": "15"}


async def test_what_cannot_be_written_is_written_later_and_once(store, clock, tmp_path):
    """A full disk and a lock that nobody gives back look alike: the store refuses."""
    log = EventLog(store, clock, most=3)
    refusing = sqlite3.connect(tmp_path / "sifu.db", isolation_level=None)
    refusing.execute(
        "CREATE TRIGGER full BEFORE INSERT ON events BEGIN "
        "SELECT RAISE(FAIL, 'database or disk is full'); END"
    )
    for name in ("a", "b", "c", "d"):
        log.note(EventKind.SIGNED_IN, user=name)
    await log.write()
    await log.write()
    assert await written(store) == []
    refusing.execute("DROP TRIGGER full")
    refusing.close()
    await log.write()
    found = await written(store)
    assert [event.user for event in found] == ["a", "b", "c", ""]
    assert found[-1].about == {"number": "1"}


async def test_a_cancelled_round_writes_each_event_once(store, clock):
    log = EventLog(store, clock)
    for number in range(700):
        log.note(EventKind.SIGNED_IN, user=f"u{number}")
    writing = asyncio.ensure_future(log.write())
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await log.write()
    assert sorted(event.user for event in await written(store)) == sorted(
        f"u{number}" for number in range(700)
    )


async def test_a_server_is_noted_as_its_owners(store, clock):
    log = EventLog(store, clock)
    log.note_server(EventKind.SERVER_STOPPED, ServerName("ada", "home"), "It was idle.")
    log.note_server(EventKind.SERVER_STARTED, SHARED, "")
    await log.write()
    stopped, started = await written(store)
    assert (stopped.user, stopped.server) == ("ada", "ada/home")
    assert stopped.about == {"reason": "It was idle."}
    assert (started.user, started.server, started.about) == ("", "everyone/shared", {})


async def test_old_events_are_forgotten_and_young_ones_kept(store: Store, clock):
    log = EventLog(store, clock)
    for _ in range(5000):
        log.note(EventKind.SIGNED_IN)
    clock.advance(100)
    log.note(EventKind.SIGNED_OUT)
    await log.write()
    await log.forget(clock() - 50)
    assert [event.kind for event in await written(store)] == [EventKind.SIGNED_OUT]
