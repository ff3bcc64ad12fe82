"""Stops servers that nobody uses; whether it may is decided in `core.culling`.

Promises: a server that cannot be asked is kept, and asked again; one that cannot be asked
`MOST_SILENT_ROUNDS` times in a row has failed; one that fails, in whatever way, does not keep the
others from being looked at.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from proxy.core.clock import Clock
from proxy.core.culling import (
    MOST_SILENT_ROUNDS,
    SILENT,
    Seen,
    Verdict,
    is_idle,
    reason_of_age,
    reason_to_stop,
)
from proxy.core.errors import SifuError
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.jupyter_api import JupyterApi
from proxy.store.records import ServerRecord

_AT_ONCE = 8
_log = structlog.get_logger()
# None keeps the server.
Judge = Callable[[ServerRecord], Awaitable[Verdict | None]]


class EndServer(Protocol):
    """The manager's `stop`, and its `fail`."""

    async def __call__(self, name: ServerName, *, reason: str) -> ServerRecord: ...


class Servers(Protocol):
    """What the culler needs of the manager."""

    async def list_all(self) -> list[ServerRecord]: ...

    async def get(self, name: ServerName) -> ServerRecord | None: ...

    async def end(self, record: ServerRecord, verdict: Verdict) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """`idle_timeout_of` gives the seconds for a server, 0 for never; `max_age` 0 means any age."""

    idle_timeout_of: Callable[[ServerName], Awaitable[int]]
    max_age: int = 0


class Culler:
    """Looks at servers in rounds, and ends those whose time has come."""

    def __init__(self, servers: Servers, patience: Patience, clock: Clock) -> None:
        self._servers = servers
        self._patience = patience
        self._clock = clock
        self._silent: dict[ServerName, int] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def cull(self) -> None:
        """Look at every server that is ready, once."""
        await self._judge_all(self._judge)

    async def stop_idle(self, seconds: int, reason: str) -> int:
        """Stop those where nothing computes and nothing happened for so long; return how many."""

        async def judge(record: ServerRecord) -> Verdict | None:
            seen = await self._see(record)
            has_rest = is_idle(seen, now=self._clock(), idle_timeout=seconds)
            return Verdict(reason) if has_rest else None

        return await self._judge_all(judge)

    async def _judge_all(self, judge: Judge) -> int:
        records = await self._servers.list_all()
        ready = [record.name for record in records if record.state is State.READY]
        self._silent = {name: self._silent[name] for name in ready if name in self._silent}
        ended = await asyncio.gather(*(self._consider(name, judge) for name in ready))
        return sum(ended)

    async def _consider(self, name: ServerName, judge: Judge) -> bool:
        """Ends it if it is to be; one bad server keeps no other from being looked at."""
        try:
            async with self._places:
                return await self._judge_one(name, judge)
        except SifuError as problem:
            _log.warning("server.cull_failed", server=str(name), problem=problem.public)
        except Exception as problem:
            # In a thread: a traceback is made by reading source files.
            await asyncio.to_thread(
                _log.error, "server.cull_broken", server=str(name), exc_info=problem
            )
        return False

    async def _judge_one(self, name: ServerName, judge: Judge) -> bool:
        record = await self._servers.get(name)  # somebody may have come while others were judged
        if record is None or record.state is not State.READY:
            return False
        if (verdict := await judge(record)) is None:
            return False
        _log.info("server.culled", server=str(name), reason=verdict.reason)
        await self._servers.end(record, verdict)
        return True

    async def _judge(self, record: ServerRecord) -> Verdict | None:
        now = self._clock()
        if reason := reason_of_age(record.started or now, now=now, max_age=self._patience.max_age):
            return Verdict(reason)
        idle_timeout = await self._patience.idle_timeout_of(record.name)
        if not is_idle(Seen(_touched(record), ()), now=now, idle_timeout=idle_timeout):
            self._silent.pop(record.name, None)
            return None  # somebody was here: no need to ask Jupyter
        seen = await self._see(record)
        if self._is_silent_for_long(record.name, seen):
            return SILENT
        reason = reason_to_stop(seen, now=self._clock(), idle_timeout=idle_timeout)
        return None if reason is None else Verdict(reason)

    def _is_silent_for_long(self, name: ServerName, seen: Seen) -> bool:
        if not seen.is_silent:
            self._silent.pop(name, None)
            return False
        self._silent[name] = self._silent.get(name, 0) + 1
        _log.warning("server.silent", server=str(name), rounds=self._silent[name])
        return self._silent[name] >= MOST_SILENT_ROUNDS

    async def _see(self, record: ServerRecord) -> Seen:
        api = JupyterApi(record.name, record.address, record.identity_key, self._clock)
        # Kernels last: whoever presses a key meanwhile makes one busy.
        terminals = await api.terminals()
        kernels = None if terminals is None else await api.kernels()
        return Seen(_touched(record), kernels, terminals)


def _touched(record: ServerRecord) -> float:
    return max(record.last_activity or 0.0, record.started or 0.0)
