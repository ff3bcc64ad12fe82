"""What happened: rows that are added and, after their time, deleted; none is ever changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select

from proxy.core.events import Event, EventKind
from proxy.store.tables import events


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: of one kind, user or server, from `since` on and before `until`."""

    kind: EventKind | None = None
    user: str = ""
    server: str = ""
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event and its number."""

    number: int
    event: Event


def add_all(connection: Connection, happened: Sequence[Event]) -> None:
    """Write these events, in their order."""
    rows = [
        {
            "at": each.at,
            "kind": each.kind.value,
            "user_slug": each.user,
            "server": each.server,
            "course": each.course,
            "about": json.dumps(dict(each.about), ensure_ascii=False),
        }
        for each in happened
    ]
    if rows:
        connection.execute(insert(events), rows)


def find(
    connection: Connection, wanted: Wanted, *, before: int | None = None, limit: int
) -> list[StoredEvent]:
    """Return the newest first; `before` is the smallest number of the page before."""
    chosen = _chosen(wanted).order_by(events.c.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(events.c.id < before)
    return [_from_row(row) for row in connection.execute(chosen)]


def find_after(
    connection: Connection, wanted: Wanted, after: int, *, limit: int
) -> list[StoredEvent]:
    """Return the oldest first, numbers above `after`; for exports, page by page."""
    chosen = _chosen(wanted).where(events.c.id > after).order_by(events.c.id).limit(limit)
    return [_from_row(row) for row in connection.execute(chosen)]


def courses_opened(connection: Connection, server: str, since: float) -> list[str]:
    """Return of which courses a notebook was opened in a server."""
    chosen = select(events.c.course).where(
        events.c.server == server,
        events.c.at >= since,
        events.c.kind == EventKind.OPENED.value,
        events.c.course != "",  # the server itself: every launch begins with that
    )
    return sorted(connection.execute(chosen.distinct()).scalars())


def prune(connection: Connection, before: float, *, most: int) -> int:
    """Delete at most so many of those from before that time; return how many it were."""
    old = select(events.c.id).where(events.c.at < before).order_by(events.c.id).limit(most)
    return connection.execute(delete(events).where(events.c.id.in_(old))).rowcount


def _chosen(wanted: Wanted) -> Select[Any]:
    return select(events).where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        conditions.append(events.c.kind == wanted.kind.value)
    if wanted.user:
        conditions.append(events.c.user_slug == wanted.user)
    if wanted.server:
        conditions.append(events.c.server == wanted.server)
    if wanted.since is not None:
        conditions.append(events.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(events.c.at < wanted.until)
    return conditions


def _from_row(row: Row[Any]) -> StoredEvent:
    event = Event(
        at=row.at,
        kind=EventKind(row.kind),
        user=row.user_slug,
        server=row.server,
        course=row.course,
        about=json.loads(row.about),
    )
    return StoredEvent(row.id, event)
