"""The process table as the kernel keeps it: one pass over `/proc`, and who belongs to which server.

Every function blocks: call them in a thread. A process is named by its number and the moment of
its birth together, because numbers are used again. See proc_pid_stat(5).
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_MOST_BYTES: Final = 2048
Name = TypeVar("Name")


class Row(NamedTuple):
    """One process; `born` in ticks since the machine started, `cpu_seconds` with dead children."""

    pid: int
    parent: int
    born: int
    cpu_seconds: float
    rss_bytes: int


Table = Mapping[int, Row]


def read_table() -> dict[int, Row]:
    """Return every process that lives now, by its number."""
    with os.scandir("/proc") as entries:
        pids = [int(entry.name) for entry in entries if entry.name.isdigit()]
    rows = (read_row(pid) for pid in pids)
    return {row.pid: row for row in rows if row is not None}


def read_row(pid: int) -> Row | None:
    """Return this process; None if there is none, or if it is dead and only not yet fetched."""
    try:
        text = _read(f"/proc/{pid}/stat")
        # The name stands in brackets and may hold anything, brackets and blanks too.
        fields = text[text.rindex(b")") + 2 :].split()
        if fields[0] in {b"Z", b"X"}:
            return None
        return Row(
            pid=pid,
            parent=int(fields[1]),
            born=int(fields[19]),
            cpu_seconds=sum(map(int, fields[11:15])) / _TICKS,
            rss_bytes=int(fields[21]) * _PAGE,
        )
    except (OSError, ValueError, IndexError):  # it went while we looked
        return None


def read_uid(pid: int) -> int | None:
    """Return whose process it is: the real uid (its folder's owner may be another's: prctl(2))."""
    try:
        text = _read(f"/proc/{pid}/status")
        return int(text.partition(b"\nUid:")[2].split(None, 1)[0])
    except (OSError, ValueError, IndexError):
        return None


def assign(
    table: Table, roots: Mapping[Name, int], uids: Mapping[int, int]
) -> dict[Name, list[Row]]:
    """Return the rows of each server, by its name, its own process first; none if that is gone.

    `roots` are the servers' own processes. First what descends from a server; then, of the uids in
    `uids` (by process), what belongs to the uid of a server and descends from none: to the first
    server of that uid.
    """
    children = _children(table)
    found: dict[Name, list[Row]] = {}
    taken: set[int] = set()
    for name, pid in roots.items():
        found[name] = _tree(table, children, pid, stop_at=set(roots.values()) - {pid})
        taken.update(row.pid for row in found[name])
    owners: dict[int, Name] = {}
    for name, pid in roots.items():
        if pid in uids:
            owners.setdefault(uids[pid], name)
    for pid, uid in uids.items():
        if uid in owners and pid not in taken and pid in table:
            found[owners[uid]].append(table[pid])
    return found


def _children(table: Table) -> Mapping[int, list[Row]]:
    children: defaultdict[int, list[Row]] = defaultdict(list)
    for row in table.values():
        children[row.parent].append(row)
    return children


def _tree(
    table: Table, children: Mapping[int, Iterable[Row]], root: int, *, stop_at: set[int]
) -> list[Row]:
    if root not in table:
        return []
    rows, seen = [table[root]], {root} | stop_at
    for row in rows:  # grows while it is walked
        below = [child for child in children.get(row.pid, ()) if child.pid not in seen]
        seen.update(child.pid for child in below)
        rows += below
    return rows


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)
