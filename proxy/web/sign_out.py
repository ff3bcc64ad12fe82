"""Signing out: the session ends in the store, so no other tab and no old cookie brings it back."""

from aiohttp import web

from proxy.web.framing import is_framed
from proxy.web.keys import IDENTITY, SESSIONS
from proxy.web.problems import see_other
from proxy.web.render import render_page


async def show_sign_out(request: web.Request) -> web.Response:
    """Ask: a link must not sign anybody out."""
    if request[IDENTITY] is None:
        return see_other("/sign-in")
    return render_page(request, "sign_out.html", {})


async def sign_out(request: web.Request) -> web.Response:
    """End the session; relays cut what it holds open within two seconds."""
    sessions = request.app[SESSIONS]
    identity = request[IDENTITY]
    if identity is not None and identity.session_id is not None:
        await sessions.end(identity.session_id)
    answer = see_other("/sign-in")
    answer.headers["Set-Cookie"] = sessions.clearing_cookie(framed=is_framed(request))
    return answer


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/sign-out", show_sign_out), web.post("/sign-out", sign_out)]
