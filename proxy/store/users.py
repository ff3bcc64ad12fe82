"""Accounts. Names are compared exactly; slugs are made by `core.slugs` and unique."""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from proxy.core.errors import Conflict, UnprocessableInput
from proxy.core.identity import User
from proxy.core.lifecycle import RUNNING
from proxy.core.slugs import make_slug, name_problem
from proxy.store import changes, sign_in_links
from proxy.store.api_tokens import revoke_all
from proxy.store.sessions import end_all
from proxy.store.tables import servers, used_slugs, users


def add(
    connection: Connection, name: str, *, is_admin: bool, password_hash: str | None, now: float
) -> User:
    """Create an account; raises `UnprocessableInput` or, if the name is taken, `Conflict`.

    Files that somebody of this name left are theirs then: whoever asks for it has decided so.
    """
    if problem := name_problem(name):
        raise UnprocessableInput(problem)
    try:
        return insert_new(connection, name, is_admin=is_admin, password_hash=password_hash, now=now)
    except IntegrityError as taken:
        raise Conflict(f"There is a user “{name}” already.") from taken


def insert_new(
    connection: Connection, name: str, *, is_admin: bool, password_hash: str | None, now: float
) -> User:
    """Create an account of a good name; raises `IntegrityError` if it is taken.

    Its slug is somebody's from now on, and of nobody at another service. Who had it before may know
    the keys of its servers: those get others.
    """
    values = {
        "name": name,
        "slug": make_slug(name),
        "password_hash": password_hash,
        "is_admin": is_admin,
        "created": now,
    }
    connection.execute(insert(users).values(values))
    connection.execute(delete(used_slugs).where(used_slugs.c.slug == values["slug"]))
    connection.execute(insert(used_slugs).values(slug=values["slug"]))
    rests = servers.c.state.not_in([state.value for state in RUNNING])
    owned = servers.c.owner == values["slug"]
    connection.execute(update(servers).where(owned, rests).values(identity_key=""))
    created = find(connection, name)
    assert created is not None  # noqa: S101 (just written, in this transaction)
    return created


def find(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return None if row is None else from_row(row)


def get(connection: Connection, user_id: int) -> User | None:
    row = connection.execute(select(users).where(users.c.id == user_id)).one_or_none()
    return None if row is None else from_row(row)


def find_by_slug(connection: Connection, slug: str) -> User | None:
    row = connection.execute(select(users).where(users.c.slug == slug)).one_or_none()
    return None if row is None else from_row(row)


def list_all(connection: Connection) -> list[User]:
    return [from_row(row) for row in connection.execute(select(users).order_by(users.c.name))]


def password_hash(connection: Connection, user_id: int) -> str | None:
    statement = select(users.c.password_hash).where(users.c.id == user_id)
    return connection.execute(statement).scalar_one_or_none()


def set_password(
    connection: Connection, user: User, new_hash: str, now: float, *, keep_sessions: bool = False
) -> None:
    """Store a new hash. Unless it is a mere re-hash, everybody signed in as them is signed out."""
    connection.execute(update(users).where(users.c.id == user.id).values(password_hash=new_hash))
    if not keep_sessions:
        end_all(connection, user.id, now)


def set_admin(connection: Connection, user: User, *, is_admin: bool) -> None:
    """Make somebody an administrator, or one no more; holds from the next request on."""
    connection.execute(update(users).where(users.c.id == user.id).values(is_admin=is_admin))


def disable(connection: Connection, user: User, now: float) -> None:
    """Let nobody in as them: sessions end, tokens are revoked, unused links are taken back."""
    connection.execute(update(users).where(users.c.id == user.id).values(disabled=True))
    end_all(connection, user.id, now)
    revoke_all(connection, user.id, now)
    sign_in_links.take_back(connection, user.id)
    changes.publish(connection, "user", user.slug, now)


def enable(connection: Connection, user: User) -> None:
    """Let them sign in again; what was ended stays ended."""
    connection.execute(update(users).where(users.c.id == user.id).values(disabled=False))


def remove(connection: Connection, user: User, now: float) -> None:
    """Delete the account with its sessions and tokens; files stay where they are."""
    end_all(connection, user.id, now)
    revoke_all(connection, user.id, now)  # told one by one: a relay knows a token by its id
    connection.execute(delete(users).where(users.c.id == user.id))
    changes.publish(connection, "user", user.slug, now)


def from_row(row: Row[Any]) -> User:
    """Make a `User` of a row that holds the columns of the users table."""
    return User(
        id=row.id,
        name=row.name,
        slug=row.slug,
        is_admin=row.is_admin,
        created=row.created,
        has_password=row.password_hash is not None,
        is_disabled=row.disabled,
    )
