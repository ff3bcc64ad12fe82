"""The end of every way of signing in: a session begins, and the browser goes on.

Promises: it is a new session, whatever the browser had before, and that one ends; the sign-in is
counted and noted, with the way that it came. A launch by the very person who is signed in goes on
in their session: a page may hold several, and none may end another's. While somebody helps in a
browser, none but their own hand signs them in: a page of the helped server could otherwise send
that browser to whatever vouches for them, and find it with all its rights (decision 18).
"""

from typing import Final

from aiohttp import web

from proxy.core.errors import Forbidden
from proxy.core.identity import User
from proxy.metrics import SIGN_INS, SignIn
from proxy.store import helping
from proxy.web.audit import note_sign_in
from proxy.web.framing import is_framed
from proxy.web.keys import CLOCK, IDENTITY, SESSIONS, STORE
from proxy.web.problems import see_other

_BY_HAND: Final = frozenset({"password", "link"})
_HELPS: Final = (
    "You are helping somebody in their notebooks. Stop that first, in the browser in which you do: "
    "its pages show how. If that browser is gone, try again in half an hour."
)


async def begin_session(request: web.Request, user: User, way_on: str, way: str) -> web.Response:
    """Sign this browser in as `user` and send it to `way_on`, a path of this site."""
    if way not in _BY_HAND and await request.app[STORE].read(
        helping.is_helping, user.id, request.app[CLOCK]()
    ):
        raise Forbidden(_HELPS)
    sessions, former = request.app[SESSIONS], request[IDENTITY]
    if former is not None and former.session_id is not None:
        await sessions.end(former.session_id)
    opened = await sessions.open(user)
    SIGN_INS.labels(SignIn.ACCEPTED.value).inc()
    note_sign_in(request, user, way)
    answer = see_other(way_on, Referrer_Policy="no-referrer")
    answer.headers["Set-Cookie"] = sessions.cookie(opened, framed=is_framed(request))
    return answer


async def launch_session(request: web.Request, user: User, way_on: str, way: str) -> web.Response:
    """Do the same for a launch, in the session that there is if it is theirs."""
    former = request[IDENTITY]
    if former is not None and former.session_id is not None and former.user.id == user.id:
        return see_other(way_on, Referrer_Policy="no-referrer")
    return await begin_session(request, user, way_on, way)
