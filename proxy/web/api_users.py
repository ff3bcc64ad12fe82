"""Accounts over the control API.

Promises: only administrators manage accounts (the table says so); what may be done with which is
decided in `people`, for pages and scripts alike. Must not: touch anybody's files.
"""

from urllib.parse import quote

from aiohttp import web

from proxy.core.identity import ServerName, User
from proxy.store import users
from proxy.web import people
from proxy.web.access import require_identity
from proxy.web.api_bodies import answer, read_body
from proxy.web.keys import STORE
from proxy.web.schemas import Access, Me, Message, NewPassword, NewUser, Role, UserInfo


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
    created = await people.add_person(
        request, wish.name, password=wish.password, is_admin=wish.admin
    )
    location = f"/api/users/{quote(created.name, safe='')}"
    return answer(_describe(created), status=201, headers={"Location": location})


async def show_user(request: web.Request) -> web.Response:
    """One account."""
    return answer(_describe(await _person(request)))


async def remove_user(request: web.Request) -> web.Response:
    """Remove an account with its sessions and tokens, and stop its servers; files stay."""
    person = await _person(request)
    left = await people.remove(request, person)
    return answer(Message(message=f"{person.name} was removed. Their files are kept.{_told(left)}"))


async def set_password(request: web.Request) -> web.Response:
    """Replace a password; everybody signed in with the old one is signed out."""
    wish = await read_body(request, NewPassword)
    await people.replace_password(request, await _person(request), wish.password)
    return answer(Message(message="The password was replaced, and every session ended."))


async def set_role(request: web.Request) -> web.Response:
    """Make somebody an administrator, or one no more."""
    wish = await read_body(request, Role)
    await people.set_role(request, await _person(request), is_admin=wish.admin)
    return answer(_describe(await _person(request)))


async def set_access(request: web.Request) -> web.Response:
    """Let somebody in no more, or again."""
    wish = await read_body(request, Access)
    person = await _person(request)
    if not wish.disabled:
        await people.enable(request, person)
        return answer(Message(message=f"{person.name} may sign in again."))
    left = await people.disable(request, person)
    told = f"{person.name} may not sign in any more; sessions and tokens ended.{_told(left)}"
    return answer(Message(message=told))


async def end_sessions(request: web.Request) -> web.Response:
    """Sign somebody out everywhere."""
    person = await _person(request)
    await people.sign_out_everywhere(request, person)
    return answer(Message(message=f"{person.name} is signed out everywhere."))


async def _person(request: web.Request) -> User:
    return await request.app[STORE].read(people.find_by_name, request.match_info["name"])


def _told(left: list[ServerName]) -> str:
    if not left:
        return ""
    return f" Not stopped: {', '.join(str(name) for name in left)}. Stop them yourself."


def _describe(user: User) -> UserInfo:
    return UserInfo(
        name=user.name,
        slug=user.slug,
        admin=user.is_admin,
        disabled=user.is_disabled,
        created=user.created,
        has_password=user.has_password,
    )
