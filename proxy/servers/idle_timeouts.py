"""After how long an idle server is stopped, where courses have something to say about it.

Promises: the courses decide of which a notebook was opened in a server since its start, and the
longest holds: of each its own time-out, or the installation's if it has none; without any it is the
installation's. 0 is never, and so the longest. Asks little: courses change seldom, and where none
has a time-out of its own nothing else is asked. Must not: stop anything (`culler`).
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.store import courses, events, servers
from proxy.store.database import Store

_REMEMBERED_SECONDS = 60.0


class IdleTimeouts:
    """Of one installation; `default` is its own, in seconds."""

    def __init__(self, store: Store, clock: Clock, default: int) -> None:
        self._store = store
        self._clock = clock
        self._default = default
        self._own: Mapping[str, int] = {}
        self._until = float("-inf")

    async def of(self, name: ServerName) -> int:
        """Return the seconds for a server; raises `StoreUnavailable`."""
        now = self._clock()
        if now >= self._until:
            self._own = await self._store.read(_own_timeouts)
            self._until = now + _REMEMBERED_SECONDS
        if not self._own:
            return self._default
        return longest(await self._store.read(_opened, name), self._own, self._default)


def longest(opened: Collection[str], own: Mapping[str, int], default: int) -> int:
    """Return the longest of the courses that were opened."""
    found = [own.get(course, default) for course in opened] or [default]
    return 0 if 0 in found else max(found)


def _own_timeouts(connection: Connection) -> dict[str, int]:
    return {
        course.name: course.outline.idle_timeout
        for course in courses.list_all(connection)
        if course.archived is None and course.outline.idle_timeout is not None
    }


def _opened(connection: Connection, name: ServerName) -> list[str]:
    record = servers.get(connection, name)
    since = (record.started if record else None) or 0.0
    return events.courses_opened(connection, str(name), since)
