"""Which process a server is: its number and the moment it began, in a file that only we can write.

A number alone is given again after its process ended, and what a process calls itself anybody may
choose; both together, in our own folder, are no one else's. Must not: import anything heavy.
"""

import os

_BEGAN = 19  # field 22 of proc_pid_stat(5), counted from the one that follows the name


def began(pid: int) -> int | None:
    """Return when it began, in ticks since the machine did; None if there is no such process.

    Without /proc (not Linux) everything began at 0, and the number alone tells processes apart.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 (few imports)
            fields = file.read().rpartition(b")")[2].split()
    except FileNotFoundError:
        return None if os.path.exists("/proc/self/stat") else 0  # noqa: PTH110
    except ProcessLookupError:
        return None
    return int(fields[_BEGAN])


def write(path: str) -> None:
    """Write down this very process; the file appears whole or not at all. Raises `OSError`."""
    fresh = f"{path}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:  # noqa: PTH123
        file.write(f"{os.getpid()} {began(os.getpid())}\n")
    os.replace(fresh, path)  # noqa: PTH105


def find(path: str) -> int | None:
    """Return the number of the recorded process if that very process still exists, else None."""
    try:
        with open(path) as file:  # noqa: PTH123
            pid, ticks = (int(word) for word in file.read().split())
    except (OSError, ValueError):
        return None
    return pid if began(pid) == ticks else None
