"""What is said of a server that does not answer, to somebody who may open it.

Promises: a sentence that says what happened and what to do. The reason is the one that was written
down when the server ended, so a person reads on return why it is gone.
"""

from proxy.core.lifecycle import State

_ON_THE_WAY = "It is being started; this takes a moment."
_GONE = {
    State.STOPPED: "It was stopped.",
    State.STOPPING: "It is being stopped.",
    State.FAILED: "It ended.",
}


def say_absence(state: State | None, reason: str = "") -> str:
    """Return the sentence; `state` is None for a server of which nothing is known."""
    if state is None:
        return "It was not started yet. Start it, then go on."
    if state not in _GONE:
        return _ON_THE_WAY
    return " ".join(part for part in (_GONE[state], reason, "Start it again to go on.") if part)
