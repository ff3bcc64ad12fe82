"""What a process holds: memory and descriptors, read from /proc (proc(5)).

`private` and `pss` do not count twice what processes share; `peak` is the most that was resident.
"""

from dataclasses import dataclass
from pathlib import Path

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Memory:
    """All in bytes."""

    rss: int
    pss: int
    private: int
    peak: int

    def __str__(self) -> str:
        parts = ((name, getattr(self, name)) for name in ("rss", "pss", "private", "peak"))
        return ", ".join(f"{name} {value / MIB:.1f}" for name, value in parts) + " MiB"


def measure(pid: int) -> Memory:
    """Read a living process; raises `OSError` for one that is gone."""
    rollup = _numbers(Path(f"/proc/{pid}/smaps_rollup"))
    status = _numbers(Path(f"/proc/{pid}/status"))
    private = rollup["Private_Clean"] + rollup["Private_Dirty"]
    return Memory(rollup["Rss"], rollup["Pss"], private, status["VmHWM"])


def private_bytes(pid: int | str) -> int:
    """Return what belongs to this process alone; `self` is the caller."""
    rollup = _numbers(Path(f"/proc/{pid}/smaps_rollup"))
    return rollup["Private_Clean"] + rollup["Private_Dirty"]


def forget_peak(pid: int) -> None:
    """Set `peak` back to what is resident now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def open_sockets(pid: int) -> int:
    """Count descriptors that are sockets: what comes and goes with connections."""
    found = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += str(entry.readlink()).startswith("socket:")
        except OSError:  # closed meanwhile
            continue
    return found


def _numbers(path: Path) -> dict[str, int]:
    """Lines such as `VmHWM:  1234 kB`, in bytes."""
    found = {}
    for line in path.read_text().splitlines():
        name, _, rest = line.partition(":")
        parts = rest.split()
        if len(parts) == 2 and parts[1] == "kB":
            found[name] = int(parts[0]) * 1024
    return found
