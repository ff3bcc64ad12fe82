"""Accounts by who they are at other services: (provider, issuer, subject) → user.

An e-mail address joins nothing: it may be given to somebody else, and an issuer may let people type
one. Accounts that are made here have no password and a name whose slug nobody ever had, since files
stay when people go; only the very subject that had it gets it again.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import count

from sqlalchemy import Connection, insert, select, update

from proxy.core.identity import User
from proxy.core.slugs import MAX_NAME, make_slug, name_problem
from proxy.store import users
from proxy.store.tables import identities, used_slugs
from proxy.store.tables import users as user_table
from proxy.store.users import from_row


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody at another service."""

    provider: str
    issuer: str
    subject: str


def _none(_slug: str) -> bool:
    return False


def find(connection: Connection, who: Subject) -> User | None:
    """Return the account of this subject."""
    row = connection.execute(
        select(user_table)
        .join(identities, identities.c.user_id == user_table.c.id)
        .where(
            identities.c.provider == who.provider,
            identities.c.issuer == who.issuer,
            identities.c.subject == who.subject,
        )
    ).one_or_none()
    return None if row is None else from_row(row)


def find_or_add(
    connection: Connection,
    who: Subject,
    wished_name: str,
    *,
    is_admin: bool,
    now: float,
    has_files: Callable[[str], bool] = _none,
) -> User:
    """Return the account of this subject, made now if there is none.

    `has_files` tells whether there is a folder for a slug. Raises `IntegrityError` where somebody
    else made the same account, or took the name, at the same time.
    """
    if (known := find(connection, who)) is not None:
        return known
    name = _free_name(connection, wished_name, who, has_files)
    added = users.insert_new(connection, name, is_admin=is_admin, password_hash=None, now=now)
    connection.execute(insert(identities).values(**asdict(who), user_id=added.id, created=now))
    its_slug = update(used_slugs).where(used_slugs.c.slug == added.slug)
    connection.execute(its_slug.values(asdict(who)))
    return added


def _free_name(
    connection: Connection, wished: str, who: Subject, has_files: Callable[[str], bool]
) -> str:
    """Return the wished name or, where it is or was somebody's, the name with a number."""
    stem = _readable(wished) or _readable(who.subject) or "user"
    if _is_free(connection, stem, who, has_files):
        return stem
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(name for name in numbered if _is_free(connection, name, who, has_files))


def _is_free(
    connection: Connection, name: str, who: Subject, has_files: Callable[[str], bool]
) -> bool:
    """Was the slug of this name never anybody's, or last this very subject's?"""
    slug = make_slug(name)
    if users.find_by_slug(connection, slug) is not None:
        return False
    row = connection.execute(select(used_slugs).where(used_slugs.c.slug == slug)).one_or_none()
    if row is None:
        return not has_files(slug)
    return (row.provider, row.issuer, row.subject) == (who.provider, who.issuer, who.subject)


def _readable(text: str) -> str:
    """Return it as a login name of ours may be, with room for a number, or nothing."""
    name = unicodedata.normalize("NFC", text).strip()[: MAX_NAME - 8].strip()
    return "" if name_problem(name) else name
