"""What an administrator sets while the programs run: few named values that a restart keeps."""

import json
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from proxy.store.tables import switches


def get(connection: Connection, name: str) -> Any:
    """Return the value, as JSON knows values; None if it was never set or was taken back."""
    found = connection.execute(select(switches.c.value).where(switches.c.name == name))
    text = found.scalar_one_or_none()
    return None if text is None else json.loads(text)


def put(connection: Connection, name: str, value: Any, now: float) -> None:
    values = {"value": json.dumps(value, ensure_ascii=False), "changed": now}
    changed = connection.execute(update(switches).where(switches.c.name == name).values(values))
    if not changed.rowcount:
        connection.execute(insert(switches).values(values | {"name": name}))


def clear(connection: Connection, name: str) -> None:
    connection.execute(delete(switches).where(switches.c.name == name))
