"""The table of a server's life."""

import itertools

import pytest

from proxy.core.errors import Conflict
from proxy.core.lifecycle import PENDING, RUNNING, Event, State, step


def can(state: State, event: Event) -> State | None:
    try:
        return step(state, event)
    except Conflict:
        return None


def run(state: State, *events: Event) -> State:
    for event in events:
        state = step(state, event)
    return state


def test_a_whole_life() -> None:
    life = (Event.START, Event.ANSWERED, Event.STOP, Event.EXITED)
    assert run(State.STOPPED, *life) is State.STOPPED


def test_a_failed_start_can_be_tried_again() -> None:
    assert run(State.STOPPED, Event.START, Event.FAILED, Event.START) is State.STARTING


def test_only_a_server_that_answered_is_ready() -> None:
    into_ready = {
        (state, event)
        for state, event in itertools.product(State, Event)
        if state is not State.READY and can(state, event) is State.READY
    }
    assert into_ready == {(State.STARTING, Event.ANSWERED)}


def test_a_running_server_is_not_started_again() -> None:
    for state in RUNNING:
        assert can(state, Event.START) is None


def test_every_state_can_be_left_and_every_pending_one_can_fail() -> None:
    for state in State:
        assert any(can(state, event) not in {None, state} for event in Event)
    for state in PENDING:
        assert can(state, Event.DIED) not in {None, *PENDING}


def test_every_state_leads_to_stopped() -> None:
    reached = {State.STOPPED}
    for _ in State:
        reached |= {state for state in State for event in Event if can(state, event) in reached}
    assert reached == set(State)


def test_death_of_a_ready_server_is_a_failure_and_of_a_stopping_one_is_not() -> None:
    assert step(State.READY, Event.DIED) is State.FAILED
    assert step(State.STOPPING, Event.DIED) is State.STOPPED


def test_the_refusal_says_what_and_why() -> None:
    with pytest.raises(Conflict, match="stopped") as refusal:
        step(State.STOPPED, Event.ANSWERED)
    assert refusal.value.status == 409
