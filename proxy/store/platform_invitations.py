"""Invitations for platforms to register themselves; only the SHA-256 of a code is kept.

Promises: of many who take the same invitation at once one gets it, for `TAKEN_SECONDS`; it is used
up only when what it was taken for is done, so that it outlives a program that ends in between.
Those that are over go with the next that is made, and there are `MOST` at most.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from proxy.core.errors import Conflict
from proxy.store.tables import platform_invitations

MOST: Final = 100
# Longer than a registration takes: it asks two questions, each with its own bound.
TAKEN_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Invitation:
    """For one platform; `title` is what it will be called here.

    Until `taken` it belongs to whoever took it; None: nobody did.
    """

    code_hash: str
    title: str
    expires: float
    taken: float | None = None


def add(connection: Connection, invitation: Invitation, now: float) -> None:
    """Keep it; raises `Conflict` if there are too many."""
    table = platform_invitations
    connection.execute(delete(table).where(table.c.expires <= now, _is_free(now)))
    if connection.execute(select(func.count()).select_from(table)).scalar_one() >= MOST:
        raise Conflict(f"There are {MOST} invitations already. Each is over after a day.")
    connection.execute(
        insert(table).values(
            code_hash=invitation.code_hash, title=invitation.title, expires=invitation.expires
        )
    )


def find(connection: Connection, code_hash: str, now: float) -> Invitation | None:
    """Return the invitation if it still holds and nobody has taken it."""
    table = platform_invitations
    row = connection.execute(
        select(table).where(table.c.code_hash == code_hash, table.c.expires > now, _is_free(now))
    ).one_or_none()
    return None if row is None else Invitation(row.code_hash, row.title, row.expires)


def take(connection: Connection, code_hash: str, now: float) -> Invitation | None:
    """Return it, taken, to the first who asks, and None to everybody else."""
    found = find(connection, code_hash, now)
    if found is None:
        return None
    taken = replace(found, taken=now + TAKEN_SECONDS)
    mark = update(platform_invitations).where(
        platform_invitations.c.code_hash == code_hash, _is_free(now)
    )
    return taken if connection.execute(mark.values(taken=taken.taken)).rowcount else None


def give_back(connection: Connection, taken: Invitation) -> None:
    """Let others take it; nothing happens if it is somebody else's by now."""
    connection.execute(update(platform_invitations).where(_is(taken)).values(taken=None))


def use_up(connection: Connection, taken: Invitation) -> bool:
    """Remove it; False if it is not this taker's any more."""
    return bool(connection.execute(delete(platform_invitations).where(_is(taken))).rowcount)


def _is(taken: Invitation) -> ColumnElement[bool]:
    columns = platform_invitations.c
    return (columns.code_hash == taken.code_hash) & (columns.taken == taken.taken)


def _is_free(now: float) -> ColumnElement[bool]:
    return or_(platform_invitations.c.taken.is_(None), platform_invitations.c.taken <= now)
