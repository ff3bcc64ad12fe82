"""The end of every way of signing in: a session begins, and the browser goes on.

Promises: it is a new session, whatever the browser had before, and that one ends; the sign-in is
counted and noted, with the way that it came. A launch by the very person who is signed in goes on
in their session: a page may hold several, and none may end another's.
"""

from aiohttp import web

from proxy.core.identity import User
from proxy.metrics import SIGN_INS, SignIn
from proxy.web.audit import note_sign_in
from proxy.web.framing import is_framed
from proxy.web.keys import IDENTITY, SESSIONS
from proxy.web.problems import see_other


async def begin_session(request: web.Request, user: User, way_on: str, way: str) -> web.Response:
    """Sign this browser in as `user` and send it to `way_on`, a path of this site."""
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
