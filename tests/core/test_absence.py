import pytest

from proxy.core.absence import say_absence
from proxy.core.lifecycle import State

GONE = {State.STOPPED, State.STOPPING, State.FAILED}


@pytest.mark.parametrize("state", sorted(GONE, key=str))
def test_the_reason_is_told_and_what_to_do(state: State) -> None:
    said = say_absence(state, "Nobody used it for 2 hours.")
    assert "Nobody used it for 2 hours." in said
    assert said.endswith("Start it again to go on.")


def test_without_a_reason_none_is_made_up() -> None:
    assert say_absence(None) == "It was not started yet. Start it, then go on."
    assert say_absence(State.FAILED) == "It ended. Start it again to go on."


@pytest.mark.parametrize("state", sorted(set(State) - GONE, key=str))
def test_what_is_on_its_way_is_not_asked_for_again(state: State) -> None:
    assert "moment" in say_absence(state, "an old reason")
    assert "old reason" not in say_absence(state, "an old reason")
