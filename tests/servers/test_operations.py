"""What is told of a server whose steps nobody remembers; the works are tried with the manager."""

import pytest

from proxy.core.lifecycle import PENDING, State
from proxy.metrics import SERVER_STARTS, Start
from proxy.servers.operations import progress_of
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.conftest import FakeClock
from tests.servers.fakes import ADA, Bad, WellBehaved, managing, operations_with


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
