"""What is counted, in which order it is shown, and what a server uses."""

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.core.overview import NOTHING_KNOWN, by_urgency, count_states, measure
from proxy.store.records import ServerRecord


def record(owner: str, state: State) -> ServerRecord:
    return ServerRecord(ServerName(owner, "home"), state)


def usage(at: float, seconds: float) -> Usage:
    return Usage(pss_bytes=100, cpu_seconds=seconds, processes=2, at=at)


def test_every_state_is_counted_also_where_none_is() -> None:
    counts = count_states([record("a", State.READY), record("b", State.READY)])
    assert counts[State.READY] == 2
    assert counts[State.FAILED] == 0
    assert set(counts) == set(State)


def test_what_needs_a_look_comes_first_and_what_rests_last() -> None:
    records = [record("b", state) for state in State] + [record("a", State.READY)]
    states = [each.state for each in by_urgency(records)]
    assert (states[0], states[-1]) == (State.FAILED, State.STOPPED)
    ready = [each.name.owner for each in by_urgency(records) if each.state is State.READY]
    assert ready == ["a", "b"]


def test_a_share_of_the_cpu_needs_two_measurements() -> None:
    first = measure(None, usage(10.0, 5.0))
    assert (first.used.memory, first.used.cpu) == (100, None)
    second = measure(first, usage(12.0, 6.0))
    assert second.used.cpu == pytest.approx(50.0)
    assert measure(second, usage(12.0, 6.0)) is second


def test_another_process_under_the_same_name_begins_anew() -> None:
    before = measure(None, usage(10.0, 500.0))
    assert measure(before, usage(12.0, 0.1)).used.cpu is None
    assert NOTHING_KNOWN.cpu is None
