from datetime import UTC, datetime

import pytest

from proxy.deploy.release.progress import Event, EventTrail, Outcome, State, judge


def event(second: int, message: str, severity: str = "INFO"):
    at = datetime.fromtimestamp(1_800_000_000 + second, UTC)
    return {"EventDate": at, "Message": message, "Severity": severity}


def page(*events):
    return {"Events": list(events)}


def test_events_come_in_their_order_and_once():
    trail = EventTrail()
    first = trail.take([page(event(2, "b"), event(1, "a"))])
    assert [each.message for each in first] == ["a", "b"]
    second = trail.take([page(event(3, "c"), event(2, "b")), page(event(2, "b"), event(1, "a"))])
    assert [each.message for each in second] == ["c"]


def test_two_events_of_one_moment_keep_their_order():
    fresh = EventTrail().take([page(event(1, "later"), event(1, "earlier"))])
    assert [each.message for each in fresh] == ["earlier", "later"]


def test_events_of_an_earlier_change_are_not_taken():
    trail = EventTrail(since=1_800_000_001.0)
    assert [each.message for each in trail.take([page(event(2, "b"), event(1, "a"))])] == ["b"]


@pytest.mark.parametrize(
    ("severity", "message", "fails"),
    [
        ("INFO", "Environment update is starting.", False),
        ("ERROR", "Failed to deploy application.", True),
        ("FATAL", "Something.", True),
        ("WARN", "Environment health has transitioned from Ok to Severe.", False),
        ("ERROR", "Environment health has transitioned from Ok to Severe.", False),
        ("INFO", "Create environment operation is complete, but with errors.", True),
        ("INFO", "Launched environment: x. However, there were issues during launch.", True),
    ],
)
def test_which_events_are_failures(severity, message, fails):
    assert Event(datetime.now(UTC), severity, message).is_failure is fails


@pytest.mark.parametrize(
    ("state", "failures", "outcome"),
    [
        (State("Updating", "Grey", "old"), 0, Outcome.GOING_ON),
        (State("Updating", "Grey", "new"), 1, Outcome.GOING_ON),
        (State("Ready", "Green", "new"), 0, Outcome.DONE),
        (State("Ready", "Yellow", "new"), 0, Outcome.SETTLING),
        (State("Ready", "Green", "old"), 0, Outcome.FAILED),
        (State("Ready", "Green", "new"), 1, Outcome.FAILED),
        (State("Terminated", "Grey", "new"), 0, Outcome.FAILED),
    ],
)
def test_how_a_deployment_stands(state, failures, outcome):
    bad = Event(datetime.now(UTC), "ERROR", "Failed to deploy application.")
    assert judge(state, "new", [bad] * failures) is outcome
