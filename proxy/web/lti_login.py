"""A learning platform begins a launch: `GET` or `POST /lti/login`, and on to the platform.

Promises: whoever asks is sent to an address that an administrator registered, or nowhere; nothing
is written. Inside a frame it is found out first whether this browser keeps anything for us there: a
cookie, or the platform's own storage (LTI Client Side postMessages); if neither, a page opens the
same launch in a window of its own, which has to happen before the platform uses it up. Must not:
believe anything of what it is told.
"""

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from proxy.core.cookies import format_cookie, names_beginning
from proxy.core.errors import Forbidden
from proxy.core.lti_login import (
    LoginAsk,
    LoginFault,
    authorization_address,
    choose_platform,
    origin_of,
    parameters_of,
    read_login,
)
from proxy.core.lti_platform import Platform
from proxy.core.lti_refusals import sentence_of
from proxy.core.sign_in_flow import LIFETIME, nonce_of
from proxy.store import platforms
from proxy.web import flows
from proxy.web.forms import read_pairs
from proxy.web.framing import is_framed
from proxy.web.keys import COOKIE_STYLE, SETTINGS, STORE
from proxy.web.lti_refusing import REFUSALS, framing_origin, note_unseen_frame, refused_launch
from proxy.web.problems import see_other
from proxy.web.render import render_page

LOGIN: Final = "/lti/login"
LAUNCH: Final = "/lti/launch"
# The names of our ways at platforms begin so; a platform's number follows.
WAY: Final = "lti:"
_MOST_FIELDS: Final = 32
_TRIED: Final = "tried"


async def begin_login(request: web.Request) -> web.Response:
    """Send the browser to its platform, with a way back."""
    try:
        pairs = [*request.query.items(), *await read_pairs(request, most_fields=_MOST_FIELDS)]
        ask = read_login(pairs, launch_address(request))
        if isinstance(ask, LoginFault):
            raise Forbidden(sentence_of(ask.value), detail=ask.value)
        platform = await _platform(request, ask)
    except REFUSALS as refusal:
        return refused_launch(request, refusal)
    # A window of our own keeps cookies.
    has_storage = ask.storage and request.headers.get("Sec-Fetch-Dest") != "document"
    if is_framed(request) and not has_storage and not _keeps_cookies(request):
        if not any(name == _TRIED for name, _ in pairs):
            return _try_cookie(request, ask)
        note_unseen_frame(request, platform)
        return _ask_for_window(request, ask)
    return _set_out(request, ask, platform, storage=ask.storage if has_storage else "")


def launch_address(request: web.Request) -> str:
    """Return our one address that platforms launch and send the browser back to."""
    return request.app[SETTINGS].front_origin + LAUNCH


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get(LOGIN, begin_login, allow_head=False), web.post(LOGIN, begin_login)]


async def _platform(request: web.Request, ask: LoginAsk) -> Platform:
    found = await request.app[STORE].read(platforms.find_of_issuer, ask.issuer, ask.client)
    chosen = choose_platform(found, ask)
    if isinstance(chosen, Platform):
        return chosen
    name = {LoginFault.PLATFORM: ask.issuer, LoginFault.DEPLOYMENT: ask.deployment}.get(chosen)
    raise Forbidden(sentence_of(chosen.value, name), detail=chosen.value)


def _set_out(
    request: web.Request, ask: LoginAsk, platform: Platform, *, storage: str
) -> web.Response:
    way = flows.set_out(
        request,
        f"{WAY}{platform.id}",
        "/",
        storage=storage,
        # Later the platform sends the browser here, whose addresses may be of another origin.
        page=framing_origin(request),
        comes_back_by_post=True,
    )
    onward = authorization_address(
        platform.entry,
        ask,
        target=launch_address(request),
        state=way.state,
        nonce=nonce_of(way.secret, way.flow.id),
    )
    if storage:
        note_unseen_frame(request, platform)
        values = {
            "frame": storage,
            "origin": origin_of(platform.entry.authorization),
            "id": way.flow.id,
            "secret": way.secret,
            "onward": onward,
            "otherwise": _once_more(request, ask, is_tried=True),
        }
        answer = render_page(request, "lti_store.html", values)
    else:
        answer = see_other(onward, Referrer_Policy="no-referrer")
    way.add_cookies(answer)
    return answer


def _keeps_cookies(request: web.Request) -> bool:
    """Did this browser, in this very frame, send back any cookie of ours?"""
    style = request.app[COOKIE_STYLE]
    sent = request.headers.getall("Cookie", ())
    return any(names_beginning(sent, name) for name in (style.flow_names, style.session_name))


def _try_cookie(request: web.Request, ask: LoginAsk) -> web.Response:
    """Give it a cookie and have it ask once more."""
    style = request.app[COOKIE_STYLE]
    # Whose page it is has to be known the second time, too; the policy of our pages would hide it.
    answer = see_other(_once_more(request, ask, is_tried=True), Referrer_Policy="origin")
    answer.headers["Set-Cookie"] = format_cookie(
        style.flow_name("try"),
        "1",
        path="/",
        secure=style.secure,
        max_age=int(LIFETIME),
        framed=True,
    )
    return answer


def _ask_for_window(request: web.Request, ask: LoginAsk) -> web.Response:
    way_on = _once_more(request, ask, is_tried=False)
    return render_page(request, "lti_window.html", {"way_on": way_on})


def _once_more(request: web.Request, ask: LoginAsk, *, is_tried: bool) -> str:
    said = parameters_of(ask, launch_address(request), with_storage=False)
    return f"{LOGIN}?{urlencode(said | ({_TRIED: '1'} if is_tried else {}))}"
