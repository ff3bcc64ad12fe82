"""Ids of codes that were used, until they would have expired anyway."""

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from proxy.store.tables import used_codes


def consume(connection: Connection, code_id: str, expires: float, now: float) -> bool:
    """Use up a code; False if somebody used it before."""
    connection.execute(delete(used_codes).where(used_codes.c.expires < now))
    try:
        with connection.begin_nested():
            connection.execute(insert(used_codes).values(id=code_id, expires=expires))
    except IntegrityError:
        return False
    return True
