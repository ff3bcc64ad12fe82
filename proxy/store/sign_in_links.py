"""One-time sign-in links; only the SHA-256 of a code is kept."""

from sqlalchemy import Connection, delete, insert, select

from proxy.store.tables import sign_in_links


def create(connection: Connection, code_hash: str, user_id: int, expires: float) -> None:
    connection.execute(
        insert(sign_in_links).values(code_hash=code_hash, user_id=user_id, expires=expires)
    )


def take_back(connection: Connection, user_id: int) -> None:
    """Make every unused link of a user worthless."""
    connection.execute(delete(sign_in_links).where(sign_in_links.c.user_id == user_id))


def consume(connection: Connection, code_hash: str, now: float) -> int | None:
    """Use up a code: return its user's id, or None if it is unknown, used or over."""
    row = connection.execute(
        select(sign_in_links).where(sign_in_links.c.code_hash == code_hash)
    ).one_or_none()
    connection.execute(
        delete(sign_in_links).where(
            (sign_in_links.c.code_hash == code_hash) | (sign_in_links.c.expires < now)
        )
    )
    return None if row is None or row.expires < now else int(row.user_id)
