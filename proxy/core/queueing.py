"""Who is started next, and whether there is room: decisions about rows, and nothing else.

Rules. (1) First come, first served: nobody passes one who came earlier. (2) Starting, ready and
stopping servers each take a room; a queued, stopped or failed one takes none. (3) Of the servers
only so many start at a time. (4) The order is a time that stands in the row, so it outlives
whoever keeps the queue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from proxy.core.identity import ServerName
from proxy.core.lifecycle import RUNNING, State

# The least difference that a time of this century keeps as a float, with some to spare (seconds).
TICK: Final = 1e-5
# Seconds. A start that has its process takes a tenth of that, or its owner's own configuration
# holds it up: a few of those would keep everybody else out, a minute each.
SLOW_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many servers may exist, and how many of them may be starting; 0 means no limit."""

    servers: int = 0
    starts: int = 0


def has_room(states: Mapping[State, int], room: Room, slow: int = 0) -> bool:
    """May one more server be started, where so many are in each state?

    `slow` of those that are starting do not count as that (`slow_before`).
    """
    taken = sum(states.get(state, 0) for state in RUNNING)
    if room.servers and taken >= room.servers:
        return False
    return not room.starts or states.get(State.STARTING, 0) - slow < room.starts


def slow_before(now: float) -> float:
    """Return the time before which a start got its process if others need not wait for it."""
    return now - SLOW_SECONDS


def in_order(waiting: Iterable[tuple[float, ServerName]]) -> list[ServerName]:
    """Return who waits, the first to be started first; each comes with the time it has waited from.

    Names decide between equal times, so that the order is the same each time it is asked for.
    """
    return [name for _, name in sorted(waiting)]


def ticket(now: float, newest: float) -> float:
    """Return the time under which a newcomer is written down, behind everybody who waits.

    `newest` is the ticket that was given last, 0 if none was. A clock that was put back, or that
    is too coarse to tell two wishes apart, changes no order.
    """
    return max(now, newest + TICK)


def place_sentence(place: int) -> str:
    """What a person who waits is told; `place` 1 is the next."""
    if place <= 1:
        return "You are next: your server starts as soon as there is room."
    return f"You are number {place} in the queue."


def paused_sentence(place: int) -> str:
    """What a person who waits is told while nothing is started."""
    return f"Starts are paused for maintenance. You keep your place: number {max(place, 1)}."
