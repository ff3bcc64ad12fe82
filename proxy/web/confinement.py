"""Who helps somebody can do that, and nothing else.

The student owns the server that the helper's browser shows, so a page of it is in that browser, and
can send it to any address of ours. Promises: a session that helps reaches the help page, that one
server and the sign-out; what would begin another session (a sign-in by another service, a launch,
a link) is refused too. When the help is over, the browser stays here until a person says that they
closed those windows: an address that signs somebody in by itself would hand them a browser with
all its rights (decision 18).
"""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from proxy.auth.sessions import HelpOver
from proxy.core.errors import Forbidden
from proxy.core.identity import Identity
from proxy.store import users
from proxy.web.keys import HELPED, IDENTITY, REFUSAL, STORE
from proxy.web.problems import see_other, wants_page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HELP: Final = "/help"
_ENDING: Final = frozenset({("GET", HELP), ("POST", f"{HELP}/stop")})
# What asks whether this server may be opened, seen or started (`core.policy`), and the way out.
_ALLOWED: Final = _ENDING | {
    ("GET", "/open/{owner}/{workspace}"),
    ("GET", "/open/{owner}/{workspace}/{path}"),
    ("GET", "/enter/{owner}/{workspace}"),
    ("GET", "/start/{owner}/{workspace}"),
    ("POST", "/start/{owner}/{workspace}"),
    ("GET", "/api/servers/{owner}/{workspace}/events"),
    ("GET", "/sign-out"),
    ("POST", "/sign-out"),
    ("POST", "/sign-out/everywhere"),
    ("GET", "/static/{name}"),
    ("GET", "/healthz"),
}
_SENTENCE: Final = "You are helping somebody: only their server opens. Stop helping to do this."


@web.middleware
async def confinement(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a session that helps, or did, no further than it must."""
    who: Identity | None = request.get(IDENTITY)
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    wanted = (method, "" if resource is None else resource.canonical)
    if who is not None and who.helping is not None:
        helped = await request.app[STORE].read(users.find_by_slug, who.helping.owner)
        request[HELPED] = who.helping.owner if helped is None else helped.name
        if wanted == ("GET", "/") and wants_page(request):
            return see_other(HELP)
        if wanted not in _ALLOWED:
            raise Forbidden(_SENTENCE)
    refusal = request.get(REFUSAL)
    if isinstance(refusal, HelpOver) and wanted not in _ENDING:
        if wants_page(request):
            return see_other(HELP)
        raise refusal
    return await handler(request)
