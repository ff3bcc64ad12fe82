"""Follows a deployment to its end, event by event.

Promises: the wait is bounded; a poll that AWS or the network fails is tried again, and given up
only when several fail in a row. Must not: change anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proxy.core.clock import Clock
from proxy.deploy.release.aws_calls import Aws, walk_pages
from proxy.deploy.release.aws_refusals import AwsRefused
from proxy.deploy.release.progress import Event, EventTrail, Outcome, State, judge
from proxy.deploy.release.steps import Goal

_EB = "elasticbeanstalk"
POLL_SECONDS = 5.0
# Enhanced health looks every ten seconds, and wants to see a new machine well for some minutes.
SETTLE_SECONDS = 300.0
_FAILED_POLLS = 6


@dataclass(frozen=True, slots=True)
class Watch:
    """Time, and how long to wait: `limit` in seconds."""

    clock: Clock
    sleep: Callable[[float], None]
    limit: float
    show: Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How the following ended; `GOING_ON` and `SETTLING` mean that time was up."""

    outcome: Outcome
    state: State
    environment_id: str
    failures: tuple[Event, ...]


class _Follower:
    def __init__(self, aws: Aws, goal: Goal) -> None:
        self._aws = aws
        self._goal = goal
        self._id = ""
        self._lost = 0
        self._trail = EventTrail(goal.since)
        self.ending = Ending(Outcome.GOING_ON, State("Launching", "", ""), "", ())

    def poll(self) -> list[Event]:
        """Ask once; a failing poll answers nothing new, and too many in a row raise."""
        try:
            fresh = self._ask()
        except AwsRefused:
            self._lost += 1
            if self._lost >= _FAILED_POLLS:
                raise
            return []
        self._lost = 0
        return fresh

    def _ask(self) -> list[Event]:
        state = self._find_state()
        fresh = self._find_events()
        failures = self._trail.failures
        self.ending = Ending(
            judge(state, self._goal.label, failures), state, self._id, tuple(failures)
        )
        return fresh

    def _find_state(self) -> State:
        """The identifier is kept: once terminated, an environment is not found by its name."""
        which: dict[str, Any] = {"EnvironmentNames": [self._goal.environment]}
        if self._id:
            which = {"EnvironmentIds": [self._id]}
        which["IncludeDeleted"] = bool(self._id)
        found = self._aws.call(_EB, "describe_environments", which)["Environments"]
        if not found:
            raise AwsRefused(
                f"The environment {self._goal.environment} is not there any more.", code="NotFound"
            )
        self._id = str(found[0]["EnvironmentId"])
        status, health, label = (
            str(found[0].get(name, "")) for name in ("Status", "Health", "VersionLabel")
        )
        return State(status, health, label)

    def _find_events(self) -> list[Event]:
        parameters: dict[str, Any] = {"EnvironmentId": self._id, "MaxRecords": 100}
        if self._goal.since:
            parameters["StartTime"] = datetime.fromtimestamp(self._goal.since, UTC)
        return self._trail.take(walk_pages(self._aws.call, _EB, "describe_events", parameters))


def follow(aws: Aws, goal: Goal, watch: Watch) -> Ending:
    """Show events as they come; return when the deployment is done, failed, or time is up.

    An outcome counts when two polls in a row give it: AWS's answers may be older than its events,
    and the last events are written while the status changes.
    """
    follower = _Follower(aws, goal)
    deadline = watch.clock() + watch.limit
    before = Outcome.GOING_ON
    while True:
        for event in follower.poll():
            watch.show(event)
        outcome = follower.ending.outcome
        if outcome is before and outcome in (Outcome.DONE, Outcome.FAILED):
            return follower.ending
        if outcome is Outcome.SETTLING and before is not Outcome.SETTLING:
            deadline = min(deadline, watch.clock() + SETTLE_SECONDS)
        if watch.clock() >= deadline:
            return follower.ending
        before = outcome
        watch.sleep(POLL_SECONDS)
