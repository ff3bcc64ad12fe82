"""Administration: the learning platforms whose links open notebooks here.

Promises: an invitation is in the answer to its making and nowhere else; what could not be kept
stands in the form again, as it was typed. What may be done is decided in `platforms`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from proxy.core.errors import Conflict, NotFound, UnprocessableInput
from proxy.core.lti_platform import PlatformEntry
from proxy.web import platforms
from proxy.web.access import require_admin
from proxy.web.forms import read_form
from proxy.web.keys import SETTINGS
from proxy.web.platforms import Known
from proxy.web.problems import see_other
from proxy.web.render import render_page

_HERE: Final = "/admin/platforms"
_EMPTY: Final = PlatformEntry("", "", "", "", "", "", ())


@dataclass(frozen=True, slots=True)
class Card:
    """A platform with what its form shows; `is_open` if that is to be seen at once."""

    known: Known
    draft: PlatformEntry
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What was typed, for the platform of this number or, as None, a new one."""

    sentence: str
    draft: PlatformEntry
    number: str | None
    status: int


async def show_platforms(request: web.Request) -> web.Response:
    """Every platform, and how another is added."""
    require_admin(request)
    return await _page(request)


async def post_platform(request: web.Request) -> web.Response:
    """Register one by hand."""
    require_admin(request)
    draft = _entry(await read_form(request))
    try:
        await platforms.add(request, draft)
    except (Conflict, UnprocessableInput) as problem:
        return await _page(request, _Refusal(problem.public, draft, None, problem.status))
    return see_other(_HERE)


async def post_invitation(request: web.Request) -> web.Response:
    """Make an address at which a platform registers itself; it is shown this once."""
    require_admin(request)
    title = (await read_form(request)).get("title", "")
    try:
        url, _ = await platforms.invite(request, title)
    except (Conflict, UnprocessableInput) as problem:
        return await _page(request, _Refusal(problem.public, _EMPTY, None, problem.status))
    return await _page(request, invitation=url, invited=title.strip())


async def post_act(request: web.Request) -> web.Response:
    """Change one, add a deployment to it, or remove it."""
    require_admin(request)
    number, act = request.match_info["id"], request.match_info["act"]
    if act == "remove":
        await platforms.remove(request, number)
        return see_other(_HERE)
    form = await read_form(request)
    if act == "change":
        draft = _entry(form)
    elif act == "deployment":
        entry = (await platforms.find_known(request, number)).platform.entry
        named = form.get("deployment", "").strip()
        draft = replace(entry, deployments=(*entry.deployments, named))
    else:
        raise NotFound("That cannot be done to a platform.")
    try:
        await platforms.change(request, number, draft)
    except (Conflict, UnprocessableInput) as problem:
        return await _page(request, _Refusal(problem.public, draft, number, problem.status))
    return see_other(_HERE)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get(_HERE, show_platforms),
        web.post(_HERE, post_platform),
        web.post(_HERE + "/invitations", post_invitation),
        web.post(_HERE + "/{id}/{act}", post_act),
    ]


def _entry(form: Mapping[str, str]) -> PlatformEntry:
    """Read the form; what surrounds a pasted text is not meant."""

    def field(name: str) -> str:
        return form.get(name, "").strip()

    lines = (line.strip() for line in form.get("deployments", "").splitlines())
    return PlatformEntry(
        issuer=field("issuer"),
        client=field("client"),
        title=field("title"),
        authorization=field("authorization"),
        token=field("token"),
        keys=field("keys"),
        deployments=tuple(line for line in lines if line),
        audience=field("audience"),
    )


async def _page(
    request: web.Request,
    refusal: _Refusal | None = None,
    *,
    invitation: str = "",
    invited: str = "",
) -> web.Response:
    own = platforms.own_addresses(request)
    addresses = (
        ("Login initiation", own.login),
        ("Launch, redirect, and deep linking", own.launch),
        ("Public keys (JWKS)", own.keys),
        ("Configuration for Canvas", own.canvas),
    )
    is_new = refusal is not None and refusal.number is None
    values = {
        "section": _HERE,
        "told": refusal.sentence if refusal else "",
        "cards": [_card(each, refusal) for each in await platforms.list_known(request)],
        "addresses": addresses,
        "framers": request.app[SETTINGS].lms_origins,
        "draft": refusal.draft if refusal and is_new else _EMPTY,
        "is_draft": is_new and refusal is not None and refusal.draft != _EMPTY,
        "invitation": invitation,
        "invited": invited,
    }
    status = refusal.status if refusal else 200
    return render_page(request, "admin_platforms.html", values, status=status)


def _card(known: Known, refusal: _Refusal | None) -> Card:
    if refusal is not None and refusal.number == str(known.platform.id):
        return Card(known, refusal.draft, is_open=True)
    return Card(known, known.platform.entry, is_open=False)
