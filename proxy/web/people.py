"""What administrators do with accounts, whether a page or a script asks for it.

Promises: the last administrator stays one and stays in; nobody shuts themselves out; a disabled or
removed person's servers are stopped; each act is an event. A token neither makes an administrator
nor changes what one signs in with: that would outlive the token. Must not: touch anybody's files.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from aiohttp import web
from sqlalchemy import Connection

from proxy.auth.links import write_link
from proxy.auth.passwords import hash_password
from proxy.core.administration import problem_of_losing
from proxy.core.errors import Conflict, Forbidden, NotFound, SifuError
from proxy.core.events import EventKind
from proxy.core.identity import ServerName, User
from proxy.core.lifecycle import State
from proxy.servers.manager import ServerManager
from proxy.store import sessions, users
from proxy.tasks import spawn
from proxy.web.access import require_admin
from proxy.web.audit import note_act
from proxy.web.keys import CLOCK, MANAGER, RANDOM, SETTINGS, STORE

LINK_SECONDS = 24 * 3600.0
_STOP_SECONDS = 60
_log = structlog.get_logger()
R = TypeVar("R")


def find_by_name(connection: Connection, name: str) -> User:
    """Return the account; raises `NotFound`."""
    return _found(users.find(connection, name))


def find_by_slug(connection: Connection, slug: str) -> User:
    """Return the account; raises `NotFound`."""
    return _found(users.find_by_slug(connection, slug))


async def add_person(
    request: web.Request, name: str, *, password: str | None, is_admin: bool
) -> User:
    """Create an account; raises `Conflict`, `UnprocessableInput`, `Forbidden`."""
    if is_admin:
        refuse_token(request)
    hashed = None if password is None else await asyncio.to_thread(hash_password, password)
    added = await request.app[STORE].write(
        users.add, name, is_admin=is_admin, password_hash=hashed, now=request.app[CLOCK]()
    )
    role = "admin" if is_admin else "user"
    note_act(request, EventKind.ADMIN_USER_ADDED, whom=added.slug, role=role)
    return added


async def set_role(request: web.Request, person: User, *, is_admin: bool) -> None:
    """Make somebody an administrator, or one no more."""
    if is_admin:
        refuse_token(request)
    await request.app[STORE].write(_set_role, person.id, is_admin=is_admin)
    role = "admin" if is_admin else "user"
    note_act(request, EventKind.ADMIN_ROLE_CHANGED, whom=person.slug, role=role)


async def replace_password(request: web.Request, person: User, password: str) -> None:
    """Replace a password; everybody signed in with the old one is signed out."""
    if person.is_admin:
        refuse_token(request)
    hashed = await asyncio.to_thread(hash_password, password)
    now = request.app[CLOCK]()
    await request.app[STORE].write(_replace_password, person.id, hashed, now)
    note_act(request, EventKind.ADMIN_PASSWORD_SET, whom=person.slug)


async def make_link(request: web.Request, person: User) -> str:
    """Return a link that signs this person in once, within a day."""
    refuse_token(request)
    until = request.app[CLOCK]() + LINK_SECONDS
    code = await request.app[STORE].write(
        write_link, person.id, until=until, random_text=request.app[RANDOM]
    )
    note_act(request, EventKind.ADMIN_LINK_MADE, whom=person.slug)
    return f"{request.app[SETTINGS].front_origin}/sign-in?code={code}"


async def sign_out_everywhere(request: web.Request, person: User) -> None:
    """End every session; relays cut what they hold open within two seconds."""
    await request.app[STORE].write(sessions.end_all, person.id, request.app[CLOCK]())
    note_act(request, EventKind.ADMIN_SIGNED_OUT, whom=person.slug)


async def enable(request: web.Request, person: User) -> None:
    """Let somebody sign in again."""
    if person.is_admin:
        refuse_token(request)
    await request.app[STORE].write(users.enable, person)
    note_act(request, EventKind.ADMIN_USER_ENABLED, whom=person.slug)


async def disable(request: web.Request, person: User) -> list[ServerName]:
    """Let nobody in as them and stop their servers; return those that would not stop."""
    return await _shut_out(request, person, _disable, EventKind.ADMIN_USER_DISABLED)


async def remove(request: web.Request, person: User) -> list[ServerName]:
    """Delete the account and stop its servers; return those that would not stop."""
    return await _shut_out(request, person, _remove, EventKind.ADMIN_USER_REMOVED)


def refuse_token(request: web.Request) -> None:
    """Raise `Forbidden` unless a signed-in browser asks."""
    if require_admin(request).token_id is not None:
        raise Forbidden(
            "A token cannot make administrators or change how they sign in. Do it with the cookie "
            "of a signed-in browser, or by `sifu user` on the command line."
        )


async def _shut_out(
    request: web.Request,
    person: User,
    change: Callable[[Connection, int, float], None],
    kind: EventKind,
) -> list[ServerName]:
    if person.id == require_admin(request).user.id:
        _refuse_oneself(await request.app[STORE].read(users.list_all), person)

    async def work() -> list[ServerName]:
        await request.app[STORE].write(change, person.id, request.app[CLOCK]())
        note_act(request, kind, whom=person.slug)
        return await _stop_servers(request.app[MANAGER], person)

    return await _to_the_end(work())


def _refuse_oneself(everybody: list[User], person: User) -> None:
    problem = problem_of_losing(everybody, person)
    raise Conflict(problem or "This is your own account. Ask another administrator to do that.")


async def _to_the_end(work: Coroutine[Any, Any, R]) -> R:
    """Shielded: whoever hangs up in between would leave servers that nobody owns."""

    async def kept() -> R | SifuError:
        try:
            return await work
        except SifuError as refusal:
            return refusal  # a value: a task that raises is a fault in the log

    result: R | SifuError = await asyncio.shield(spawn(kept(), name="people.change"))
    if isinstance(result, SifuError):
        raise result
    return result


async def _stop_servers(manager: ServerManager, owner: User) -> list[ServerName]:
    left = []
    for record in await manager.list_all():
        if record.name.owner != owner.slug or record.state is State.STOPPED:
            continue
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await manager.stop(record.name)
        except (SifuError, TimeoutError) as problem:
            _log.warning("user.server_left", server=str(record.name), problem=repr(problem))
            left.append(record.name)
    return left


def _set_role(connection: Connection, user_id: int, *, is_admin: bool) -> None:
    person = _found(users.get(connection, user_id))
    if not is_admin:
        _keep_an_administrator(connection, person)
    users.set_admin(connection, person, is_admin=is_admin)


def _replace_password(connection: Connection, user_id: int, hashed: str, now: float) -> None:
    users.set_password(connection, _found(users.get(connection, user_id)), hashed, now)


def _disable(connection: Connection, user_id: int, now: float) -> None:
    person = _found(users.get(connection, user_id))
    _keep_an_administrator(connection, person)
    users.disable(connection, person, now)


def _remove(connection: Connection, user_id: int, now: float) -> None:
    person = _found(users.get(connection, user_id))
    _keep_an_administrator(connection, person)
    users.remove(connection, person, now)


def _keep_an_administrator(connection: Connection, person: User) -> None:
    if problem := problem_of_losing(users.list_all(connection), person):
        raise Conflict(problem)


def _found(person: User | None) -> User:
    if person is None:
        raise NotFound("There is no user of that name.")
    return person
