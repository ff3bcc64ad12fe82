"""Administration: who may sign in, as what, and what can be done about it.

Promises: a link that signs somebody in is in the answer to its making and nowhere else. What may be
done is decided in `people`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from proxy.core.errors import Conflict, NotFound, UnprocessableInput
from proxy.core.identity import User
from proxy.store import sessions, users
from proxy.web import people
from proxy.web.access import require_admin, server_of
from proxy.web.forms import read_form
from proxy.web.keys import OBSERVATORY, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page

_HERE: Final = "/admin/users"
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One account; `acts` are what can be done: path, word, and a question if it asks first."""

    user: User
    state: str
    seen: float | None
    sessions: int
    acts: tuple[tuple[str, str, str], ...]


async def show_users(request: web.Request) -> web.Response:
    """Everybody, or those in whose name `?name=` is, a page at a time."""
    require_admin(request)
    return await _page(request)


async def post_user(request: web.Request) -> web.Response:
    """Make an account; without a password a link comes with it."""
    require_admin(request)
    form = await read_form(request)
    name, password = form.get("name", "").strip(), form.get("password", "")
    try:
        added = await people.add_person(
            request, name, password=password or None, is_admin="admin" in form
        )
    except (Conflict, UnprocessableInput) as problem:
        return await _page(request, told=problem.public, draft=name, status=problem.status)
    if password:
        return see_other(_HERE)
    return await _link_page(request, added)


async def post_act(request: web.Request) -> web.Response:
    """Do one of the acts to somebody."""
    require_admin(request)
    person = await request.app[STORE].read(people.find_by_slug, request.match_info["owner"])
    act = request.match_info["act"]
    if act == "link":
        return await _link_page(request, person)
    if act not in _ACTS:
        raise NotFound("That cannot be done to an account.")
    try:
        await _ACTS[act](request, person)
    except Conflict as problem:
        return await _page(request, told=problem.public, status=problem.status)
    request.app[OBSERVATORY].forget()
    return see_other(_HERE)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get(_HERE, show_users),
        web.post(_HERE, post_user),
        web.post(_HERE + "/{owner}/{act}", post_act),
    ]


async def _promote(request: web.Request, person: User) -> None:
    await people.set_role(request, person, is_admin=True)


async def _demote(request: web.Request, person: User) -> None:
    await people.set_role(request, person, is_admin=False)


_ACTS: Final[Mapping[str, Callable[[web.Request, User], Awaitable[object]]]] = {
    "promote": _promote,
    "demote": _demote,
    "disable": people.disable,
    "enable": people.enable,
    "sign-out": people.sign_out_everywhere,
    "remove": people.remove,
}


async def _link_page(request: web.Request, person: User) -> web.Response:
    link = await people.make_link(request, person)
    return await _page(request, link=link, link_for=person.name)


async def _page(
    request: web.Request,
    *,
    told: str = "",
    draft: str = "",
    link: str = "",
    link_for: str = "",
    status: int = 200,
) -> web.Response:
    everybody = await request.app[STORE].read(users.list_all)
    wanted = request.query.get("name", "").strip()
    chosen = [user for user in everybody if wanted.casefold() in user.name.casefold()]
    first = min(_number(request.query.get("from", "")), max(len(chosen) - 1, 0))
    values = {
        "section": _HERE,
        "told": told,
        "wanted": wanted,
        "number": len(chosen),
        "first": first,
        "earlier": _address(wanted, max(first - PAGE, 0)) if first else "",
        "later": _address(wanted, first + PAGE) if first + PAGE < len(chosen) else "",
        "people": await _rows(request, chosen[first : first + PAGE]),
        "draft": draft,
        "link": link,
        "link_for": link_for,
    }
    return render_page(request, "admin_users.html", values, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _address(wanted: str, first: int) -> str:
    named = {"name": wanted} if wanted else {}
    return f"{_HERE}?{urlencode(named | {'from': first})}"


async def _rows(request: web.Request, chosen: Sequence[User]) -> list[Row]:
    oneself = require_admin(request).user
    mode = request.app[SETTINGS].workspaces
    seen = await request.app[STORE].read(sessions.last_seen)
    view = await request.app[OBSERVATORY].look()
    states = {each.name: each.state for each in view.servers}
    found = []
    for user in chosen:
        last, number = seen.get(user.id, (None, 0))
        state = states.get(server_of(user, mode), "stopped")
        found.append(Row(user, state, last, number, tuple(_acts(user, is_self=user == oneself))))
    return found


def _acts(user: User, *, is_self: bool) -> list[tuple[str, str, str]]:
    name = user.name
    if user.is_disabled:
        acts = [("enable", "Let them in again", "")]
    else:
        acts = [
            ("link", "Make a sign-in link", ""),
            ("sign-out", "Sign out everywhere", f"Sign {name} out everywhere?"),
        ]
        if user.is_admin:
            acts.append(("demote", "No administrator any more", f"Take the role from {name}?"))
        else:
            acts.append(("promote", "Make an administrator", f"Make {name} an administrator?"))
    if is_self:
        return acts
    if not user.is_disabled:
        question = (
            f"Disable {name}? They are signed out, tokens end, their server stops; files stay."
        )
        acts.append(("disable", "Disable", question))
    question = f"Remove the account of {name}? Their server stops; files stay on the disk."
    return [*acts, ("remove", "Remove", question)]
