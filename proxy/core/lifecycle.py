"""The life of a server as a table of transitions.

    stopped ── start ──► starting ── answered ──► ready ── stop ──► stopping ── exited ──► stopped
       │ queue              ▲ │ failed               │ died              │ failed
       ▼                    │ └────────► failed ◄────┴───────────────────┘
     queued ──── admit ─────┘              └─ start ──► starting,  queue ──► queued
       └─ stop ──► stopped

Rule 1: everything that may change a server's state stands in `_TABLE`. Rule 2: this module does
not know what a process is. Rule 3: a queued server has no process; whoever leaves the queue is
stopped at once.
"""

from enum import Enum

from proxy.core.errors import Conflict


class State(Enum):
    """Where a server is in its life."""

    STOPPED = "stopped"
    QUEUED = "queued"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    FAILED = "failed"


class Event(Enum):
    """What can happen to a server."""

    START = "start"  # somebody wants it, and there is room
    QUEUE = "queue"  # somebody wants it, and there is no room
    ADMIT = "admit"  # its turn in the queue has come
    ANSWERED = "answered"  # /api/status answered
    FAILED = "failed"  # it did not come up, or was ended because it may not go on
    STOP = "stop"  # somebody wants it gone
    EXITED = "exited"  # it went, as asked
    DIED = "died"  # it went, unasked
    FOUND = "found"  # it runs, though we did not know


# Something is under way, or will be without anybody asking again.
PENDING = frozenset({State.QUEUED, State.STARTING, State.STOPPING})
# There is a process, or there may be one.
RUNNING = frozenset({State.STARTING, State.READY, State.STOPPING})

_TABLE: dict[tuple[State, Event], State] = {
    (State.STOPPED, Event.START): State.STARTING,
    (State.FAILED, Event.START): State.STARTING,
    (State.STOPPED, Event.QUEUE): State.QUEUED,
    (State.FAILED, Event.QUEUE): State.QUEUED,
    (State.QUEUED, Event.ADMIT): State.STARTING,
    (State.QUEUED, Event.STOP): State.STOPPED,
    (State.STARTING, Event.ANSWERED): State.READY,
    (State.STARTING, Event.FAILED): State.FAILED,
    (State.STARTING, Event.STOP): State.STOPPING,
    (State.STARTING, Event.DIED): State.FAILED,
    (State.READY, Event.STOP): State.STOPPING,
    (State.READY, Event.DIED): State.FAILED,
    (State.STOPPING, Event.EXITED): State.STOPPED,
    (State.STOPPING, Event.DIED): State.STOPPED,
    (State.STOPPING, Event.FAILED): State.FAILED,
    (State.FAILED, Event.STOP): State.STOPPING,
    (State.STOPPED, Event.FOUND): State.STARTING,
    (State.QUEUED, Event.FOUND): State.STARTING,
    (State.FAILED, Event.FOUND): State.STARTING,
    (State.STARTING, Event.FOUND): State.STARTING,
    (State.READY, Event.FOUND): State.READY,
}


def step(state: State, event: Event) -> State:
    """Return the next state; raise `Conflict` where the table has no such step."""
    try:
        return _TABLE[state, event]
    except KeyError:
        raise Conflict(
            f"The server is {state.value}, so “{event.value}” cannot happen now."
        ) from None
