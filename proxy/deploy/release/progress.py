"""Is a deployment done, and did it go well? Pure judgement of what AWS tells.

Promises: each event is shown once, in the order in which it happened, however pages and polls
overlap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

# A change of health is news, not a failed step; how the environment is in the end is asked anew.
_HEALTH_NEWS = ("Environment health has transitioned", "Environment health has been set")
_BAD_ENDS = (
    "but with errors",
    "there were issues during launch",
    "was reverted to the previous configuration",
    "Failed to deploy",
    "Failed to launch",
)
_GRAVE = frozenset({"ERROR", "FATAL"})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of Beanstalk's own account of what it does."""

    at: datetime
    severity: str
    message: str
    request: str = ""

    @property
    def is_failure(self) -> bool:
        if self.message.startswith(_HEALTH_NEWS):
            return False
        return self.severity in _GRAVE or any(end in self.message for end in _BAD_ENDS)


class Outcome(Enum):
    """How a deployment stands."""

    GOING_ON = "going on"
    SETTLING = "settling"  # done, and its health is not known to be good yet
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class State:
    """What `describe_environments` says; empty texts where there is no environment."""

    status: str
    health: str
    label: str


class EventTrail:
    """Remembers which events were seen; those until `since` (seconds) belong to another change."""

    def __init__(self, since: float = 0.0) -> None:
        self.events: list[Event] = []
        self._since = since
        self._seen: set[Event] = set()

    def take(self, answers: Iterable[Mapping[str, Any]]) -> list[Event]:
        """Return the events that are new, the oldest first; answers have the newest first."""
        events = [_read(each) for page in answers for each in page.get("Events", [])]
        events.reverse()  # two of the same moment keep their order
        fresh = []
        for event in sorted(events, key=lambda each: each.at):
            if event not in self._seen and event.at.timestamp() > self._since:
                self._seen.add(event)
                fresh.append(event)
        self.events += fresh
        return fresh

    @property
    def failures(self) -> list[Event]:
        return [event for event in self.events if event.is_failure]


def judge(state: State, label: str, failures: list[Event]) -> Outcome:
    """Say how a deployment of `label` stands."""
    if state.status in ("", "Terminating", "Terminated"):
        return Outcome.FAILED
    if state.status != "Ready":
        return Outcome.GOING_ON
    if failures or state.label != label:
        return Outcome.FAILED
    return Outcome.DONE if state.health == "Green" else Outcome.SETTLING


def _read(seen: Mapping[str, Any]) -> Event:
    return Event(
        seen["EventDate"],
        str(seen.get("Severity", "INFO")),
        str(seen.get("Message", "")),
        str(seen.get("RequestId", "")),
    )
