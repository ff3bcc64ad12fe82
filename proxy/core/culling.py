"""May an idle server be stopped? A decision from what was seen, and nothing else.

Rules, in this order: (1) an idle timeout of 0 means never; (2) what cannot be asked is kept; (3) a
kernel that computes is work, however long ago the last key was pressed; (4) otherwise the newest
sign of activity counts, a person's or a kernel's or a terminal's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_WORKING = frozenset({"busy", "starting"})


@dataclass(frozen=True, slots=True)
class KernelSeen:
    """One kernel as Jupyter describes it; `last_activity` in seconds since the epoch."""

    execution_state: str
    last_activity: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a server's use. `kernels` is None if Jupyter did not answer."""

    touched: float
    kernels: Sequence[KernelSeen] | None
    terminals: Sequence[float] = ()


def reason_to_stop(seen: Seen, *, now: float, idle_timeout: int) -> str | None:
    """Return the sentence that explains the stop, or None if the server stays."""
    if idle_timeout == 0 or seen.kernels is None:
        return None
    if any(kernel.execution_state in _WORKING for kernel in seen.kernels):
        return None
    signs = [seen.touched, *(kernel.last_activity for kernel in seen.kernels), *seen.terminals]
    if now - max(signs) < idle_timeout:
        return None
    return f"Stopped after {duration(idle_timeout)} without activity. Your files are kept."


def duration(seconds: int) -> str:
    """Return `seconds` in the largest unit that fits without a remainder."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} second" if seconds == 1 else f"{seconds} seconds"
