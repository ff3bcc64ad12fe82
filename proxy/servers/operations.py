"""Bringing a server up and taking it down: the two long works, step by step.

Promises: each ends in a state that is not pending, whatever fails on the way, unless it is
cancelled; every step is on the progress board. Must not: decide whether the work is wanted, or run
twice for one server (that is the manager's part).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from proxy.core.clock import Clock
from proxy.core.errors import ServerNotRunning, SifuError
from proxy.core.identity import ServerName
from proxy.core.lifecycle import Event, State
from proxy.core.progress import Progress
from proxy.metrics import SERVER_START_SECONDS, SERVER_STARTS, Start
from proxy.servers.jupyter_api import JupyterApi
from proxy.servers.ledger import Ledger
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.readiness import await_answer
from proxy.servers.spawner import Alive, Gone, ServerSpec, Spawner
from proxy.store.records import ServerRecord

LOG_LINES = 20
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Operations:
    """`describe` makes a spec of a record. `read_log` and `is_ending` block: in a thread only."""

    ledger: Ledger
    spawner: Spawner
    board: ProgressBoard
    clock: Clock
    random: Callable[[], float]
    start_seconds: float
    describe: Callable[[ServerRecord], ServerSpec]
    read_log: Callable[[ServerName, int], tuple[str, ...]]
    is_ending: Callable[[], bool]  # does supervisord end, and everything with it?

    async def bring_up(self, record: ServerRecord) -> None:
        """From `starting` to `ready` or `failed`."""
        began = time.monotonic()
        self._post(record, "The configuration is written.", 10)
        try:
            alive = await self.spawner.start(self.describe(record))
            record = await self.ledger.move(
                record,
                Event.FOUND,
                pid=alive.pid,
                address=alive.address,
                identity_key=alive.identity_key,
            )
            self._post(record, f"Jupyter was started (process {alive.pid}).", 30)
            reason = await self._await_answer(record, alive)
        except SifuError as problem:
            _log.warning("server.start_refused", server=str(record.name), why=problem.detail)
            reason = problem.public
        except Exception as problem:
            # In a thread: a traceback is made by reading source files.
            await asyncio.to_thread(
                _log.error, "server.start_broken", server=str(record.name), exc_info=problem
            )
            reason = "Something went wrong while it was started; the operator's log has the reason."
        if reason is not None:
            await self._fail(record, reason)
            return
        record = await self.ledger.move(record, Event.ANSWERED, reason="")
        SERVER_STARTS.labels(Start.READY.value).inc()
        SERVER_START_SECONDS.observe(time.monotonic() - began)
        _log.info("server.ready", server=str(record.name), pid=record.pid)
        self._post(record, "Your server is ready.", 100)

    async def take_down(self, record: ServerRecord) -> None:
        """From `stopping` to `stopped`; the record's reason is kept for people."""
        reason = record.reason
        self._post(record, "The server is being stopped.", 50)
        try:
            await self.spawner.stop(record.name)
        except Exception as problem:
            # Looked at again by the next poll: if it lives, the next start finds it.
            _log.warning("server.stop_failed", server=str(record.name), problem=repr(problem))
            reason = "It could not be stopped properly; the operator's log has the reason."
        record = await self.ledger.move(record, Event.EXITED, reason=reason)
        _log.info("server.stopped", server=str(record.name), reason=reason)
        self._post(record, "The server is stopped.", 100)

    async def look(self, record: ServerRecord) -> ServerRecord:
        """Compare a `ready` row with its process; record that it died, if it did."""
        try:
            status = await self.spawner.poll(record.name)
        except ServerNotRunning as problem:
            _log.warning("server.not_looked_at", server=str(record.name), problem=problem.detail)
            return record
        if isinstance(status, Alive) or await asyncio.to_thread(self.is_ending):
            return record
        return await self._note_death(record, status)

    async def _note_death(self, record: ServerRecord, gone: Gone) -> ServerRecord:
        reason = gone.reason or "Jupyter ended unexpectedly."
        record = await self.ledger.move(record, Event.DIED, reason=reason)
        _log.warning("server.died", server=str(record.name), reason=reason)
        await self._post_failure(record)
        return record

    async def _await_answer(self, record: ServerRecord, alive: Alive) -> str | None:
        self._post(record, "Jupyter is loading.", 50)
        api = JupyterApi(record.name, alive.address, record.identity_key, self.clock)
        reason = await await_answer(
            api.answers,
            lambda: self.spawner.poll(record.name),
            seconds=self.start_seconds,
            random=self.random,
            gateway_url=record.gateway_url,
        )
        if reason is None:
            self._post(record, "Jupyter answers.", 90)
        return reason

    async def _fail(self, record: ServerRecord, reason: str) -> None:
        SERVER_STARTS.labels(Start.FAILED.value).inc()
        _log.warning("server.failed", server=str(record.name), reason=reason)
        try:
            await self.spawner.stop(record.name)
        except Exception as problem:
            _log.warning("server.stop_failed", server=str(record.name), problem=repr(problem))
        record = await self.ledger.move(record, Event.FAILED, reason=reason)
        await self._post_failure(record)

    async def _post_failure(self, record: ServerRecord) -> None:
        lines = await asyncio.to_thread(self.read_log, record.name, LOG_LINES)
        self.board.post(record.name, Progress(record.state, record.reason, 100, lines))

    def _post(self, record: ServerRecord, message: str, percent: int) -> None:
        self.board.post(record.name, Progress(record.state, message, percent))


def progress_of(record: ServerRecord, log: tuple[str, ...]) -> Progress:
    """What to tell of a server whose steps nobody remembers (front was restarted)."""
    messages = {
        State.STOPPED: record.reason or "The server is not running.",
        State.STARTING: "The server is starting.",
        State.READY: "Your server is ready.",
        State.STOPPING: "The server is being stopped.",
        State.FAILED: record.reason or "The server failed.",
    }
    percent = 50 if record.state in {State.STARTING, State.STOPPING} else 100
    shown = log if record.state is State.FAILED else ()
    return replace(Progress(record.state, messages[record.state], percent), log=shown)
