"""The people of learning platforms: how many came, and whether an administrator is among them."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from proxy.core.lti_platform import PlatformEntry, provider_of
from proxy.store.tables import identities, memberships, users


def count_people(connection: Connection) -> Mapping[int, int]:
    """Return how many people came by a link of each platform; without an entry, nobody."""
    table = memberships
    numbers = select(table.c.platform_id, func.count(table.c.user_id.distinct()))
    rows = connection.execute(numbers.group_by(table.c.platform_id))
    return {row[0]: row[1] for row in rows}


def has_administrator(connection: Connection, entry: PlatformEntry) -> bool:
    """Does an administrator sign in by this issuer and client, or did so before it was removed?"""
    theirs = (
        select(users.c.id)
        .join(identities, identities.c.user_id == users.c.id)
        .where(
            identities.c.provider == provider_of(entry.client),
            identities.c.issuer == entry.issuer,
            users.c.is_admin,
        )
        .limit(1)
    )
    return connection.execute(theirs).first() is not None
