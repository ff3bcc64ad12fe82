"""Learning platforms: registered, found by who they say they are, changed, removed.

A platform that is removed takes its memberships and scores along; the accounts of its people stay.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from proxy.core.errors import Conflict
from proxy.core.lti_platform import Platform, PlatformEntry
from proxy.store.tables import platforms

_TAKEN = "This issuer and client id are registered already. Change that platform, or remove it."


def add(connection: Connection, entry: PlatformEntry, now: float) -> Platform:
    """Register it; raises `Conflict` if issuer and client are registered already."""
    try:
        made = connection.execute(insert(platforms).values(created=now, **_values(entry)))
    except IntegrityError as problem:
        raise Conflict(_TAKEN) from problem
    (number,) = made.inserted_primary_key or (0,)
    return Platform(number, entry, now)


def replace(connection: Connection, number: int, entry: PlatformEntry) -> bool:
    """Say it anew; False if there is none. Raises `Conflict` as `add` does."""
    statement = update(platforms).where(platforms.c.id == number).values(_values(entry))
    try:
        return bool(connection.execute(statement).rowcount)
    except IntegrityError as problem:
        raise Conflict(_TAKEN) from problem


def remove(connection: Connection, number: int) -> bool:
    """Forget it; False if there is none."""
    return bool(connection.execute(delete(platforms).where(platforms.c.id == number)).rowcount)


def list_all(connection: Connection) -> Sequence[Platform]:
    """Return every platform, the earliest registered first."""
    return [_from_row(row) for row in connection.execute(select(platforms).order_by("id"))]


def find(connection: Connection, number: int) -> Platform | None:
    """Return the platform of this number."""
    row = connection.execute(select(platforms).where(platforms.c.id == number)).one_or_none()
    return None if row is None else _from_row(row)


def find_of_issuer(connection: Connection, issuer: str, client: str = "") -> Sequence[Platform]:
    """Return the platforms of this issuer, of this client if one is named."""
    wanted = select(platforms).where(platforms.c.issuer == issuer).order_by("id")
    if client:
        wanted = wanted.where(platforms.c.client == client)
    return [_from_row(row) for row in connection.execute(wanted)]


def _values(entry: PlatformEntry) -> dict[str, Any]:
    return {
        "issuer": entry.issuer,
        "client": entry.client,
        "title": entry.title,
        "authorization": entry.authorization,
        "token": entry.token,
        "keys_url": entry.keys,
        "audience": entry.audience,
        "deployments": json.dumps(entry.deployments, ensure_ascii=False),
    }


def _from_row(row: Row[Any]) -> Platform:
    entry = PlatformEntry(
        issuer=row.issuer,
        client=row.client,
        title=row.title,
        authorization=row.authorization,
        token=row.token,
        keys=row.keys_url,
        deployments=tuple(json.loads(row.deployments)),
        audience=row.audience,
    )
    return Platform(row.id, entry, row.created)
