"""The feed that tells every relay what no longer holds.

    session   key = session id           the session ended
    token     key = token id             the API token was revoked
    server    key = owner/workspace      its state, address or key changed
    user      key = slug                 the account was removed or disabled

Written in the transaction of the change itself; a relay polls it (`facts.changes_since`).
"""

from sqlalchemy import Connection, delete, insert, text

from proxy.store.tables import changes


def publish(connection: Connection, kind: str, key: str, now: float) -> None:
    if connection.dialect.name == "postgresql":
        # Numbers are drawn before commit there: without a queue, a reader could pass over a row
        # whose transaction commits after that of a higher number.
        connection.execute(text("SELECT pg_advisory_xact_lock(733451)"))
    connection.execute(insert(changes).values(kind=kind, key=key, at=now))


def prune(connection: Connection, before: float) -> None:
    connection.execute(delete(changes).where(changes.c.at < before))
