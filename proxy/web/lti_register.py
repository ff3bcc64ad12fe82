"""A platform that was invited registers itself: `/lti/register`, opened by its own page.

Promises: the invitation is the authority, and nobody need be signed in; to look uses nothing up and
asks nobody, so a scanner of links does no harm; of many who press the button at once one succeeds,
and its work goes to the end even if the browser leaves; an invitation that led to nothing holds on,
even if this program ended in between.
What another registration said is never overwritten. Must not: log the platform's token.

The page may stand in any frame or window: whoever can show it knows the invitation, and needs no
trick to use it.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy import Connection

from proxy.auth.lti_registration import PlatformRegistrar
from proxy.core.credentials import hash_secret
from proxy.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    SifuError,
    StoreUnavailable,
    UnprocessableInput,
    UpstreamBroken,
)
from proxy.core.events import EventKind
from proxy.core.lti_platform import Platform, PlatformEntry
from proxy.core.lti_registration import MOST_TOKEN, entry_of, may_ask
from proxy.store import platform_invitations, platforms
from proxy.store.platform_invitations import Invitation
from proxy.tasks import spawn
from proxy.web.forms import read_pairs
from proxy.web.keys import CLIENT_ADDRESS, CLOCK, EVENTS, OPEN_CLIENT, SETTINGS, STORE
from proxy.web.platforms import own_addresses
from proxy.web.problems import wants_page
from proxy.web.render import render_page

_HERE: Final = "/lti/register"
_MOST_CODE: Final = 256
_FIELDS: Final = ("invite", "openid_configuration", "registration_token")
_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors *",
        )
    ),
    # A platform that opens a window hears from it only so.
    "Cross-Origin-Opener-Policy": "unsafe-none",
}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Ask:
    """What the platform's page gave the browser."""

    invite: str
    address: str
    token: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc


@dataclass(frozen=True, slots=True)
class _Done:
    platform: Platform
    family: str


async def show_registration(request: web.Request) -> web.Response:
    """Say who asks for what, and offer the button."""
    try:
        ask = _read_ask({name: request.query.getall(name, []) for name in _FIELDS})
        invitation = await request.app[STORE].read(
            platform_invitations.find, hash_secret(ask.invite), request.app[CLOCK]()
        )
        if invitation is None:
            raise _not_invited()
        if ask.address:
            _check_address(request, ask)
    except SifuError as problem:
        return _refused(request, problem)
    step = "ask" if ask.address else "paste"
    values = {"step": step, "ask": ask, "title": invitation.title}
    return _page(request, values)


async def post_registration(request: web.Request) -> web.Response:
    """Register each with the other."""
    pairs = await read_pairs(request)
    ask: _Ask | None = None
    try:
        ask = _read_ask({name: [text for key, text in pairs if key == name] for name in _FIELDS})
        _check_address(request, ask)
        # Shielded: who leaves in between would leave half a registration.
        done = await asyncio.shield(spawn(_to_the_end(request, ask), name="platform.registration"))
        if isinstance(done, SifuError):
            raise done
    except UpstreamBroken as problem:
        return _refused(request, problem, ask)
    except SifuError as problem:
        return _refused(request, problem)
    entry = done.platform.entry
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(entry.issuer))
    values = {
        "step": "done",
        "title": entry.title,
        "entry": entry,
        "family": done.family,
        "origin": origin,
        "is_framer": origin in request.app[SETTINGS].lms_origins,
    }
    return _page(request, values)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(_HERE, show_registration), web.post(_HERE, post_registration)]


def _read_ask(fields: Mapping[str, list[str]]) -> _Ask:
    """Return what was asked; raises `BadRequest` for a field that comes twice."""
    if any(len(values) > 1 for values in fields.values()):
        raise BadRequest("The address has a part twice. Begin again in your learning platform.")
    invite, address, token = ("".join(fields.get(name, [])) for name in _FIELDS)
    if not 0 < len(invite) <= _MOST_CODE:
        raise _not_invited()
    if len(token) > MOST_TOKEN or not token.isascii() or not token.isprintable():
        raise UnprocessableInput("The platform's registration token cannot be used.")
    return _Ask(invite, address, token)


def _check_address(request: web.Request, ask: _Ask) -> None:
    if not may_ask(ask.address, request.app[SETTINGS].front_origin):
        raise UnprocessableInput(
            "The platform says that it describes itself at an address that cannot be used: it has "
            "to begin with https://."
        )


def _not_invited() -> Forbidden:
    return Forbidden(
        "This invitation does not hold: it was used already, is older than a day, or a part of the "
        "address is missing. An administrator makes a new one in Administration, Platforms. If a "
        "registration was cut off just now, try again in two minutes."
    )


async def _to_the_end(request: web.Request, ask: _Ask) -> _Done | SifuError:
    """Register by the invitation, or give it back; a value, for a task that raises is a fault."""
    store, now = request.app[STORE], request.app[CLOCK]()
    try:
        invitation = await store.write(platform_invitations.take, hash_secret(ask.invite), now)
    except SifuError as problem:
        return problem
    if invitation is None:
        return _not_invited()
    try:
        return await _register(request, ask, invitation)
    except SifuError as problem:
        host = urlsplit(ask.address).hostname
        _log.warning("platform.not_registered", host=host, detail=problem.detail)
        with suppress(StoreUnavailable):  # it comes back by itself, if later
            await store.write(platform_invitations.give_back, invitation)
        return problem


async def _register(request: web.Request, ask: _Ask, invitation: Invitation) -> _Done:
    registrar = PlatformRegistrar(request.app[OPEN_CLIENT], own_addresses(request))
    described = await registrar.describe(ask.address, ask.token)
    registered = await registrar.register(described, ask.token)
    entry = entry_of(described, registered, invitation.title)
    if isinstance(entry, str):
        raise UnprocessableInput(f"What the platform answered cannot be used. {entry}")
    try:
        platform = await request.app[STORE].write(_keep, entry, invitation, request.app[CLOCK]())
    except Conflict as problem:
        raise Conflict(
            "This platform is registered here already, with the same client id; nothing was "
            "changed. To begin anew, remove it in Administration, Platforms, first.",
            detail=f"{entry.issuer} {entry.client}",
        ) from problem
    request.app[EVENTS].note(
        EventKind.ADMIN_PLATFORM_ADDED,
        about={
            "platform": entry.title,
            "issuer": entry.issuer,
            "by": "invitation",
            "address": request[CLIENT_ADDRESS],
        },
    )
    return _Done(platform, described.family)


def _keep(
    connection: Connection, entry: PlatformEntry, invitation: Invitation, now: float
) -> Platform:
    """Keep the platform and use the invitation up, both or none of it."""
    if not platform_invitations.use_up(connection, invitation):
        raise _not_invited()
    return platforms.add(connection, entry, now)


def _refused(request: web.Request, problem: SifuError, ask: _Ask | None = None) -> web.Response:
    """Answer a refusal as a page of ours, which a frame shows; scripts get what they always get.

    With what was asked, it can be asked again.
    """
    if not wants_page(request):
        raise problem
    values = {"step": "refused", "sentence": problem.public, "ask": ask}
    return _page(request, values, status=problem.status)


def _page(request: web.Request, values: Mapping[str, object], *, status: int = 200) -> web.Response:
    page = render_page(request, "lti_register.html", values, status=status)
    page.headers.update(_HEADERS)
    return page
