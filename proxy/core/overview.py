"""An installation at a glance: every server with what it uses, the machine, and who waits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage


class Known(Protocol):
    """What is needed of a server's record."""

    @property
    def name(self) -> ServerName: ...

    @property
    def state(self) -> State: ...


_ORDER = (
    State.FAILED,
    State.QUEUED,
    State.STARTING,
    State.STOPPING,
    State.READY,
    State.STOPPED,
)


K = TypeVar("K", bound=Known)


@dataclass(frozen=True, slots=True)
class Disk:
    """Where one of our folders lies; `total` and `free` in bytes."""

    path: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes, `cpu` in per cent of all cores."""

    memory_total: int
    memory_free: int
    cpu: float
    cores: int
    disks: tuple[Disk, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What a server uses: memory in bytes (PSS: shared pages count by their share), `cpu` in per
    cent of one core; None where it is not known."""

    memory: int | None = None
    cpu: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest measurement of a server, and what it says beside the one before."""

    usage: Usage
    used: Used


NOTHING_KNOWN: Final = Used()


def measure(before: Measured | None, usage: Usage) -> Measured:
    """Add a measurement; of the first one no share of the CPU is known, the same one adds nothing.

    A server whose seconds of CPU shrank is another process by now: it begins anew.
    """
    if before is not None and usage.at == before.usage.at:
        return before
    cpu = None
    if before is not None and usage.at > before.usage.at:
        spent = usage.cpu_seconds - before.usage.cpu_seconds
        cpu = spent / (usage.at - before.usage.at) * 100 if spent >= 0 else None
    return Measured(usage, Used(usage.pss_bytes, cpu))


def count_states(records: Iterable[Known]) -> Mapping[State, int]:
    """Return how many servers are in each state, zeros too."""
    counts = dict.fromkeys(State, 0)
    for record in records:
        counts[record.state] += 1
    return counts


def by_urgency(records: Sequence[K]) -> list[K]:
    """Order for people: what needs a look first, what rests last, each by name."""
    return sorted(records, key=lambda record: (_ORDER.index(record.state), record.name))
