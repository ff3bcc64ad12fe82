"""What `sifu user` changes, each as one transaction with the event that tells of it."""

from sqlalchemy import Connection

from proxy.core.administration import problem_of_losing
from proxy.core.errors import Conflict, NotFound
from proxy.core.events import EventKind, make_event
from proxy.core.identity import User
from proxy.store import events, sessions, users


def find(connection: Connection, name: str) -> User:
    """Return the account; raises `NotFound`."""
    person = users.find(connection, name)
    if person is None:
        raise NotFound(f"There is no user “{name}”. `sifu user list` shows who there is.")
    return person


def add(
    connection: Connection, name: str, *, is_admin: bool, password_hash: str | None, now: float
) -> User:
    added = users.add(connection, name, is_admin=is_admin, password_hash=password_hash, now=now)
    note(connection, EventKind.ADMIN_USER_ADDED, added, now, role=role_of(added))
    return added


def set_password(connection: Connection, name: str, new_hash: str, now: float) -> None:
    person = find(connection, name)
    users.set_password(connection, person, new_hash, now)
    note(connection, EventKind.ADMIN_PASSWORD_SET, person, now)


def sign_out(connection: Connection, name: str | None, now: float) -> None:
    """End the sessions of one, or of everybody."""
    chosen = users.list_all(connection) if name is None else [find(connection, name)]
    for person in chosen:
        sessions.end_all(connection, person.id, now)
        note(connection, EventKind.ADMIN_SIGNED_OUT, person, now)


def set_role(connection: Connection, name: str, role: str, now: float) -> None:
    """`role` is `admin` or `user`; raises `Conflict` for the last admin."""
    is_admin = role == "admin"
    person = find(connection, name) if is_admin else _keep_an_admin(connection, name)
    users.set_admin(connection, person, is_admin=is_admin)
    note(connection, EventKind.ADMIN_ROLE_CHANGED, person, now, role=role)


def disable(connection: Connection, name: str, now: float) -> User:
    """Let nobody in as them; raises `Conflict` for the last admin."""
    person = _keep_an_admin(connection, name)
    users.disable(connection, person, now)
    note(connection, EventKind.ADMIN_USER_DISABLED, person, now)
    return person


def enable(connection: Connection, name: str, now: float) -> None:
    person = find(connection, name)
    users.enable(connection, person)
    note(connection, EventKind.ADMIN_USER_ENABLED, person, now)


def remove(connection: Connection, name: str, now: float) -> None:
    """Delete the account; raises `Conflict` for the last admin."""
    person = _keep_an_admin(connection, name)
    users.remove(connection, person, now)
    note(connection, EventKind.ADMIN_USER_REMOVED, person, now)


def note(
    connection: Connection, kind: EventKind, person: User, now: float, /, **facts: str
) -> None:
    """Write down what the command line did: nobody is signed in there."""
    about = {"whom": person.slug, "by": "command line", **facts}
    events.add_all(connection, [make_event(kind, now, about=about)])


def role_of(person: User) -> str:
    return "admin" if person.is_admin else "user"


def _keep_an_admin(connection: Connection, name: str) -> User:
    person = find(connection, name)
    if problem_of_losing(users.list_all(connection), person):
        raise Conflict(
            f"“{name}” is the last admin. Make another first: `sifu user add NAME --admin`."
        )
    return person
