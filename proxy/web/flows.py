"""Ways to other services and back, as requests see them: a cookie for each, and a sealed state.

Promises: who comes back is the browser that set out, once (`is_back` and `use_up`); frames that set
out side by side do not take each other's cookies; a page that sets out without end makes us hold
nothing, and its browser a few dozen cookies. Must not: know the service.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from proxy.core.cookies import format_cookie, names_beginning, read_cookie
from proxy.core.credentials import SECRET_BYTES
from proxy.core.errors import Forbidden
from proxy.core.sealing import LEEWAY, InvalidToken
from proxy.core.sign_in_flow import LIFETIME, Flow, hash_of, is_of, mint_state, read_state
from proxy.store import used_codes
from proxy.web.framing import is_framed
from proxy.web.keys import CLOCK, COOKIE_STYLE, RANDOM, SETTINGS, STORE

_ID_BYTES: Final = 12
# Cookies of ways that nobody came back on; with more, the earliest are taken away.
_MOST_WAYS: Final = 30
_SET_OUT_AGAIN: Final = (
    "This way of signing in was begun in another browser, or too long ago. Please begin again."
)


@dataclass(frozen=True, slots=True)
class SettingOut:
    """`secret` is the browser's, and in no address; `cookies` are for the answer."""

    flow: Flow
    secret: str
    state: str
    cookies: tuple[str, ...]

    def add_cookies(self, answer: web.StreamResponse) -> None:
        """Let the browser keep its secret."""
        for cookie in self.cookies:
            answer.headers.add("Set-Cookie", cookie)


def set_out(
    request: web.Request,
    provider: str,
    target: str,
    *,
    storage: str = "",
    page: str = "",
    comes_back_by_post: bool = False,
) -> SettingOut:
    """Begin a way. Who comes back by another site's form needs a cookie that goes along there."""
    random = request.app[RANDOM]
    secret = random(SECRET_BYTES)
    flow = Flow(
        provider=provider,
        target=target,
        id=random(_ID_BYTES),
        until=request.app[CLOCK]() + LIFETIME,
        browser=hash_of(secret),
        framed=is_framed(request),
        storage=storage,
        page=page,
    )
    crosses = flow.framed or comes_back_by_post
    names = names_beginning(
        request.headers.getall("Cookie", ()), request.app[COOKIE_STYLE].flow_names
    )
    own = request.app[COOKIE_STYLE].flow_name(flow.id)
    return SettingOut(
        flow,
        secret,
        mint_state(request.app[SETTINGS].secrets, flow),
        (
            *(_cookie(request, name, "", crosses=crosses) for name in names[: -_MOST_WAYS + 1]),
            _cookie(request, own, secret, crosses=crosses),
        ),
    )


def read_flow(request: web.Request, states: list[str], provider: str) -> Flow:
    """Return the way that these values of `state` name, of this provider; raises `Forbidden`.

    A `provider` that ends with a colon stands for all that begin with it.
    """
    if len(states) != 1:
        raise Forbidden(_SET_OUT_AGAIN, detail="state: none, or several")
    try:
        flow = read_state(request.app[SETTINGS].secrets, states[0], request.app[CLOCK]())
    except InvalidToken as problem:
        raise Forbidden(_SET_OUT_AGAIN, detail=f"state: {problem}") from problem
    is_kind = provider.endswith(":") and flow.provider.startswith(provider)
    if flow.provider != provider and not is_kind:
        raise Forbidden(_SET_OUT_AGAIN, detail="state: of another service")
    return flow


def secret_of(request: web.Request, flow: Flow, *, told: str = "") -> str:
    """Return the secret of the browser that set out: in its cookie, or `told` out of a frame.

    Empty if neither is there; raises `Forbidden` if it is another browser's.
    """
    name = request.app[COOKIE_STYLE].flow_name(flow.id)
    secret = read_cookie(request.headers.getall("Cookie", ()), name) or told
    if secret and not is_of(flow, secret):
        raise Forbidden(_SET_OUT_AGAIN, detail="state: another browser")
    return secret


def refuse_without_secret() -> Forbidden:
    """Return the refusal for who comes back and never set out."""
    return Forbidden(_SET_OUT_AGAIN, detail="state: no browser")


async def use_up(request: web.Request, flow: Flow) -> None:
    """End the way; raises `Forbidden` if it was ended before."""
    now = request.app[CLOCK]()
    # As long as the state is read, and not a moment less.
    until = flow.until + LEEWAY
    if not await request.app[STORE].write(used_codes.consume, f"flow:{flow.id}", until, now):
        raise Forbidden(_SET_OUT_AGAIN, detail="state: used before")


def clear_cookie(request: web.Request, flow: Flow, answer: web.StreamResponse) -> None:
    """Take the way's cookie away."""
    name = request.app[COOKIE_STYLE].flow_name(flow.id)
    if read_cookie(request.headers.getall("Cookie", ()), name) is not None:
        # Partitioned or not, it is two cookies to a browser; which one this is, it does not say.
        for crosses in {False, request.app[COOKIE_STYLE].secure}:
            answer.headers.add("Set-Cookie", _cookie(request, name, "", crosses=crosses))


def _cookie(request: web.Request, name: str, secret: str, *, crosses: bool) -> str:
    return format_cookie(
        name,
        secret,
        path="/",
        secure=request.app[COOKIE_STYLE].secure,
        max_age=int(LIFETIME) if secret else 0,
        framed=crosses,
    )
