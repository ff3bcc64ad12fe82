"""Servers: their state, and where they answer. The route of the relay is a row of this table."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import changes
from proxy.store.records import ServerRecord
from proxy.store.tables import servers


def get(connection: Connection, name: ServerName) -> ServerRecord | None:
    row = connection.execute(select(servers).where(_is(name))).one_or_none()
    return None if row is None else _from_row(row)


def list_all(connection: Connection) -> list[ServerRecord]:
    rows = connection.execute(select(servers).order_by(servers.c.owner, servers.c.workspace))
    return [_from_row(row) for row in rows]


def put(connection: Connection, record: ServerRecord, now: float) -> None:
    """Write the record (but for `last_activity`, which only grows) and tell the relays."""
    values = {
        "state": record.state.value,
        "reason": record.reason,
        "address": record.address,
        "identity_key": record.identity_key,
        "gateway_url": record.gateway_url,
        "pid": record.pid,
        "started": record.started,
        "changed": now,
    }
    updated = connection.execute(update(servers).where(_is(record.name)).values(values))
    if not updated.rowcount:
        connection.execute(
            insert(servers).values(
                values
                | {
                    "owner": record.name.owner,
                    "workspace": record.name.workspace,
                    "last_activity": record.last_activity,
                }
            )
        )
    changes.publish(connection, "server", str(record.name), now)


def touch(connection: Connection, name: ServerName, at: float) -> None:
    """Note activity; never moves it back. Tells nobody: it changes no route."""
    connection.execute(
        update(servers)
        .where(_is(name), (servers.c.last_activity < at) | servers.c.last_activity.is_(None))
        .values(last_activity=at)
    )


def _is(name: ServerName) -> Any:
    return (servers.c.owner == name.owner) & (servers.c.workspace == name.workspace)


def _from_row(row: Row[Any]) -> ServerRecord:
    return ServerRecord(
        name=ServerName(row.owner, row.workspace),
        state=State(row.state),
        reason=row.reason,
        address=row.address,
        identity_key=row.identity_key,
        gateway_url=row.gateway_url,
        pid=row.pid,
        started=row.started,
        last_activity=row.last_activity,
    )
