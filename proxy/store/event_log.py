"""Events on their way to the store: noted at once, written together once a second.

Promises: `note` waits for nothing and never fails for want of a disk; at most `MOST` wait, those
beyond are counted, and the count becomes an event itself; what the store refuses now is tried
again. A kill loses what was noted within the last second, and nothing else.
"""

from collections import deque
from collections.abc import Mapping

import structlog

from proxy.core.clock import Clock
from proxy.core.errors import StoreUnavailable
from proxy.core.events import Event, EventKind, make_event
from proxy.core.identity import SHARED, ServerName
from proxy.metrics import EVENTS_LOST
from proxy.store import events
from proxy.store.database import Store

WRITE_SECONDS = 1.0
MOST = 10_000
_AT_ONCE = 500
_PRUNED_AT_ONCE = 2_000
_log = structlog.get_logger()


class EventLog:
    """What was noted and is not written yet."""

    def __init__(self, store: Store, clock: Clock, *, most: int = MOST) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._waiting: deque[Event] = deque()
        self._lost = 0
        self._is_failing = False

    def note(
        self,
        kind: EventKind,
        *,
        user: str = "",
        server: str = "",
        course: str = "",
        about: Mapping[str, str] | None = None,
    ) -> None:
        """Take note; what belongs to `about` stands in `core.events.FACTS`."""
        if len(self._waiting) >= self._most:
            self._lost += 1
            EVENTS_LOST.inc()
            return
        self._waiting.append(
            make_event(kind, self._clock(), user=user, server=server, course=course, about=about)
        )

    def note_server(self, kind: EventKind, name: ServerName, reason: str) -> None:
        """The same for what happened to a server; handed to the floor below as a callable."""
        owner = "" if name == SHARED else name.owner
        self.note(kind, user=owner, server=str(name), about={"reason": reason})

    async def write(self) -> None:
        """Write everything that waits; what cannot be written goes on waiting."""
        while self._waiting or self._lost:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            lost, self._lost = self._lost, 0
            if lost:
                count = {"number": str(lost)}
                batch.append(make_event(EventKind.EVENTS_LOST, self._clock(), about=count))
            try:
                await self._store.write(events.add_all, batch)
            except StoreUnavailable as problem:
                # Not when cancelled: the thread then goes on, and each event is written once.
                self._waiting.extendleft(reversed(batch[:-1] if lost else batch))
                self._lost += lost
                self._tell_failure(problem)
                return
            self._tell_success(lost)

    async def forget(self, before: float) -> None:
        """Delete what is older, a bounded piece at a time, so that nobody waits long for it."""
        while await self._store.write(events.prune, before, most=_PRUNED_AT_ONCE):
            pass

    def _tell_failure(self, problem: StoreUnavailable) -> None:
        if not self._is_failing:
            _log.warning("events.not_written", waiting=len(self._waiting), why=problem.detail)
        self._is_failing = True

    def _tell_success(self, lost: int) -> None:
        if self._is_failing:
            _log.info("events.written_again")
        if lost:
            _log.error("events.lost", number=lost)
        self._is_failing = False
