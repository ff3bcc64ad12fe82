"""What the kernel says about processes: CPU-seconds and memory."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.missing import Failed

# The clock of a process counts all its threads, ended ones too, in nanoseconds
# (clock_getcpuclockid(3); the encoding is Linux's: the inverted id, and 2 for “scheduler time”).
_SCHEDULER_CLOCK = 2


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of several processes together."""

    resident: int
    proportional: int
    private: int


def cpu_seconds(pids: Sequence[int]) -> float:
    """CPU time, in user and kernel, that these processes have had so far.

    Raises `Failed` if one of them is gone, here and in `memory`.
    """
    try:
        return sum(time.clock_gettime(~pid << 3 | _SCHEDULER_CLOCK) for pid in pids)
    except OSError as gone:
        raise Failed("a process of it ended") from gone


def memory(pids: Sequence[int]) -> Memory:
    """Add up `smaps_rollup`; private memory is what would be free if they ended."""
    sums: dict[str, int] = {}
    try:
        texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    except OSError as gone:
        raise Failed("a process of it ended") from gone
    for text in texts:
        for line in text.splitlines()[1:]:
            name, kilobytes, *_ = line.split()
            sums[name] = sums.get(name, 0) + int(kilobytes) * 1024
    return Memory(sums["Rss:"], sums["Pss:"], sums["Private_Clean:"] + sums["Private_Dirty:"])
