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


def test_a_running_or_waiting_server_is_not_started_or_queued_again() -> None:
    for state in RUNNING | {State.QUEUED}:
        assert can(state, Event.START) is None
        assert can(state, Event.QUEUE) is None


def test_who_waits_is_let_in_or_leaves_at_once_and_nothing_else() -> None:
    ways = {event: can(State.QUEUED, event) for event in Event}
    assert {event: state for event, state in ways.items() if state is not None} == {
        Event.ADMIT: State.STARTING,
        Event.STOP: State.STOPPED,
        Event.FOUND: State.STARTING,  # it runs, whatever the row says
    }


def test_only_who_is_stopped_or_failed_comes_to_wait() -> None:
    assert {state for state in State if can(state, Event.QUEUE)} == {State.STOPPED, State.FAILED}


def test_every_state_can_be_left_and_every_pending_one_can_fail() -> None:
    for state in State:
        assert any(can(state, event) not in {None, state} for event in Event)
    for state in PENDING & RUNNING:
        assert can(state, Event.DIED) not in {None, *PENDING}
        assert can(state, Event.FAILED) is State.FAILED


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
