"""After a launch: who is in this browser, and did it keep the session's cookie? `/lti/arrived`.

    GET  /lti/arrived?to=…&code=…   signed in: on to the notebook; else a session, or a button
    POST /lti/arrived               the button: a session in a window of its own, and on

A frame has its session from the launch itself, if it keeps cookies. A window gets it here: what
another site's page posts comes without the cookie of the session that this window may have, and
that session goes on if it is the same person's, and ends if it is not.

Promises: the code is sealed, of one person, for five minutes, and signs in once; by GET only the
very browser that set out on the way of this launch (`flows`), by its cookie; who is signed in as
somebody else is asked, not sent on; the way on is a path of ours.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from proxy.core.errors import Forbidden
from proxy.core.identity import Identity, User
from proxy.core.lti_refusals import ArrivalFault, sentence_of
from proxy.core.redirects import safe_next
from proxy.core.sealing import LEEWAY, InvalidToken, number_of, seal, text_of, unseal
from proxy.core.sign_in_flow import Flow
from proxy.store import used_codes, users
from proxy.web import flows
from proxy.web.forms import read_form
from proxy.web.keys import CLOCK, IDENTITY, RANDOM, SETTINGS, STORE
from proxy.web.lti_refusing import REFUSALS, refused_launch, show_refusal
from proxy.web.problems import see_other
from proxy.web.render import render_page
from proxy.web.session_opening import launch_session

ARRIVED: Final = "/lti/arrived"
LIFETIME: Final = 300.0
_PURPOSE: Final = "arrival"
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who arrived, by a code that may be used once, until then; `flow` if in a window."""

    user_id: int
    code_id: str
    until: float
    flow: Flow | None


def way_by_arrived(request: web.Request, user: User, way_on: str, flow: Flow | None = None) -> str:
    """Return the way to `way_on` that finds out whether the cookie was kept.

    With `flow` the browser that set out on it is signed in there.
    """
    claims = {
        "uid": user.id,
        "jti": request.app[RANDOM](_ID_BYTES),
        "exp": request.app[CLOCK]() + LIFETIME,
        "way": flow.id if flow else "",
        "brw": flow.browser if flow else "",
    }
    code = seal(request.app[SETTINGS].secrets, _PURPOSE, claims)
    return f"{ARRIVED}?{urlencode({'to': way_on, 'code': code})}"


async def show_arrived(request: web.Request) -> web.Response:
    """Go on, or show the button."""
    way_on, code = safe_next(request.query.get("to")), request.query.get("code", "")
    newcomer = _read(request, code)
    if _is_signed_in(request[IDENTITY], newcomer):
        answer = see_other(way_on, Referrer_Policy="no-referrer")
        return _without_way(request, newcomer, answer)
    user = await _user(request, newcomer)
    if newcomer is None or user is None:
        return show_refusal(request, ArrivalFault.USED.value, sentence_of(ArrivalFault.USED.value))
    if _set_out_here(request, newcomer) and await _use_up(request, newcomer):
        answer = await launch_session(request, user, way_on, "lti")
        return _without_way(request, newcomer, answer)
    values = {"way_on": way_on, "code": code, "name": user.name}
    return render_page(request, "lti_arrived.html", values)


async def open_window(request: web.Request) -> web.Response:
    """Begin a session in the window that the button opened."""
    try:
        form = await read_form(request)
        newcomer = _read(request, form.get("code", ""))
        user = await _user(request, newcomer)
        if newcomer is None or user is None or not await _use_up(request, newcomer):
            word = ArrivalFault.USED.value
            raise Forbidden(sentence_of(word), detail=word)
    except REFUSALS as refusal:
        return refused_launch(request, refusal)
    return await launch_session(request, user, safe_next(form.get("to")), "lti")


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(ARRIVED, show_arrived, allow_head=False), web.post(ARRIVED, open_window)]


def _set_out_here(request: web.Request, newcomer: Newcomer) -> bool:
    """Is it the browser that began this launch, in a window of its own?"""
    if newcomer.flow is None or request.headers.get("Sec-Fetch-Dest") != "document":
        return False
    try:
        return bool(flows.secret_of(request, newcomer.flow))
    except Forbidden:
        return False


def _without_way(
    request: web.Request, newcomer: Newcomer | None, answer: web.Response
) -> web.Response:
    if newcomer is not None and newcomer.flow is not None:
        flows.clear_cookie(request, newcomer.flow, answer)
    return answer


def _is_signed_in(identity: Identity | None, newcomer: Newcomer | None) -> bool:
    if identity is None or identity.session_id is None:
        return False
    return newcomer is None or newcomer.user_id == identity.user.id


def _read(request: web.Request, code: str) -> Newcomer | None:
    try:
        claims = unseal(request.app[SETTINGS].secrets, _PURPOSE, code, request.app[CLOCK]())
        user_id, until = int(number_of(claims, "uid")), number_of(claims, "exp")
        way, browser = text_of(claims, "way"), text_of(claims, "brw")
        flow = Flow(_PURPOSE, ARRIVED, way, until, browser) if way else None
        return Newcomer(user_id, text_of(claims, "jti"), until, flow)
    except InvalidToken:
        return None


async def _user(request: web.Request, newcomer: Newcomer | None) -> User | None:
    if newcomer is None:
        return None
    user = await request.app[STORE].read(users.get, newcomer.user_id)
    return None if user is None or user.is_disabled else user


async def _use_up(request: web.Request, newcomer: Newcomer) -> bool:
    # As long as `unseal` takes it, and not a moment less.
    return await request.app[STORE].write(
        used_codes.consume,
        f"arrival:{newcomer.code_id}",
        newcomer.until + LEEWAY,
        request.app[CLOCK](),
    )
