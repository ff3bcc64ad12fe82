"""What a server may use, and what is said when it used more: figures in, sentences out.

Rules. (1) Memory is PSS: pages that several processes share count for each by its part (RSS would
count them for every one, and rises where sharing saves); with what was swapped out, and with files
in memory that nobody has mapped. (2) One look is no verdict: what is over its limit is looked at
again, sooner the farther it is over. (3) A limit of 0 means none.
"""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024
_SOON: Final = 0.25
# Beyond this part of the limit the next regular look may come too late for the neighbours.
_FAR_OVER: Final = 1.25
# From this part of the quota on people are told before it is too late.
_NEARLY_FULL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Usage:
    """What a server used at `at` (seconds since the epoch); `cpu_seconds` since it was started."""

    pss_bytes: int
    cpu_seconds: float
    processes: int
    at: float


@dataclass(frozen=True, slots=True)
class DiskUse:
    """What a person's files take; a count that was not `complete` is a lower bound."""

    used_bytes: int
    complete: bool = True


def is_over(pss_bytes: int, limit: int) -> bool:
    """Is a server over its limit of `limit` MiB?"""
    return limit > 0 and pss_bytes > limit * MIB


def patience(pss_bytes: int, limit: int, regular: float) -> float:
    """Return the seconds until the second look at a server that is over its limit of MiB."""
    return _SOON if pss_bytes > limit * MIB * _FAR_OVER else regular


def memory_reason(pss_bytes: int, limit: int) -> str:
    """Say why a server was ended; `limit` in MiB."""
    return (
        f"It used more memory than it may ({megabytes(pss_bytes)} of {limit:,} MiB), so it was "
        "ended; what was saved is kept. Start it again, and work on less data at a time."
    )


def disk_refusal(use: DiskUse, quota: int) -> str | None:
    """Say why a server is not started, or None if it may be; `quota` in MiB."""
    if not quota or use.used_bytes <= quota * MIB:
        return None
    return (
        f"Your files take {_about(use)} MiB, and you may use {quota:,} MiB. Ask whoever runs this "
        "site to make room for you, then start again."
    )


def disk_advice(use: DiskUse, quota: int) -> str:
    """Say that it becomes tight, or that nobody knows; else nothing; `quota` in MiB."""
    if not quota:
        return ""
    if use.used_bytes < quota * MIB * _NEARLY_FULL:
        return "" if use.complete else _uncounted(use, quota)
    return (
        f"Your files take {_about(use)} of {quota:,} MiB. Delete what you do not need: a full "
        "workspace cannot be started."
    )


def _uncounted(use: DiskUse, quota: int) -> str:
    return (
        f"Your files take {_about(use)} of {quota:,} MiB: not all of them could be counted. Fewer "
        "and less deep folders can be."
    )


def megabytes(count: int) -> str:
    """Return bytes as whole MiB, rounded up, with separators."""
    return f"{-(-count // MIB):,}"


def _about(use: DiskUse) -> str:
    return megabytes(use.used_bytes) if use.complete else f"more than {megabytes(use.used_bytes)}"
