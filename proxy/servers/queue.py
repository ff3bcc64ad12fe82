"""Who waits for room, in memory; the rows hold the same order for the next front.

Promises: everybody who waits is told their place at once and each time it changes; who leaves the
queue, however that comes, is waited for by nobody any more. Bounded by the number of workspaces: a
server waits once. Must not: decide who is started (that is for `admission`).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.progress import Progress
from proxy.core.queueing import in_order, paused_sentence, place_sentence, ticket
from proxy.servers.progress_board import ProgressBoard
from proxy.store.records import ServerRecord


@dataclass(frozen=True, slots=True)
class _Wait:
    since: float
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


class Queue:
    """Names in the order in which they came."""

    def __init__(self, board: ProgressBoard) -> None:
        self._board = board
        self._waits: dict[ServerName, _Wait] = {}
        self._is_paused = False
        self._newest = 0.0

    def restore(self, records: Iterable[ServerRecord]) -> None:
        """Take up what the rows hold, from an earlier front or from a wish that was cut off."""
        for record in records:
            if record.state is State.QUEUED:
                self.join(record.name, record.started or 0.0)

    def ticket(self, now: float) -> float:
        """Return the time under which somebody waits who comes now, should that be needed."""
        self._newest = ticket(now, self._newest)
        return self._newest

    def join(self, name: ServerName, since: float) -> None:
        """Wait behind those with an earlier ticket; who waits already keeps the place."""
        if name in self._waits:
            return
        last = next(reversed(self._waits.values()), None)
        self._waits[name] = _Wait(since)
        self._newest = max(self._newest, since)
        if last is None or last.since <= since:
            self._tell(name, len(self._waits))
            return
        order = in_order((wait.since, each) for each, wait in self._waits.items())
        self._waits = {each: self._waits[each] for each in order}
        self._tell_all()

    def leave(self, name: ServerName) -> None:
        """Be gone, and let the others move up; does nothing for who does not wait."""
        if (wait := self._waits.pop(name, None)) is not None:
            wait.is_over.set()
            self._tell_all()

    def pause(self, is_paused: bool) -> None:
        """Tell those who wait that nothing is started for now, or that it goes on."""
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            self._tell_all()

    async def wait(self, name: ServerName) -> None:
        """Return when this server does not wait in the queue (any more)."""
        if (wait := self._waits.get(name)) is not None:
            await wait.is_over.wait()

    @property
    def head(self) -> ServerName | None:
        """Whose turn is next."""
        return next(iter(self._waits), None)

    def places(self) -> dict[ServerName, int]:
        """Return everybody who waits, with their place; 1 is the next."""
        return {name: place for place, name in enumerate(self._waits, start=1)}

    def _tell_all(self) -> None:
        for name, place in self.places().items():
            self._tell(name, place)

    def _tell(self, name: ServerName, place: int) -> None:
        sentence = paused_sentence(place) if self._is_paused else place_sentence(place)
        # A new beginning each time: a long wait shall not pile up steps.
        self._board.begin(name, Progress(State.QUEUED, sentence, 0))
