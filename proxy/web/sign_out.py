"""Signing out: the session ends in the store, so no other tab and no old cookie brings it back."""

from aiohttp import web

from proxy.core.errors import Forbidden
from proxy.core.events import EventKind
from proxy.store import sessions
from proxy.web.access import require_identity
from proxy.web.audit import note_act
from proxy.web.framing import is_framed
from proxy.web.keys import CLOCK, IDENTITY, PROVIDERS, SESSIONS, STORE
from proxy.web.problems import see_other
from proxy.web.render import render_page
from proxy.web.sign_in import SIGNED_OUT


async def show_sign_out(request: web.Request) -> web.Response:
    """Ask: a link must not sign anybody out."""
    if request[IDENTITY] is None:
        return see_other("/sign-in")
    return render_page(request, "sign_out.html", {})


async def sign_out(request: web.Request) -> web.Response:
    """End the session; relays cut what it holds open within two seconds."""
    identity = request[IDENTITY]
    if identity is not None and identity.session_id is not None:
        await request.app[SESSIONS].end(identity.session_id)
        note_act(request, EventKind.SIGNED_OUT)
    return _bye(request)


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """End every session of whoever asks, on every machine; their tokens stay."""
    identity = require_identity(request)
    if identity.session_id is None:
        raise Forbidden("A signed-in browser can do that, not a token.")
    await request.app[STORE].write(sessions.end_all, identity.user.id, request.app[CLOCK]())
    note_act(request, EventKind.SIGNED_OUT, where="everywhere")
    return _bye(request)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/sign-out", show_sign_out),
        web.post("/sign-out", sign_out),
        web.post("/sign-out/everywhere", sign_out_everywhere),
    ]


def _bye(request: web.Request) -> web.Response:
    # What vouches for people before us would sign them in again at once.
    is_vouched_for = bool(request.app[PROVIDERS].vouching)
    answer = see_other(f"/sign-in?{SIGNED_OUT}" if is_vouched_for else "/sign-in")
    clearing = request.app[SESSIONS].clearing_cookie(framed=is_framed(request))
    answer.headers["Set-Cookie"] = clearing
    return answer
