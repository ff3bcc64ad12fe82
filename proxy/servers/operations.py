"""Bringing a server up, taking it down, putting it down: the long works, step by step.

Promises: each ends in a state that is not pending, whatever fails on the way, unless it is
cancelled; every step is on the progress board. Must not: decide whether the work is wanted, or run
twice for one server (that is the manager's part). What happened is told to `note`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from proxy.core.clock import Clock
from proxy.core.errors import ServerNotRunning, SifuError
from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import PENDING, Event, State
from proxy.core.progress import Progress
from proxy.core.queueing import place_sentence
from proxy.metrics import SERVER_START_SECONDS, SERVER_STARTS, Start
from proxy.servers.jupyter_api import JupyterApi
from proxy.servers.ledger import Ledger
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.readiness import await_answer
from proxy.servers.spawner import Alive, Gone, ServerSpec, Spawner
from proxy.store.records import ServerRecord

LOG_LINES = 20
Note = Callable[[EventKind, ServerName, str], None]
_log = structlog.get_logger()


def note_nothing(kind: EventKind, name: ServerName, reason: str) -> None:
    """What is done with events where nobody keeps them."""


async def refuse_nothing(name: ServerName) -> str | None:
    """What is asked before a start where everybody may."""
    return None


@dataclass(frozen=True, slots=True)
class Operations:
    """`describe` makes a spec of a record. `read_log` and `is_ending` block: in a thread only.

    `refuse_start` says why a server may not be started, or None; `note` is told what happened.
    """

    ledger: Ledger
    spawner: Spawner
    board: ProgressBoard
    clock: Clock
    random: Callable[[], float]
    start_seconds: float
    describe: Callable[[ServerRecord], ServerSpec]
    read_log: Callable[[ServerName, int], tuple[str, ...]]
    is_ending: Callable[[], bool]  # does supervisord end, and everything with it?
    refuse_start: Callable[[ServerName], Awaitable[str | None]] = refuse_nothing
    note: Note = note_nothing

    async def bring_up(self, record: ServerRecord) -> None:
        """From `starting` to `ready` or `failed`."""
        began = time.monotonic()
        try:
            record, reason = await self._start(record)
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
        self.note(EventKind.SERVER_STARTED, record.name, "")
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
        self.note(EventKind.SERVER_STOPPED, record.name, reason)
        self._post(record, "The server is stopped.", 100)

    async def put_down(self, record: ServerRecord, end: Callable[[], Awaitable[None]]) -> None:
        """From `stopping` to `failed`, for the record's reason; `end` is what cannot wait."""
        self._post(record, "The server is being ended.", 50)
        try:
            await end()
        except Exception as problem:  # then the spawner ends it, if more slowly
            _log.warning("server.end_failed", server=str(record.name), problem=repr(problem))
        await self._fail(record, record.reason)

    async def clear_away(self, name: ServerName) -> None:
        """End and remove what is left of a server that nobody wants to run."""
        try:
            await self.spawner.stop(name)
        except Exception as problem:  # it is seen again, and tried again
            _log.warning("server.stop_failed", server=str(name), problem=repr(problem))
        else:
            _log.info("server.cleared_away", server=str(name))

    async def look(self, record: ServerRecord) -> ServerRecord:
        """Compare a `ready` row with its process; record that it died, if it did."""
        try:
            status = await self.spawner.poll(record.name)
        except ServerNotRunning as problem:
            _log.warning("server.not_looked_at", server=str(record.name), problem=problem.detail)
            return record
        if isinstance(status, Alive):
            return await self._follow(record, status)
        if await asyncio.to_thread(self.is_ending):
            return record
        return await self._note_death(record, status)

    async def _start(self, record: ServerRecord) -> tuple[ServerRecord, str | None]:
        """Return why it does not answer, or None if it does."""
        if refusal := await self._refusal(record):
            return record, refusal
        self._post(record, "The configuration is written.", 10)
        alive = await self.spawner.start(self.describe(record))
        record = await self.ledger.move(
            record,
            Event.FOUND,
            pid=alive.pid,
            address=alive.address,
            identity_key=alive.identity_key,
        )
        self._post(record, f"Jupyter was started (process {alive.pid}).", 30)
        return record, await self._await_answer(record, alive)

    async def _refusal(self, record: ServerRecord) -> str | None:
        # What runs already was started by an earlier front, and is only taken up.
        return None if record.pid is not None else await self.refuse_start(record.name)

    async def _follow(self, record: ServerRecord, alive: Alive) -> ServerRecord:
        """Another process than the row says has its place: believe what is."""
        found: dict[str, Any] = {"pid": alive.pid, "address": alive.address}
        if alive.identity_key:  # without: its files are gone, and the row alone knows the key
            found["identity_key"] = alive.identity_key
        return await self.ledger.move(record, Event.FOUND, **found)

    async def _note_death(self, record: ServerRecord, gone: Gone) -> ServerRecord:
        reason = gone.reason or "Jupyter ended unexpectedly."
        record = await self.ledger.move(record, Event.DIED, reason=reason)
        _log.warning("server.died", server=str(record.name), reason=reason)
        self.note(EventKind.SERVER_FAILED, record.name, reason)
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
        if record.state is State.STARTING:
            SERVER_STARTS.labels(Start.FAILED.value).inc()
        _log.warning("server.failed", server=str(record.name), reason=reason)
        try:
            await self.spawner.stop(record.name)
        except Exception as problem:
            _log.warning("server.stop_failed", server=str(record.name), problem=repr(problem))
        record = await self.ledger.move(record, Event.FAILED, reason=reason)
        self.note(EventKind.SERVER_FAILED, record.name, reason)
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
        State.QUEUED: place_sentence(record.place),
        State.STARTING: "The server is starting.",
        State.READY: "Your server is ready.",
        State.STOPPING: "The server is being stopped.",
        State.FAILED: record.reason or "The server failed.",
    }
    percent = 50 if record.state in PENDING else 100
    shown = log if record.state is State.FAILED else ()
    return replace(Progress(record.state, messages[record.state], percent), log=shown)
