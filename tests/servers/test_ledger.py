"""Rows move along the table, and the relays are told."""

import pytest

from proxy.core.errors import Conflict
from proxy.core.lifecycle import Event, State
from proxy.servers.ledger import Ledger
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests import feed
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, KEY


async def test_a_step_is_written_and_told(store: Store, clock: FakeClock) -> None:
    ledger = Ledger(store, clock)
    moved = await ledger.move(ServerRecord(ADA), Event.START, identity_key=KEY)
    assert moved.state is State.STARTING
    assert await ledger.get(ADA) == moved
    assert await ledger.list_all() == [moved]
    assert [change.kind for change in await store.read(feed.since, 0)] == ["server"]


async def test_a_step_that_does_not_exist_writes_nothing(store: Store, clock: FakeClock) -> None:
    ledger = Ledger(store, clock)
    with pytest.raises(Conflict):
        await ledger.move(ServerRecord(ADA), Event.ANSWERED)
    assert await ledger.get(ADA) is None


@pytest.mark.parametrize("event", [Event.DIED, Event.FAILED])
async def test_a_dead_server_keeps_its_key_and_nothing_of_its_process(
    store: Store, clock: FakeClock, event: Event
) -> None:
    record = ServerRecord(ADA, State.STARTING, identity_key=KEY, address="/x", pid=1)
    moved = await Ledger(store, clock).move(record, event, reason="why")
    assert (moved.identity_key, moved.address, moved.pid, moved.reason) == (KEY, "", None, "why")


async def test_a_step_that_changes_nothing_wakes_no_relay(store: Store, clock: FakeClock) -> None:
    ledger = Ledger(store, clock)
    ready = ServerRecord(ADA, State.READY, address="/x", pid=1)
    assert await ledger.move(ready, Event.FOUND, pid=1, address="/x") == ready
    assert await store.read(feed.latest) == 0


async def test_a_wish_is_activity_now_and_never_moves_it_back(
    store: Store, clock: FakeClock
) -> None:
    ledger = Ledger(store, clock)
    moved = await ledger.move(ServerRecord(ADA), Event.START, is_wished=True)
    assert moved.last_activity == clock()
    assert await ledger.get(ADA) == moved
    clock.advance(-100)
    later = await ledger.move(moved, Event.FAILED, is_wished=True)
    assert later.last_activity == moved.last_activity
    assert await ledger.get(ADA) == later


async def test_a_queued_server_has_no_process_and_no_place_in_the_table(
    store: Store, clock: FakeClock
) -> None:
    ledger = Ledger(store, clock)
    failed = ServerRecord(ADA, State.FAILED, identity_key=KEY, address="/x", pid=1, place=7)
    queued = await ledger.move(failed, Event.QUEUE, started=5.0)
    assert (queued.address, queued.pid, queued.place) == ("", None, 0)
    assert await ledger.count_by_state(0.0) == ({State.QUEUED: 1}, 0)
