"""What is told of a server whose steps nobody remembers; the works are tried with the manager."""

from dataclasses import replace

import pytest

from proxy.core.culling import Verdict
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, State
from proxy.metrics import SERVER_STARTS, Start
from proxy.servers.operations import progress_of
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, KEY, Bad, WellBehaved, managing, operations_with


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_and_pending_ones_are_not_last(state: State) -> None:
    told = progress_of(ServerRecord(ADA, state), ("line",))
    assert told.message
    assert told.is_last == (state not in PENDING) == (told.percent == 100)


def test_reason_and_log_of_a_failure_are_shown_and_no_other_log() -> None:
    failed = progress_of(ServerRecord(ADA, State.FAILED, reason="why"), ("line",))
    assert (failed.message, failed.log) == ("why", ("line",))
    assert progress_of(ServerRecord(ADA, State.READY), ("line",)).log == ()


async def test_starts_are_counted_by_their_end(store: Store, clock: FakeClock) -> None:
    def count(end: Start) -> float:
        [metric] = SERVER_STARTS.collect()
        return next(
            sample.value
            for sample in metric.samples
            if sample.name.endswith("_total") and sample.labels == {"result": end.value}
        )

    before = {end: count(end) for end in Start}
    for spawner in (WellBehaved(clock), Bad(clock)):
        async with managing(operations_with(spawner, store, clock)) as manager:
            await manager.start(ADA)
            await manager.wait(ADA)
            await manager.stop(ADA)
    assert {end: count(end) - before[end] for end in Start} == {Start.READY: 1, Start.FAILED: 1}


async def test_what_happened_is_told_with_its_reason(store: Store, clock: FakeClock) -> None:
    told: list[tuple[EventKind, ServerName, str]] = []

    def note(kind: EventKind, name: ServerName, reason: str) -> None:
        told.append((kind, name, reason))

    spawner = WellBehaved(clock)
    operations = replace(operations_with(spawner, store, clock), note=note)
    async with managing(operations) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
        await manager.stop(ADA, reason="enough")
        await manager.start(ADA)
        ready = await manager.wait(ADA)
        await manager.end(ready, Verdict("too much", is_failure=True))
        await manager.start(ADA)
        await manager.wait(ADA)
        await spawner.end(ADA, "it died")
        await manager.get(ADA)
    async with managing(replace(operations, spawner=Bad(clock))) as manager:
        await manager.start(ADA)
        await manager.wait(ADA)
    assert told == [
        (EventKind.SERVER_STARTED, ADA, ""),
        (EventKind.SERVER_STOPPED, ADA, "enough"),
        (EventKind.SERVER_STARTED, ADA, ""),
        (EventKind.SERVER_FAILED, ADA, "too much"),
        (EventKind.SERVER_STARTED, ADA, ""),
        (EventKind.SERVER_FAILED, ADA, "it died"),
        (EventKind.SERVER_FAILED, ADA, "The disk is full."),
    ]


async def test_a_refused_start_has_failed_with_the_sentence_and_no_process(
    store: Store, clock: FakeClock
) -> None:
    async def refuse(name: ServerName) -> str | None:
        return "Your files take too much."

    spawner = WellBehaved(clock)
    operations = replace(operations_with(spawner, store, clock), refuse_start=refuse)
    async with managing(operations) as manager:
        await manager.start(ADA)
        record = await manager.wait(ADA)
    assert (record.state, record.reason) == (State.FAILED, "Your files take too much.")
    assert spawner.starts == []


async def test_who_runs_already_is_not_refused_by_a_restarted_front(
    store: Store, clock: FakeClock
) -> None:
    async def refuse(name: ServerName) -> str | None:
        return "Your files take too much."

    spawner = WellBehaved(clock)
    operations = replace(operations_with(spawner, store, clock), refuse_start=refuse)
    await spawner.start(operations.describe(ServerRecord(ADA, identity_key=KEY)))
    found = ServerRecord(ADA, State.STARTING, pid=4711, identity_key=KEY)
    await store.write(servers.put, found, clock())
    async with managing(operations) as manager:
        assert (await manager.wait(ADA)).state is State.READY
    await spawner.end_all()


async def test_another_process_in_its_place_is_believed(store: Store, clock: FakeClock) -> None:
    spawner = WellBehaved(clock)
    operations = operations_with(spawner, store, clock)
    alive = await spawner.start(operations.describe(ServerRecord(ADA, identity_key=KEY)))
    old = ServerRecord(ADA, State.READY, pid=1, address="/old", identity_key="old")
    await store.write(servers.put, old, clock())
    record = await operations.look(old)
    assert (record.pid, record.address, record.identity_key) == (4711, alive.address, KEY)
    await spawner.end_all()


async def test_a_judged_server_that_was_started_anew_is_not_ended(
    store: Store, clock: FakeClock
) -> None:
    spawner = WellBehaved(clock)
    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        ready = await manager.wait(ADA)
        await manager.end(replace(ready, pid=99), Verdict("why"))
        assert (await manager.get(ADA)) == ready
    await spawner.end_all()


async def test_what_cannot_wait_is_done_first_and_its_failure_stops_nothing(
    store: Store, clock: FakeClock
) -> None:
    spawner = WellBehaved(clock)

    async def first() -> None:
        assert spawner.stops == []
        raise RuntimeError("cannot")

    async with managing(operations_with(spawner, store, clock)) as manager:
        await manager.start(ADA)
        ready = await manager.wait(ADA)
        await manager.end(ready, Verdict("why", is_failure=True), first=first)
        record = await manager.get(ADA)
    assert record is not None
    assert (record.state, record.reason) == (State.FAILED, "why")
    assert spawner.stops == [ADA]
