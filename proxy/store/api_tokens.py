"""Bearer tokens of scripts; only the SHA-256 is kept, so a token is shown once."""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from proxy.core.identity import User
from proxy.store import changes
from proxy.store.records import ApiToken
from proxy.store.tables import api_tokens, users


def create(
    connection: Connection,
    *,
    token_id: str,
    secret_hash: str,
    user_id: int,
    label: str,
    now: float,
    expires: float | None,
) -> None:
    connection.execute(
        insert(api_tokens).values(
            id=token_id,
            secret_hash=secret_hash,
            user_id=user_id,
            label=label,
            created=now,
            expires=expires,
        )
    )


def find_by_secret(connection: Connection, secret_hash: str) -> ApiToken | None:
    """Return the token, valid or not; the caller judges."""
    row = connection.execute(_joined().where(api_tokens.c.secret_hash == secret_hash)).one_or_none()
    return None if row is None else _from_row(row)


def list_all(connection: Connection) -> list[ApiToken]:
    return [_from_row(row) for row in connection.execute(_joined().order_by(api_tokens.c.created))]


def revoke(connection: Connection, token_id: str, now: float) -> bool:
    """Revoke and tell the relays; False if there is no such valid token."""
    revoked = connection.execute(
        update(api_tokens)
        .where(api_tokens.c.id == token_id, api_tokens.c.revoked.is_(None))
        .values(revoked=now)
    )
    if revoked.rowcount:
        changes.publish(connection, "token", token_id, now)
    return bool(revoked.rowcount)


def remove(connection: Connection, token_id: str, now: float) -> None:
    """Delete one and tell the relays; for tokens that lived for a moment only."""
    deleted = connection.execute(delete(api_tokens).where(api_tokens.c.id == token_id))
    if deleted.rowcount:
        changes.publish(connection, "token", token_id, now)


def revoke_all(connection: Connection, user_id: int, now: float) -> None:
    """Revoke every token of a user."""
    held = connection.execute(
        select(api_tokens.c.id).where(
            api_tokens.c.user_id == user_id, api_tokens.c.revoked.is_(None)
        )
    )
    for token_id in held.scalars().all():
        revoke(connection, token_id, now)


def end_expired(connection: Connection, now: float) -> int:
    """Revoke the tokens whose time is over, so that the relays let go of them; return how many."""
    over = connection.execute(
        select(api_tokens.c.id).where(api_tokens.c.revoked.is_(None), api_tokens.c.expires <= now)
    )
    ids = over.scalars().all()
    for token_id in ids:
        revoke(connection, token_id, now)
    return len(ids)


def touch(connection: Connection, token_id: str, now: float) -> None:
    connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(last_used=now))


def _joined() -> Select[Any]:
    return select(
        api_tokens.c.id.label("token_id"),
        api_tokens.c.label,
        api_tokens.c.created.label("token_created"),
        api_tokens.c.last_used,
        api_tokens.c.expires,
        api_tokens.c.revoked,
        users,
    ).join(users, users.c.id == api_tokens.c.user_id)


def _from_row(row: Row[Any]) -> ApiToken:
    user = User(
        row.id,
        row.name,
        row.slug,
        row.is_admin,
        row.created,
        bool(row.password_hash),
        row.disabled,
    )
    return ApiToken(
        row.token_id, user, row.label, row.token_created, row.last_used, row.expires, row.revoked
    )
