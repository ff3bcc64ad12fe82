"""Notebooks that somebody shows to whoever has the link; the pages are files beside the database.

Promises: nobody has more than `core.snapshot` allows; what belongs to a disabled account is not
found by its link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from proxy.core.errors import Conflict
from proxy.core.identity import User
from proxy.core.snapshot import Snapshot, problem_of_another
from proxy.store.course_tables import snapshots
from proxy.store.tables import users as user_table
from proxy.store.users import from_row


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    """One that is to be; as in `Snapshot`."""

    token: str
    course: str
    path: str
    title: str
    size: int
    created: float
    expires: float | None


def create(connection: Connection, owner: User, new: NewSnapshot) -> Snapshot:
    """Add it; raises `Conflict` if the person has too many."""
    refuse_too_many(connection, owner.id, new.size)
    values = {
        "token": new.token,
        "user_id": owner.id,
        "course": new.course,
        "path": new.path,
        "title": new.title,
        "size": new.size,
        "created": new.created,
        "expires": new.expires,
    }
    made = connection.execute(insert(snapshots).values(values)).inserted_primary_key
    assert made is not None  # noqa: S101 (one row was inserted)
    return Snapshot(
        made[0],
        new.token,
        owner,
        new.course,
        new.path,
        new.title,
        new.size,
        new.created,
        new.expires,
    )


def refuse_too_many(connection: Connection, user_id: int, size: int) -> None:
    """Raise `Conflict` if this person may not have another of that size."""
    counted = select(func.count(), func.coalesce(func.sum(snapshots.c.size), 0))
    number, held = connection.execute(counted.where(snapshots.c.user_id == user_id)).one()
    if problem := problem_of_another(number, held, size):
        raise Conflict(problem)


def list_of_user(connection: Connection, user_id: int) -> list[Snapshot]:
    """Return this person's, the newest first."""
    return _found(connection, _joined().where(snapshots.c.user_id == user_id))


def list_all(connection: Connection, most: int) -> list[Snapshot]:
    """Return everybody's, the newest first."""
    return _found(connection, _joined().limit(most))


def find(connection: Connection, number: int) -> Snapshot | None:
    return _one(connection, _joined().where(snapshots.c.id == number))


def find_by_token(connection: Connection, token: str, now: float) -> Snapshot | None:
    """Return what the link shows; None if it is over, or its owner is disabled."""
    shown = _joined().where(snapshots.c.token == token, ~user_table.c.disabled)
    found = _one(connection, shown)
    return None if found is None or found.is_over(now) else found


def remove(connection: Connection, number: int) -> bool:
    """Remove the row; False if there is none."""
    return bool(connection.execute(delete(snapshots).where(snapshots.c.id == number)).rowcount)


def remove_expired(connection: Connection, now: float) -> None:
    connection.execute(delete(snapshots).where(snapshots.c.expires <= now))


def tokens(connection: Connection) -> set[str]:
    """Return those of all rows."""
    return set(connection.execute(select(snapshots.c.token)).scalars())


def remove_tokens(connection: Connection, lost: Collection[str]) -> None:
    """Remove the rows of these."""
    for token in lost:
        connection.execute(delete(snapshots).where(snapshots.c.token == token))


def _joined() -> Select[Any]:
    own = [snapshots.c[name] for name in ("token", "course", "path", "title", "size", "expires")]
    return (
        select(
            snapshots.c.id.label("snapshot_id"),
            snapshots.c.created.label("shared"),
            *own,
            user_table,
        )
        .join(user_table, user_table.c.id == snapshots.c.user_id)
        .order_by(snapshots.c.id.desc())
    )


def _found(connection: Connection, statement: Select[Any]) -> list[Snapshot]:
    return [_from_row(row) for row in connection.execute(statement)]


def _one(connection: Connection, statement: Select[Any]) -> Snapshot | None:
    row = connection.execute(statement).first()
    return None if row is None else _from_row(row)


def _from_row(row: Row[Any]) -> Snapshot:
    return Snapshot(
        id=row.snapshot_id,
        token=row.token,
        owner=from_row(row),
        course=row.course,
        path=row.path,
        title=row.title,
        size=row.size,
        created=row.shared,
        expires=row.expires,
    )
