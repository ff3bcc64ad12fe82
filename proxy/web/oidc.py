"""Signing in at another service: the way out and the way back.

    GET /oidc/{provider}/sign-in?next=…   to the service, with a cookie for the way
    GET /oidc/{provider}/back?code=…&state=…   from there, into a session

Promises: only the browser that set out comes back, once; what the service says went wrong is told
in our words, never in its; nothing of the address is kept or logged. Must not: decide who is let in
(`auth.joining`) or whether a token is good (`auth.oidc`, `auth.github`).
"""

from typing import Final

from aiohttp import web

from proxy.auth.joining import join
from proxy.auth.providers import SignInProvider
from proxy.core.errors import Forbidden, NotFound, SifuError
from proxy.core.redirects import safe_next
from proxy.core.sign_in_flow import Flow
from proxy.web import flows
from proxy.web.following import answer_nobody, is_followed
from proxy.web.keys import CLOCK, PROVIDERS, SETTINGS, STORE
from proxy.web.problems import see_other
from proxy.web.refusing import refused_sign_in
from proxy.web.session_opening import begin_session

_MOST: Final = 4096
_NOT_SIGNED_IN: Final = "You were not signed in there. Please try again."


async def set_out(request: web.Request) -> web.Response:
    """Send the browser to the service."""
    provider = _provider(request)
    if not is_followed(request):
        return answer_nobody()
    way = flows.set_out(request, _named(provider), safe_next(request.query.get("next")))
    answer = see_other(await provider.service.way_out(way.state, way.secret, way.flow.id))
    way.add_cookies(answer)
    return answer


async def come_back(request: web.Request) -> web.Response:
    """Verify who comes back, and begin their session."""
    provider = _provider(request)
    try:
        flow = flows.read_flow(request, request.query.getall("state", []), _named(provider))
        answer = await _come_back(request, provider, flow)
    except SifuError as refusal:
        raise refused_sign_in(request, _named(provider), refusal) from refusal
    flows.clear_cookie(request, flow, answer)
    return answer


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/oidc/{provider}/sign-in", set_out, allow_head=False),
        web.get("/oidc/{provider}/back", come_back, allow_head=False),
    ]


async def _come_back(request: web.Request, provider: SignInProvider, flow: Flow) -> web.Response:
    secret = flows.secret_of(request, flow)
    if not secret:
        raise flows.refuse_without_secret()
    codes = request.query.getall("code", [])
    if len(codes) != 1 or not 0 < len(codes[0]) <= _MOST:
        # What it says of the reason (`error`) is in its words, and anybody can write it.
        raise Forbidden(_NOT_SIGNED_IN, detail="no_code")
    said = request.query.getall("iss", [])
    profile = await provider.service.redeem(codes[0], secret, flow.id, said[0] if said else None)
    # Only now: whoever has no good code writes nothing, however often they come.
    await flows.use_up(request, flow)
    user = await join(
        request.app[STORE],
        _named(provider),
        profile,
        provider.rules,
        request.app[CLOCK],
        homes=request.app[SETTINGS].notebooks,
    )
    return await begin_session(request, user, flow.target, _named(provider))


def _provider(request: web.Request) -> SignInProvider:
    provider = request.app[PROVIDERS].services.get(request.match_info["provider"])
    if provider is None:
        raise NotFound("Nobody signs in here by that name.")
    return provider


def _named(provider: SignInProvider) -> str:
    """Return its name where all ways of signing in have theirs."""
    return f"oidc:{provider.name}"
