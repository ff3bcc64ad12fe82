"""Which version ran before, and is therefore the one to go back to?

Beanstalk keeps no list of what an environment ran. `sifu deploy` writes it into the environment's
description; where that says nothing (an older environment, a change made elsewhere) the events
are asked, then the application's versions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proxy.deploy.release.found import Environment, Version

_BEFORE = re.compile(r"ran well before: (\S+?)(?:;|$)")
_LEFT = re.compile(r"left: (\S+?)(?:;|$)")
_USABLE = frozenset({"PROCESSED", "UNPROCESSED"})


@dataclass(frozen=True, slots=True)
class WayBack:
    """A version to go back to, and how it was found, as the end of a sentence."""

    label: str
    source: str


def describe(environment: Environment | None, label: str) -> str:
    """Return the description of an environment that is about to get the version `label`."""
    before = ""
    if environment is not None:
        before = _recorded(_BEFORE, environment.description)
        if environment.is_healthy and environment.label != label:
            before = environment.label
    return f"Sifu; ran well before: {before}" if before and before != label else "Sifu"


def describe_return(environment: Environment) -> str:
    """Return the description for a rollback: the version that is left is not gone back to."""
    return f"Sifu; left: {environment.label}"


def find_way_back(
    environment: Environment, versions: Sequence[Version], events: Sequence[str]
) -> WayBack | None:
    """Return the version that ran before.

    `events` holds the version labels of the environment's events, the newest first; `versions`
    are the application's, in any order. Versions that do not exist any more are left out.
    """
    usable = {each.label: each for each in versions if each.status in _USABLE}
    if never_took_hold(environment):
        # Its last change failed. What ran well before is its version still, perhaps not its state.
        return None if environment.is_healthy else WayBack(environment.label, "once more")
    left = _recorded(_LEFT, environment.description)
    for candidate in _candidates(environment, list(usable.values()), events):
        if candidate.label in usable and candidate.label not in (environment.label, left):
            return candidate
    return None


def never_took_hold(environment: Environment) -> bool:
    """Has the environment the version that ran well before its last change, because that failed?"""
    return _recorded(_BEFORE, environment.description) == environment.label != ""


def _candidates(
    environment: Environment, versions: Sequence[Version], events: Sequence[str]
) -> Iterator[WayBack]:
    if before := _recorded(_BEFORE, environment.description):
        yield WayBack(before, "as the environment's description says")
    if environment.label in events:
        # What is newer than the present version is one that failed, or was left.
        for label in events[events.index(environment.label) :]:
            yield WayBack(label, "as the environment's events say")
    current = next((each.created for each in versions if each.label == environment.label), None)
    for version in sorted(versions, key=lambda each: each.created, reverse=True):
        if current is None or version.created < current:
            yield WayBack(version.label, "the newest one made before it")


def _recorded(pattern: re.Pattern[str], description: str) -> str:
    match = pattern.search(description)
    return match[1] if match else ""
