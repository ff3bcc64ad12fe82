"""What the feed told, asked as a relay asks, inside a transaction of the ordinary store."""

from sqlalchemy import Connection

from proxy.store import facts
from proxy.store.any_database import through
from proxy.store.records import Change


def since(connection: Connection, seq: int, *, limit: int = 1000) -> list[Change]:
    return facts.changes_since(through(connection), seq, limit=limit)


def latest(connection: Connection) -> int:
    return facts.newest_change(through(connection))
