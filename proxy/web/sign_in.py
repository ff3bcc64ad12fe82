"""Signing in, by password, by a one-time link, or by who vouches for people before us.

Promises: every sign-in begins a new session and ends the one that the browser had; the answer to a
wrong name and to a wrong password is the same, in words and in work; a link is used up only by a
person who follows it, not by what looks ahead (HEAD, prefetch, an image); the way on stays on this
site.
"""

from aiohttp import web

from proxy.auth.links import consume_link
from proxy.core.errors import TooManyAttempts
from proxy.core.redirects import safe_next
from proxy.metrics import SIGN_INS, SignIn
from proxy.store import users
from proxy.web.audit import note_failed_sign_in
from proxy.web.following import answer_nobody, is_followed
from proxy.web.forms import read_form
from proxy.web.framing import is_framed
from proxy.web.keys import (
    ATTEMPTS,
    CLIENT_ADDRESS,
    CLOCK,
    IDENTITY,
    PASSWORDS,
    PROVIDERS,
    REFUSAL,
    SESSIONS,
    STORE,
)
from proxy.web.problems import problem_of, see_other
from proxy.web.render import render_page
from proxy.web.session_opening import begin_session
from proxy.web.vouching import sign_in_vouched

# In the address after a sign-out, where something before us would vouch for them again.
SIGNED_OUT = "signed-out"
_BYE = "You are signed out."
_WRONG = "This name and this password do not belong together. Please try again."
_DISABLED = "This account is closed. Whoever runs this Sifu can open it again."
_DEAD_LINK = (
    "This link was used before, or it is too old. Sign in with your password, or ask whoever sent "
    "it for a new one."
)


async def show_sign_in(request: web.Request) -> web.Response:
    """The form; with `?code=…` the one-time link."""
    way_on = safe_next(request.query.get("next"))
    if "code" in request.query and request.method == "GET":
        return await _follow_link(request, request.query["code"], way_on)
    if request[IDENTITY] is not None:
        return see_other(way_on)
    if SIGNED_OUT in request.query:
        return _form(request, way_on, sentence=_BYE)
    if is_followed(request) and (answer := await sign_in_vouched(request, way_on)) is not None:
        return answer
    return _form(request, way_on)


async def sign_in(request: web.Request) -> web.Response:
    """Check the form's name and password."""
    form = await read_form(request)
    name, way_on = form.get("name", "").strip(), safe_next(form.get("next"))
    attempts, address = request.app[ATTEMPTS], request[CLIENT_ADDRESS]
    try:
        attempts.count(address, name)
        user = await request.app[PASSWORDS].check(name, form.get("password", ""))
    except TooManyAttempts as problem:
        return _refused(request, way_on, problem, name)
    if user is None or user.is_disabled:
        SIGN_INS.labels(SignIn.REFUSED.value).inc()
        # Asked whatever the answer was: it takes as long for a name that nobody has.
        known = await request.app[STORE].read(users.find, name)
        note_failed_sign_in(request, known, "password")
        sentence = _WRONG if user is None else _DISABLED
        return _form(request, way_on, sentence=sentence, name=name, status=403)
    attempts.succeeded(address, name)
    return await begin_session(request, user, way_on, "password")


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.get("/sign-in", show_sign_in), web.post("/sign-in", sign_in)]


async def _follow_link(request: web.Request, code: str, way_on: str) -> web.Response:
    if not is_followed(request):
        return answer_nobody()
    attempts, address = request.app[ATTEMPTS], request[CLIENT_ADDRESS]
    try:
        attempts.count(address)
    except TooManyAttempts as problem:
        return _refused(request, way_on, problem)
    user = await consume_link(request.app[STORE], code, request.app[CLOCK])
    if user is None or user.is_disabled:
        SIGN_INS.labels(SignIn.REFUSED.value).inc()
        note_failed_sign_in(request, user, "link")
        sentence = _DEAD_LINK if user is None else _DISABLED
        return _form(request, way_on, sentence=sentence, status=403)
    attempts.succeeded(address)
    return await begin_session(request, user, way_on, "link")


def _refused(
    request: web.Request, way_on: str, problem: TooManyAttempts, name: str = ""
) -> web.Response:
    SIGN_INS.labels(SignIn.LIMITED.value).inc()
    answer = _form(request, way_on, sentence=problem.public, name=name, status=problem.status)
    answer.headers.update(problem_of(problem).headers)
    return answer


def _form(
    request: web.Request, way_on: str, *, sentence: str = "", name: str = "", status: int = 200
) -> web.Response:
    page = render_page(
        request,
        "sign_in.html",
        {
            "way_on": way_on,
            "sentence": sentence,
            "name": name,
            "services": request.app[PROVIDERS].services.values(),
        },
        status=status,
    )
    if REFUSAL in request:
        # A cookie that is worth nothing is taken away, not carried along.
        sessions = request.app[SESSIONS]
        page.headers["Set-Cookie"] = sessions.clearing_cookie(framed=is_framed(request))
    return page
