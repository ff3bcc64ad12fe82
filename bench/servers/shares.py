"""Proportional memory (PSS), added up by what a process is for.

A page that several processes have in common counts for each of them by its share, so that sums are
true whether servers were started or forked (proc_pid_smaps(5): `Pss`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import psutil

from bench.missing import Failed

_MEGABYTE = 1e6
_KIBIBYTE = 1024


class Part(Enum):
    """What a process is for."""

    SERVER = "server"
    STUB = "stub"  # stands in supervisord's list for a forked server
    FORK_SERVER = "fork server"
    HOUSE = "house"  # there is one for everybody: proxy, sign-in, supervision


@dataclass(frozen=True, slots=True)
class Shares:
    """Megabytes for each of so many servers, and what there is once for everybody."""

    per_server: float  # servers, stubs and the fork server, by the number of servers
    servers_alone: float
    stubs: float
    fork_server: float
    house: float  # not per server

    def figures(self) -> dict[str, float]:
        return {
            "per_server": self.per_server,
            "servers_alone": self.servers_alone,
            "stubs": self.stubs,
            "fork_server": self.fork_server,
            "house": self.house,
        }


def share_out(sums: Mapping[Part, int], servers: int) -> Shares:
    """Divide these bytes by the number of servers; what belongs to no server stays whole."""

    def each(*parts: Part) -> float:
        return sum(sums.get(part, 0) for part in parts) / servers / _MEGABYTE

    return Shares(
        per_server=each(Part.SERVER, Part.STUB, Part.FORK_SERVER),
        servers_alone=each(Part.SERVER),
        stubs=each(Part.STUB),
        fork_server=each(Part.FORK_SERVER),
        house=sums.get(Part.HOUSE, 0) / _MEGABYTE,
    )


def proportional(rollup: str) -> int:
    """Return the bytes that `smaps_rollup` names as `Pss`; raises `Failed` without that line."""
    for line in rollup.splitlines():
        name, _, amount = line.partition(":")
        if name == "Pss":
            return int(amount.split()[0]) * _KIBIBYTE
    raise Failed("the kernel does not tell proportional memory")


def measure_parts(mother: int, part_of: Callable[[str], Part]) -> dict[Part, int]:
    """Return the PSS of a process and all its descendants, by what they are for, in bytes."""
    sums: dict[Part, int] = {}
    try:
        first = psutil.Process(mother)
        everybody = [first, *first.children(recursive=True)]
    except psutil.Error as gone:
        raise Failed("the installation ended") from gone
    for process in everybody:
        try:
            command = " ".join(process.cmdline())
            size = proportional(Path(f"/proc/{process.pid}/smaps_rollup").read_text())
        except (OSError, psutil.Error):
            continue  # it ended just now, as a helper that was asked for a moment does
        part = Part.HOUSE if process.pid == mother else part_of(command)
        sums[part] = sums.get(part, 0) + size
    return sums
