"""Stops servers that nobody uses; whether it may is decided in `core.culling`.

Promises: a server that cannot be asked is kept; one that fails, in whatever way, does not keep the
others from being looked at.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from proxy.core.clock import Clock
from proxy.core.culling import Seen, reason_to_stop
from proxy.core.errors import SifuError
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.servers.jupyter_api import JupyterApi
from proxy.store.records import ServerRecord

_AT_ONCE = 8
_log = structlog.get_logger()


class StopServer(Protocol):
    """The manager's `stop`."""

    async def __call__(self, name: ServerName, *, reason: str) -> ServerRecord: ...


class Culler:
    """`idle_timeout` in seconds; 0 means that nothing is ever stopped."""

    def __init__(
        self,
        list_all: Callable[[], Awaitable[list[ServerRecord]]],
        stop: StopServer,
        clock: Clock,
        *,
        idle_timeout: int,
    ) -> None:
        self._list_all = list_all
        self._stop = stop
        self._clock = clock
        self._idle_timeout = idle_timeout
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def cull(self) -> None:
        """Look at every server that is ready, once."""
        if self._idle_timeout == 0:
            return
        records = await self._list_all()
        ready = [record for record in records if record.state is State.READY]
        looks = await asyncio.gather(
            *(self._consider(record) for record in ready), return_exceptions=True
        )
        for record, problem in zip(ready, looks, strict=True):
            if isinstance(problem, Exception):  # one bad server keeps no other from being culled
                _log.warning("server.cull_failed", server=str(record.name), problem=repr(problem))

    async def _consider(self, record: ServerRecord) -> None:
        try:
            await self._look(record)
        except SifuError as problem:
            _log.warning("server.cull_failed", server=str(record.name), problem=problem.public)
        except Exception as problem:
            # In a thread: a traceback is made by reading source files.
            await asyncio.to_thread(
                _log.error, "server.cull_broken", server=str(record.name), exc_info=problem
            )

    async def _look(self, record: ServerRecord) -> None:
        if self._reason_to_stop(Seen(_touched(record), ())) is None:
            return  # somebody was here: no need to ask Jupyter
        async with self._places:
            if (reason := self._reason_to_stop(await self._see(record))) is None:
                return
            _log.info("server.culled", server=str(record.name), reason=reason)
            await self._stop(record.name, reason=reason)

    def _reason_to_stop(self, seen: Seen) -> str | None:
        return reason_to_stop(seen, now=self._clock(), idle_timeout=self._idle_timeout)

    async def _see(self, record: ServerRecord) -> Seen:
        api = JupyterApi(record.name, record.address, record.identity_key, self._clock)
        return Seen(_touched(record), await api.kernels(), await api.terminals())


def _touched(record: ServerRecord) -> float:
    return max(record.last_activity or 0.0, record.started or 0.0)
