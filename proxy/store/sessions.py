"""Signed-in browsers. The cookie's secret is kept only as a SHA-256."""

from typing import Any

from sqlalchemy import Connection, Row, Select, case, delete, func, insert, select, update

from proxy.core.identity import Session, User, helped_server
from proxy.store import changes
from proxy.store.tables import sessions, users


def open_session(
    connection: Connection,
    *,
    session_id: str,
    secret_hash: str,
    user_id: int,
    now: float,
    expires: float,
    helping: str = "",
    course: str = "",
) -> None:
    connection.execute(
        insert(sessions).values(
            id=session_id,
            secret_hash=secret_hash,
            user_id=user_id,
            created=now,
            last_seen=now,
            expires=expires,
            helping=helping,
            helping_course=course,
        )
    )


def find_by_secret(connection: Connection, secret_hash: str) -> Session | None:
    """Return the session, ended or not; the caller judges its times."""
    return _one(connection, _joined().where(sessions.c.secret_hash == secret_hash))


def get(connection: Connection, session_id: str) -> Session | None:
    return _one(connection, _joined().where(sessions.c.id == session_id))


def touch(connection: Connection, session_ids: list[str], now: float) -> None:
    """Note that these sessions were used."""
    connection.execute(
        update(sessions)
        .where(sessions.c.id.in_(session_ids), sessions.c.last_seen < now)
        .values(last_seen=now)
    )


def end(connection: Connection, session_id: str, now: float) -> None:
    """End one session and tell the relays; ending it twice is no error."""
    ended = connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.ended.is_(None))
        .values(ended=now)
    )
    if ended.rowcount:
        changes.publish(connection, "session", session_id, now)


def end_all(connection: Connection, user_id: int, now: float) -> None:
    """End every session of a user."""
    open_ids = connection.execute(
        select(sessions.c.id).where(sessions.c.user_id == user_id, sessions.c.ended.is_(None))
    )
    for session_id in open_ids.scalars().all():
        end(connection, session_id, now)


def list_helping(connection: Connection, *, server: str = "", user_id: int = 0) -> list[Session]:
    """Return the open sessions that help: all, those at this server, or those of this user."""
    wanted = [sessions.c.helping != "", sessions.c.ended.is_(None)]
    if server:
        wanted.append(sessions.c.helping == server)
    if user_id:
        wanted.append(sessions.c.user_id == user_id)
    return [_from_row(row) for row in connection.execute(_joined().where(*wanted))]


def end_idle(connection: Connection, seen_before: float, now: float) -> int:
    """End the sessions that are over or unused since `seen_before`; return how many."""
    idle = connection.execute(
        select(sessions.c.id).where(
            sessions.c.ended.is_(None),
            (sessions.c.last_seen < seen_before) | (sessions.c.expires <= now),
        )
    )
    ids = idle.scalars().all()
    for session_id in ids:
        end(connection, session_id, now)
    return len(ids)


def forget_ended(connection: Connection, before: float) -> None:
    """Delete rows of sessions that ended before a time."""
    connection.execute(delete(sessions).where(sessions.c.ended < before))


def last_seen(connection: Connection) -> dict[int, tuple[float, int]]:
    """Return when each user was last seen, and how many sessions are open, by the user's id."""
    is_open = case((sessions.c.ended.is_(None), 1), else_=0)
    found = connection.execute(
        select(sessions.c.user_id, func.max(sessions.c.last_seen), func.sum(is_open)).group_by(
            sessions.c.user_id
        )
    )
    return {user_id: (float(seen), int(number)) for user_id, seen, number in found}


def _joined() -> Select[Any]:
    return select(
        sessions.c.id.label("session_id"),
        sessions.c.created.label("session_created"),
        sessions.c.last_seen,
        sessions.c.expires,
        sessions.c.ended,
        sessions.c.helping,
        sessions.c.helping_course,
        users,
    ).join(users, users.c.id == sessions.c.user_id)


def _one(connection: Connection, statement: Select[Any]) -> Session | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else _from_row(row)


def _from_row(row: Row[Any]) -> Session:
    user = User(
        row.id,
        row.name,
        row.slug,
        row.is_admin,
        row.created,
        bool(row.password_hash),
        row.disabled,
    )
    return Session(
        row.session_id,
        user,
        row.session_created,
        row.last_seen,
        row.expires,
        row.ended,
        helped_server(row.helping),
        row.helping_course,
    )
