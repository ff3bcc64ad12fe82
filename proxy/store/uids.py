"""Accounts of the operating system: one for each user, given at first need and then kept.

A number goes with files. Promises: it is never given to two users, nor to one while files of
somebody else's bear it (the caller says which do); whoever comes back to files of an earlier user
of the same name, whose row is gone, gets the number that those bear.
"""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, update

from proxy.core.errors import Conflict, NotFound
from proxy.core.identity import User
from proxy.store.tables import users
from proxy.store.users import from_row


def find(connection: Connection, slug: str) -> int | None:
    """Return a user's number, if one was given."""
    return connection.execute(select(users.c.uid).where(users.c.slug == slug)).scalar_one_or_none()


def find_user(connection: Connection, uid: int) -> User | None:
    """Return the user whose number it is, if there is one still."""
    row = connection.execute(select(users).where(users.c.uid == uid)).one_or_none()
    return None if row is None else from_row(row)


def outside(connection: Connection, among: range) -> list[tuple[str, int]]:
    """Return the users whose number is none of these, with it, the lowest first."""
    is_outside = (users.c.uid < among.start) | (users.c.uid >= among.stop)
    rows = connection.execute(
        select(users.c.slug, users.c.uid).where(is_outside).order_by(users.c.uid)
    )
    return [(row.slug, row.uid) for row in rows]


def give(
    connection: Connection,
    slug: str,
    *,
    among: range,
    wanted: int | None = None,
    in_use: Collection[int] = (),
) -> int:
    """Return a user's number, a new one if need be; raises `NotFound`, or `Conflict` at the end.

    `wanted` is that of the files that are there already, `in_use` those of all other files.
    """
    row = connection.execute(select(users.c.id, users.c.uid).where(users.c.slug == slug)).first()
    if row is None:
        raise NotFound("There is no such user.")
    if row.uid is not None:
        return int(row.uid)
    given = _choose(connection, among, wanted, in_use)
    connection.execute(update(users).where(users.c.id == row.id).values(uid=given))
    return given


def _choose(
    connection: Connection, among: range, wanted: int | None, in_use: Collection[int]
) -> int:
    taken = set(connection.execute(select(users.c.uid).where(users.c.uid.is_not(None))).scalars())
    if wanted is not None and wanted in among and wanted not in taken:
        return wanted
    highest = connection.execute(select(func.max(users.c.uid))).scalar() or among.start - 1
    # Onwards first: a number that was somebody's until just now may live in a running process.
    onwards = range(max(highest + 1, among.start), among.stop)
    for candidates in (onwards, among):
        for candidate in candidates:
            if candidate not in taken and candidate not in in_use:
                return candidate
    raise Conflict(
        "No account of the operating system is left for another user. The operator can widen "
        "SIFU_UID_RANGE."
    )
