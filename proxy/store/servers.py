"""Servers: their state, and where they answer. The route of the relay is a row of this table."""

from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

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


def count_by_state(connection: Connection, slow_before: float) -> tuple[dict[State, int], int]:
    """Return how many servers are in each state that any is in, and how many starts are slow.

    Those are the starting ones that got their process earlier than `slow_before`.
    """
    # Nothing is written to such a row from then on, until it answers or is given up.
    slow = servers.c.pid.is_not(None) & (servers.c.changed < slow_before)
    counted = select(servers.c.state, func.count(), func.count(case((slow, 1)))).group_by(
        servers.c.state
    )
    rows = connection.execute(counted).all()
    states = {State(state): number for state, number, _ in rows}
    return states, sum(number for state, _, number in rows if state == State.STARTING.value)


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


def put_touched(connection: Connection, record: ServerRecord, now: float) -> None:
    """Write the record and note activity, at once or not at all."""
    put(connection, record, now)
    touch(connection, record.name, now)


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
