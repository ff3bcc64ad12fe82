"""What each server uses, and which of them use more than they may.

Promises: one pass over the process table a round, in a thread; PSS, which is dear to find out, is
asked afresh for all that comes near its limit and for the others in turn, within `_PSS_SECONDS` a
round. A server that is over its limit in two looks in a row is reported, never in one. Must not:
end anything, except by `end_processes` for who was told to.
"""

import asyncio
import os
import signal
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.core.limits import MIB, Usage, is_over
from proxy.servers.account_end import held_memory
from proxy.servers.process_table import Row, Table, assign, read_row, read_table, read_uid
from proxy.servers.shared_pages import Pages, hidden_bytes, read_pages
from proxy.store.records import ServerRecord

_PSS_SECONDS: Final = 0.02
# PSS is never more than RSS, so what is below this part of the limit by RSS need not be asked.
_NEAR: Final = 0.8
_KILL_SECONDS: Final = 2.0
_KILL_PAUSE: Final = 0.02
_Key = tuple[int, int]  # process number and birth


@dataclass(frozen=True, slots=True)
class Looked:
    """Who is over the limit: by server how much it uses in bytes, and who was it before, too."""

    over: Mapping[ServerName, int]
    again: frozenset[ServerName]


class MemoryWatch:
    """Looks at the processes of servers; `limit` in MiB, 0 for none."""

    def __init__(self, clock: Clock, *, limit: int) -> None:
        self.limit = limit
        self._clock = clock
        self._usage: dict[ServerName, Usage] = {}
        self._over: frozenset[ServerName] = frozenset()
        self._births: dict[ServerName, _Key] = {}
        self._pages: dict[_Key, tuple[float, Pages]] = {}  # when it was asked, what it was
        self._uids: dict[_Key, int] = {}
        self._looking = asyncio.Lock()

    def usage(self, name: ServerName) -> Usage | None:
        """Return what it used in the last round; None if nothing is known."""
        return self._usage.get(name)

    async def look(self, records: Iterable[ServerRecord]) -> Looked:
        """Measure these servers, those that have a process."""
        roots = _roots(records)
        async with self._looking:
            await asyncio.to_thread(self._measure, roots)
            over = {
                name: usage.pss_bytes
                for name, usage in self._usage.items()
                if is_over(usage.pss_bytes, self.limit)
            }
            again = self._over & over.keys()
            self._over = frozenset(over)
        return Looked(over, again)

    async def living(self, records: Iterable[ServerRecord]) -> set[ServerName]:
        """Return those whose process is the very one that the last round saw, and lives."""
        asked = [(each.name, each.pid) for each in records if each.pid is not None]
        return await asyncio.to_thread(self._living, asked)

    async def end_processes(self, record: ServerRecord, others: Iterable[ServerRecord]) -> None:
        """Kill everything of this server, and nothing of the `others`."""
        roots = _roots([record, *others])
        await asyncio.to_thread(self._end, record.name, roots)

    def _measure(self, roots: Mapping[ServerName, int]) -> None:
        table = read_table()
        found = self._assigned(table, roots)
        self._forget(table)
        for name, rows in found.items():
            pid, born = self._births.get(name, (0, 0))
            # A number that came to another process: what stood in the row is gone.
            if rows and rows[0].pid == pid and rows[0].born != born:
                rows.clear()
        self._births = {name: _key(rows[0]) for name, rows in found.items() if rows}
        self._refresh_pss(found)
        now = self._clock()
        held = held_memory()
        self._usage = {
            name: Usage(
                pss_bytes=self._bytes(rows, held),
                cpu_seconds=sum(row.cpu_seconds for row in rows),
                processes=len(rows),
                at=now,
            )
            for name, rows in found.items()
            if rows
        }

    def _bytes(self, rows: Collection[Row], held: Mapping[int, int]) -> int:
        """Return what these take together, with what they and their account keep out of sight."""
        pages = self._known(rows)
        more = sum(held.get(uid, 0) for uid in {self._uids.get(_key(row), -1) for row in rows})
        return sum(each.pss for each in pages) + hidden_bytes(pages, more)

    def _known(self, rows: Iterable[Row]) -> list[Pages]:
        return [self._pages[_key(row)][1] for row in rows if _key(row) in self._pages]

    def _assigned(
        self, table: Table, roots: Mapping[ServerName, int]
    ) -> dict[ServerName, list[Row]]:
        return assign(table, roots, self._uids_of(table) if os.geteuid() == 0 else {})

    def _uids_of(self, table: Table) -> dict[int, int]:
        """Return the uid of every process that is not our own; that of another never changes."""
        own = os.geteuid()
        for row in table.values():
            if _key(row) not in self._uids:
                uid = read_uid(row.pid)
                if uid not in {None, own}:  # one of ours may still become somebody's
                    self._uids[_key(row)] = uid or 0
        return {row.pid: self._uids[_key(row)] for row in table.values() if _key(row) in self._uids}

    def _forget(self, table: Table) -> None:
        alive = {_key(row) for row in table.values()}
        self._uids = {key: uid for key, uid in self._uids.items() if key in alive}
        self._pages = {key: value for key, value in self._pages.items() if key in alive}

    def _refresh_pss(self, found: Mapping[ServerName, list[Row]]) -> None:
        deadline = time.monotonic() + _PSS_SECONDS
        near = [row for rows in found.values() if self._is_near(rows) for row in rows]
        for row in near:
            self._ask_pss(row)
        rows = [row for rows in found.values() for row in rows]
        rows.sort(key=lambda row: self._asked_at(_key(row)))  # the unknown first
        for row in rows:
            if time.monotonic() >= deadline:
                return
            self._ask_pss(row)

    def _asked_at(self, key: _Key) -> float:
        return self._pages[key][0] if key in self._pages else 0.0

    def _is_near(self, rows: Collection[Row]) -> bool:
        """By RSS, and by what was out of sight at the last look."""
        most = sum(row.rss_bytes for row in rows) + hidden_bytes(self._known(rows))
        return self.limit > 0 and most > self.limit * MIB * _NEAR

    def _ask_pss(self, row: Row) -> None:
        pages = read_pages(row.pid, self._uids.get(_key(row)))
        self._pages[_key(row)] = (time.monotonic(), pages or Pages(0))

    def _living(self, asked: Iterable[tuple[ServerName, int]]) -> set[ServerName]:
        return {name for name, pid in asked if self._is_living(name, pid)}

    def _is_living(self, name: ServerName, pid: int) -> bool:
        row = read_row(pid)
        return row is not None and self._births.get(name) == _key(row)

    def _end(self, name: ServerName, roots: Mapping[ServerName, int]) -> None:
        """Kill, look, kill again: what a process starts while it is killed is found then."""
        known: dict[_Key, Row] = {}
        deadline = time.monotonic() + _KILL_SECONDS
        while time.monotonic() < deadline:
            table = read_table()
            known |= {_key(row): row for row in self._assigned(table, roots)[name]}
            left = [row for key, row in known.items() if _is_in(table, key)]
            if not left:
                return
            # Whoever lost its parent belongs to the killed all the same.
            for row in left:
                known |= {_key(each): each for each in assign(table, {name: row.pid}, {})[name]}
            for pid, born in known:
                _kill(pid, born)
            time.sleep(_KILL_PAUSE)


def _roots(records: Iterable[ServerRecord]) -> dict[ServerName, int]:
    """Return the servers' processes, in the order of names: each look assigns alike."""
    return {
        name: pid for name, pid in sorted((each.name, each.pid or 0) for each in records) if pid
    }


def _key(row: Row) -> _Key:
    return row.pid, row.born


def _is_in(table: Table, key: _Key) -> bool:
    return (row := table.get(key[0])) is not None and row.born == key[1]


def _kill(pid: int, born: int) -> None:
    """Send SIGKILL to this very process: a descriptor holds it while its birth is looked at."""
    with suppress(OSError):
        descriptor = os.pidfd_open(pid)
        try:
            if (row := read_row(pid)) is not None and row.born == born:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        finally:
            os.close(descriptor)
