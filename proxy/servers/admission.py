"""Lets servers start: at once where there is room and nobody waits, else one after the other.

Promises: never more than there is room for, however many wish at once; nobody passes one who came
earlier; a room that becomes free is noticed without anybody asking (`advance`); who waits is in the
table before anybody is told so. Must not: know how a start is done (`begin` does it).
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import structlog

from proxy.core.clock import Clock
from proxy.core.credentials import SECRET_BYTES, RandomText
from proxy.core.errors import ServerNotRunning, SifuError
from proxy.core.identity import ServerName
from proxy.core.lifecycle import Event, State
from proxy.core.progress import Progress
from proxy.core.queueing import Room, has_room, slow_before
from proxy.servers.ledger import Ledger
from proxy.servers.maintenance import Maintenance
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.queue import Queue
from proxy.store.records import ServerRecord
from proxy.tasks import cancel, spawn

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Doors:
    """What decides whether a server may be started: the switch, and how many there may be."""

    maintenance: Maintenance
    room: Room


class Admission:
    """`begin` starts a server whose row says so; `alone` holds a server's lock."""

    def __init__(
        self,
        doors: Doors,
        ledger: Ledger,
        board: ProgressBoard,
        clock: Clock,
        random_text: RandomText,
        *,
        begin: Callable[[ServerRecord], None],
        alone: Callable[[ServerName], AbstractAsyncContextManager[None]],
    ) -> None:
        self._doors = doors
        self._ledger = ledger
        self._board = board
        self._clock = clock
        self._random_text = random_text
        self._begin = begin
        self._alone = alone
        self.queue = Queue(board)
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self._is_closed = False
        # Held from counting until the row is written. Taken inside a server's lock, never around.
        self._gate = asyncio.Lock()

    def ticket(self) -> float:
        """Return a place in the order for who comes now; drawn before anything is waited for."""
        return self.queue.ticket(self._clock())

    async def enter(self, record: ServerRecord, gateway_url: str, since: float) -> ServerRecord:
        """Start this server or let it wait by its ticket `since`; the caller holds its lock.

        Raises `ServerNotRunning` while nothing is started because of maintenance.
        """
        if (closed := await self._doors.maintenance.look()) is not None:
            raise ServerNotRunning(closed.sentence)
        async with self._gate:
            if self.queue.head is None and await self._has_room():
                record = await self._admit(record, Event.START, gateway_url, is_wished=True)
            else:
                record = await self._ledger.move(
                    record,
                    Event.QUEUE,
                    is_wished=True,
                    reason="",
                    gateway_url=gateway_url,
                    started=since,
                )
                self.queue.join(record.name, since)
                self.advance()  # room may have come while the row was written
        return self.placed(record)

    async def leave(self, record: ServerRecord, reason: str) -> ServerRecord:
        """Take a queued server out of the queue; the caller holds its lock."""
        record = await self._ledger.move(record, Event.STOP, reason=reason)
        self.queue.leave(record.name)
        self._board.post(
            record.name, Progress(record.state, "It does not wait in the queue any more.", 100)
        )
        return record

    def restore(self, record: ServerRecord) -> None:
        """Take up a queued row that nobody here knows of."""
        self.queue.restore([record])
        self.advance()

    def placed(self, record: ServerRecord) -> ServerRecord:
        """Return the record with its place in the queue."""
        if record.state is not State.QUEUED:
            return record
        return replace(record, place=self.queue.places().get(record.name, 0))

    def advance(self) -> None:
        """Something may have changed: let in who may. Returns at once."""
        self._again = True
        if self._is_closed or self.queue.head is None:
            return
        if self._task is None or self._task.done():
            self._task = spawn(self._let_in_all(), name="servers.queue")

    async def refresh(self) -> None:
        """Look whether the doors are open, tell who waits, and let in who may."""
        self.queue.pause(await self._doors.maintenance.look() is not None)
        self.advance()

    async def close(self) -> None:
        """Let nobody in any more; who waits keeps the place in the row."""
        self._is_closed = True
        if self._task is not None:
            await cancel(self._task)

    async def _let_in_all(self) -> None:
        while self._again:
            self._again = False
            try:
                while (name := self.queue.head) is not None and await self._let_in(name):
                    pass
            except SifuError as problem:  # the next round of the watch tries again
                _log.warning("queue.stuck", problem=problem.public, detail=problem.detail)

    async def _let_in(self, name: ServerName) -> bool:
        """Start the first of the queue; False if there is no room for it."""
        async with self._alone(name):
            record = await self._ledger.get(name)
            if record is not None and record.state is State.QUEUED:
                async with self._gate:
                    if await self._doors.maintenance.look() or not await self._has_room():
                        return False
                    await self._admit(record, Event.ADMIT, record.gateway_url)
            self.queue.leave(name)
        return True

    async def _has_room(self) -> bool:
        states, slow = await self._ledger.count_by_state(slow_before(self._clock()))
        return has_room(states, self._doors.room, slow)

    async def _admit(
        self, record: ServerRecord, event: Event, gateway_url: str, *, is_wished: bool = False
    ) -> ServerRecord:
        record = await self._ledger.move(
            record,
            event,
            is_wished=is_wished,
            reason="",
            gateway_url=gateway_url,
            identity_key=record.identity_key or self._random_text(SECRET_BYTES),
            started=self._clock(),
        )
        self._begin(record)
        return record
