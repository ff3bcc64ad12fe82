from datetime import UTC, datetime

import pytest

from proxy.deploy.release.addresses import Addresses
from proxy.deploy.release.closing_words import describe_ending, describe_event, describe_plan
from proxy.deploy.release.following import Ending
from proxy.deploy.release.progress import Event, Outcome, State
from proxy.deploy.release.steps import Goal, Plan, Step

GOAL = Goal("sifu", "new", 0.0)
ADDRESSES = Addresses("http://a:3334", "http://a:3335")


def words(outcome, state, reasons=()):
    ending = Ending(outcome, state, "e-1", ())
    return "\n".join(describe_ending(ending, GOAL, ADDRESSES, reasons))


def test_a_good_end_gives_the_addresses():
    said = words(Outcome.DONE, State("Ready", "Green", "new"))
    assert "http://a:3334" in said
    assert "http://a:3335" in said


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (State("Ready", "Green", "old"), "has old still"),
        (State("Ready", "Red", "new"), "left as it is"),
        (State("Terminated", "Grey", ""), "not there any more"),
    ],
)
def test_a_failure_says_what_holds_and_how_to_go_back(state, what):
    said = words(Outcome.FAILED, state, ["  ERROR  because"])
    assert what in said
    assert "because" in said
    assert "sifu deploy sifu --rollback" in said


def test_time_that_is_up_and_health_that_is_bad_say_how_to_go_on():
    assert "--timeout" in words(Outcome.GOING_ON, State("Updating", "Grey", "old"))
    assert "health is Yellow" in words(Outcome.SETTLING, State("Ready", "Yellow", "new"))


def test_an_event_is_one_line_without_secrets():
    event = Event(datetime(2030, 1, 31, 7, 8, 9, tzinfo=UTC), "INFO", "Token ghp_x.")
    assert describe_event(event, ["ghp_x"]) == "07:08:09  INFO   Token [hidden]."


def test_a_plan_is_numbered():
    step = Step("Do it.", "s3", "put_object", {"Key": "k"})
    said = list(describe_plan(Plan((step, step), GOAL)))
    assert said[0] == "1. Do it."
    assert "2. Do it." in said
    assert said[-1] == "This was a dry run: nothing was changed."
