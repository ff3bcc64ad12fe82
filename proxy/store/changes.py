"""The feed that tells every relay what no longer holds.

    session   key = session id           the session ended
    token     key = token id             the API token was revoked
    server    key = owner/workspace      its state, address or key changed
    user      key = slug                 the account was removed

Written in the transaction of the change itself; read by polling with `since`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text

from proxy.store.tables import changes


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the feed."""

    seq: int
    kind: str
    key: str


def publish(connection: Connection, kind: str, key: str, now: float) -> None:
    if connection.dialect.name == "postgresql":
        # Numbers are drawn before commit there: without a queue, a reader could pass over a row
        # whose transaction commits after that of a higher number.
        connection.execute(text("SELECT pg_advisory_xact_lock(733451)"))
    connection.execute(insert(changes).values(kind=kind, key=key, at=now))


def since(connection: Connection, seq: int, *, limit: int = 1000) -> list[Change]:
    """Return what was published after number `seq`, oldest first."""
    rows = connection.execute(
        select(changes.c.seq, changes.c.kind, changes.c.key)
        .where(changes.c.seq > seq)
        .order_by(changes.c.seq)
        .limit(limit)
    )
    return [Change(*row) for row in rows]


def latest(connection: Connection) -> int:
    """Return the number of the newest change, 0 if there is none."""
    newest = connection.execute(select(func.max(changes.c.seq))).scalar_one()
    return 0 if newest is None else int(newest)


def prune(connection: Connection, before: float) -> None:
    connection.execute(delete(changes).where(changes.c.at < before))
