"""Who is next, and whether there is room."""

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.queueing import (
    Room,
    has_room,
    in_order,
    paused_sentence,
    place_sentence,
    ticket,
)

ADA, BOB, EVE = (ServerName(owner, "home") for owner in ("ada", "bob", "eve"))


def test_without_limits_there_is_always_room() -> None:
    assert has_room({State.READY: 10_000, State.STARTING: 10_000}, Room())


@pytest.mark.parametrize("state", [State.STARTING, State.READY, State.STOPPING])
def test_whatever_may_have_a_process_takes_room(state: State) -> None:
    assert has_room({state: 2}, Room(servers=3))
    assert not has_room({state: 3}, Room(servers=3))


@pytest.mark.parametrize("state", [State.STOPPED, State.FAILED, State.QUEUED])
def test_what_has_no_process_takes_no_room(state: State) -> None:
    assert has_room({state: 3}, Room(servers=3, starts=1))


def test_only_so_many_start_at_a_time_however_much_room_there_is() -> None:
    assert has_room({State.STARTING: 3, State.READY: 50}, Room(starts=4))
    assert not has_room({State.STARTING: 4}, Room(servers=100, starts=4))


def test_a_start_that_goes_on_and_on_holds_up_no_others() -> None:
    assert not has_room({State.STARTING: 4}, Room(starts=4), slow=0)
    assert has_room({State.STARTING: 4}, Room(starts=4), slow=1)
    assert not has_room({State.STARTING: 5}, Room(starts=4), slow=1)


def test_a_start_that_goes_on_and_on_keeps_its_room() -> None:
    assert not has_room({State.STARTING: 4}, Room(servers=4, starts=4), slow=4)


def test_more_than_allowed_after_a_lowered_limit_is_simply_full() -> None:
    assert not has_room({State.READY: 9}, Room(servers=3))


def test_first_come_first_served_whatever_the_names() -> None:
    assert in_order([(3.0, ADA), (1.0, EVE), (2.0, BOB)]) == [EVE, BOB, ADA]


def test_equal_times_have_one_order_too() -> None:
    assert in_order([(1.0, BOB), (1.0, ADA)]) == [ADA, BOB]


def test_a_thousand_wishes_in_one_instant_keep_their_order() -> None:
    now, given = 1_800_000_000.123, [0.0]
    for _ in range(1000):
        given.append(ticket(now, given[-1]))
    assert given == sorted(set(given))


def test_a_clock_put_back_lets_nobody_pass() -> None:
    assert ticket(100.0, 5000.0) > 5000.0


def test_everybody_is_told_their_place() -> None:
    assert place_sentence(3) == "You are number 3 in the queue."
    assert "next" in place_sentence(1)
    assert "number 3" in paused_sentence(3)
    assert "maintenance" in paused_sentence(1)
