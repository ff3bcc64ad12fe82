"""Accounts over the control API; all but `/api/me` is for administrators.

Promises: passwords are hashed off the event loop and never repeated; the last administrator cannot
be removed; a removed person's servers are stopped. A token neither makes an administrator nor
changes the password of one: that would outlive the token. Must not: touch anybody's files.
"""

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import web
from sqlalchemy import Connection

from proxy.auth.passwords import hash_password
from proxy.core.errors import Conflict, Forbidden, NotFound, SifuError
from proxy.core.identity import ServerName, User
from proxy.core.lifecycle import State
from proxy.servers.manager import ServerManager
from proxy.store import users
from proxy.tasks import spawn
from proxy.web.access import require_identity
from proxy.web.api_bodies import answer, read_body
from proxy.web.keys import CLOCK, MANAGER, STORE
from proxy.web.schemas import Me, Message, NewPassword, NewUser, UserInfo

_STOP_SECONDS = 60
_log = structlog.get_logger()


async def show_me(request: web.Request) -> web.Response:
    """Who asks."""
    identity = require_identity(request)
    shown = _describe(identity.user).model_dump()
    return answer(Me(**shown, credential="token" if identity.token_id else "session"))


async def list_users(request: web.Request) -> web.Response:
    """Everybody, by name."""
    return answer([_describe(user) for user in await request.app[STORE].read(users.list_all)])


async def create_user(request: web.Request) -> web.Response:
    """Create an account."""
    wish = await read_body(request, NewUser)
    if wish.admin:
        _refuse_token(request)
    hashed = None
    if wish.password is not None:
        hashed = await asyncio.to_thread(hash_password, wish.password)
    created = await request.app[STORE].write(
        users.add,
        wish.name,
        is_admin=wish.admin,
        password_hash=hashed,
        now=request.app[CLOCK](),
    )
    location = f"/api/users/{quote(created.name, safe='')}"
    return answer(_describe(created), status=201, headers={"Location": location})


async def show_user(request: web.Request) -> web.Response:
    """One account."""
    return answer(_describe(await request.app[STORE].read(_find, request.match_info["name"])))


async def remove_user(request: web.Request) -> web.Response:
    """Remove an account with its sessions and tokens, and stop its servers; files stay."""
    removing = spawn(_remove_and_stop(request.app, request.match_info["name"]), name="user.remove")
    # Shielded: whoever hangs up in between would leave servers that nobody owns.
    left = await asyncio.shield(removing)
    if isinstance(left, SifuError):
        raise left
    message = f"{request.match_info['name']} was removed. Their files are kept."
    if left:
        message += f" Not stopped: {', '.join(str(name) for name in left)}. Stop them yourself."
    return answer(Message(message=message))


async def set_password(request: web.Request) -> web.Response:
    """Replace a password; everybody signed in with the old one is signed out."""
    wish = await read_body(request, NewPassword)
    store = request.app[STORE]
    owner = await store.read(_find, request.match_info["name"])  # before the costly hash
    if owner.is_admin:
        _refuse_token(request)
    hashed = await asyncio.to_thread(hash_password, wish.password)
    await store.write(_replace, request.match_info["name"], hashed, request.app[CLOCK]())
    return answer(Message(message="The password was replaced, and every session ended."))


def _refuse_token(request: web.Request) -> None:
    if require_identity(request).token_id is not None:
        raise Forbidden(
            "A token cannot make administrators or change their passwords. Do it with the cookie "
            "of a signed-in browser, or by `sifu user` on the command line."
        )


def _find(connection: Connection, name: str) -> User:
    user = users.find(connection, name)
    if user is None:
        raise NotFound("There is no user of that name.")
    return user


def _remove(connection: Connection, name: str, now: float) -> User:
    user = _find(connection, name)
    if user.is_admin and sum(each.is_admin for each in users.list_all(connection)) == 1:
        raise Conflict("This is the last administrator. Make somebody else one first.")
    users.remove(connection, user, now)
    return user


def _replace(connection: Connection, name: str, hashed: str, now: float) -> None:
    users.set_password(connection, _find(connection, name), hashed, now)


async def _remove_and_stop(app: web.Application, name: str) -> list[ServerName] | SifuError:
    try:
        removed = await app[STORE].write(_remove, name, app[CLOCK]())
    except SifuError as refusal:
        return refusal  # a value: a task that raises is a fault in the log
    return await _stop_servers(app[MANAGER], removed)


async def _stop_servers(manager: ServerManager, owner: User) -> list[ServerName]:
    """Stop all of theirs; return those that would not stop."""
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


def _describe(user: User) -> UserInfo:
    return UserInfo(
        name=user.name,
        slug=user.slug,
        admin=user.is_admin,
        created=user.created,
        has_password=user.has_password,
    )
