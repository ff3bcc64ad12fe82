"""May a server be stopped because nobody uses it? A decision from what was seen, and nothing else.

Rules, in this order: (1) who is older than the greatest age is stopped, whatever it does; (2) an
idle timeout of 0 means never; (3) what cannot be asked is kept; (4) a kernel that computes is work,
however long ago the last key was pressed and however silent it is; (5) otherwise the newest sign
of activity counts, a person's or a kernel's or a terminal's. An open page is no sign: it asks by
itself. A terminal whose program says nothing is no sign either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# A kernel that nobody ever spoke to says “starting” for ever; its age counts, as of a resting one.
_WORKING = frozenset({"busy"})
# So many rounds in a row a server may leave our questions open before it has failed.
MOST_SILENT_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class KernelSeen:
    """One kernel as Jupyter describes it; `last_activity` in seconds since the epoch."""

    execution_state: str
    last_activity: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a server's use. `kernels` and `terminals` are None if nobody answered."""

    touched: float
    kernels: Sequence[KernelSeen] | None
    terminals: Sequence[float] | None = ()

    @property
    def is_silent(self) -> bool:
        """Did Jupyter leave a question open?"""
        return self.kernels is None or self.terminals is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The server is to be ended, for this reason; as a failure or as somebody would stop it."""

    reason: str
    is_failure: bool = False


SILENT: Final = Verdict(
    "Jupyter did not answer any more, so it was ended. What was saved is kept; start it again.",
    is_failure=True,
)


def reason_to_stop(seen: Seen, *, now: float, idle_timeout: int) -> str | None:
    """Return the sentence that explains the stop, or None if the server stays."""
    if not is_idle(seen, now=now, idle_timeout=idle_timeout):
        return None
    return f"Stopped after {duration(idle_timeout)} without activity. Your files are kept."


def is_idle(seen: Seen, *, now: float, idle_timeout: int) -> bool:
    """Has nothing happened there for so many seconds?"""
    if idle_timeout == 0 or seen.kernels is None or seen.terminals is None:
        return False
    if any(kernel.execution_state in _WORKING for kernel in seen.kernels):
        return False
    signs = [seen.touched, *(kernel.last_activity for kernel in seen.kernels), *seen.terminals]
    return now - max(signs) >= idle_timeout


def reason_of_age(started: float, *, now: float, max_age: int) -> str | None:
    """Return the sentence for a server that ran as long as any may, or None if it did not yet."""
    if not max_age or now - started < max_age:
        return None
    return (
        f"Stopped after {duration(max_age)}, the longest that a server may run here. Your files "
        "are kept; start it again if you need it."
    )


def duration(seconds: int) -> str:
    """Return `seconds` in the largest unit that fits without a remainder."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
