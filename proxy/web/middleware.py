"""What every request passes, from the outside in:

    scope      request id, client address
    log        one line an answer, one count
    errors     every exception becomes an answer (`problems`)
    hosts      foreign names are refused, aliases sent to the canonical origin
    identity   who asks; two sign-in cookies are an answer of their own (`planted`)
    origin     may this browser change anything?
    confinement  who helps somebody reaches that person's server, and nothing else

The security headers are added where the head of an answer is written (`headers`). Must not: refuse
for lack of an identity; that is each handler's first line, held by a test over all routes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

import structlog
from aiohttp import web

from proxy.auth.authenticator import Presented
from proxy.core.credentials import bearer_of
from proxy.core.errors import BadRequest, Forbidden, MisdirectedRequest, SifuError, Unauthenticated
from proxy.core.forwarded import client_address
from proxy.core.hosts import Standing
from proxy.core.identity import Identity
from proxy.core.origin import Provenance, may_change
from proxy.core.policy import Deny
from proxy.core.snapshot import without_secret
from proxy.metrics import FRONT_REQUESTS
from proxy.web.confinement import confinement
from proxy.web.keys import (
    AUTHENTICATOR,
    CLIENT_ADDRESS,
    HOSTS,
    IDENTITY,
    IS_ANSWERED,
    LOCAL_PEERS,
    RANDOM,
    REFUSAL,
    REQUEST_ID,
    SESSIONS,
    SETTINGS,
)
from proxy.web.planted import answer_planted
from proxy.web.problems import answer_problem, problem_of, wants_page
from proxy.web.vouching import is_somebody_else

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_ID_BYTES = 9
_CLIENT_LEFT = 499
# Asked by load balancers under whatever name or address they know.
_ANY_HOST = "/healthz"
# The same for everybody, and shown even where the store cannot be read.
_IMPERSONAL = ("/static/", _ANY_HOST)
_FROM_OTHER_SITES = frozenset({"/lti/login", "/lti/launch"})
_log = structlog.get_logger()


@web.middleware
async def scope(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id and its client's address."""
    request[REQUEST_ID] = request.app[RANDOM](_ID_BYTES)
    peer = request.transport.get_extra_info("peername") if request.transport else None
    request[CLIENT_ADDRESS] = client_address(
        peer[0] if isinstance(peer, tuple) else None,
        await _forwarded_for(request),
        request.app[SETTINGS].trusted_proxies,
    )
    with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
        return await handler(request)


async def _forwarded_for(request: web.Request) -> Sequence[str]:
    """Return what a proxy said; a kernel may be where a proxy would be, and is not believed."""
    said = request.headers.getall("X-Forwarded-For", ())
    peers = request.app[LOCAL_PEERS]
    if not said or peers is None or request.transport is None:
        return said
    return () if await peers.is_notebook(request.transport) else said


@web.middleware
async def access_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write one line and count one answer; never the query, which may hold a code."""
    began = perf_counter()
    try:
        response = await handler(request)
    except asyncio.CancelledError:
        _note(request, _CLIENT_LEFT, began)
        raise
    except BaseException:
        _note(request, 500, began)
        raise
    _note(request, response.status, began)
    return response


def _note(request: web.Request, status: int, began: float) -> None:
    who: Identity | None = request.get(IDENTITY)
    FRONT_REQUESTS.labels(f"{status // 100}xx").inc()
    _log.info(
        "front.request",
        method=request.method,
        path=without_secret(request.path)[:256],
        status=status,
        milliseconds=round((perf_counter() - began) * 1000, 1),
        client=request[CLIENT_ADDRESS],
        user=who.user.slug if who else None,
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Translate every exception, unless an answer is under way already."""
    try:
        return await handler(request)
    except SifuError as problem:
        if request.get(IS_ANSWERED):
            raise
        if problem.detail or problem.status >= 500:
            _log.warning("front.problem", status=problem.status, detail=problem.detail)
        return answer_problem(request, problem_of(problem))
    except web.HTTPException as problem:
        return answer_problem(request, problem_of(problem))
    except Exception as problem:
        if request.get(IS_ANSWERED):
            raise
        _log.exception("front.unknown_error")
        return answer_problem(request, problem_of(problem))


@web.middleware
async def hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign hosts; send people who came by an alias to the canonical origin."""
    if not request.raw_path.startswith("/"):
        raise BadRequest("A request names a path here, not a whole address.")
    if request.path == _ANY_HOST:
        return await handler(request)
    own = request.app[HOSTS]
    standing = own.standing(request.headers.getall("Host", ()))
    if standing is Standing.FOREIGN:
        raise MisdirectedRequest(own.refusal)
    is_read = request.method in {"GET", "HEAD"}
    if standing is Standing.ALIAS and is_read and wants_page(request):
        return web.Response(status=307, headers={"Location": own.origin + request.raw_path})
    return await handler(request)


@web.middleware
async def identity(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks; a bad credential is kept as the reason for a later refusal."""
    request[IDENTITY] = None
    if not request.path.startswith(_IMPERSONAL):
        presented = Presented(
            tuple(request.headers.getall("Cookie", ())),
            tuple(request.headers.getall("Authorization", ())),
        )
        try:
            request[IDENTITY] = await request.app[AUTHENTICATOR].authenticate(presented)
        except Unauthenticated as refusal:
            request[REFUSAL] = refusal
        who = request[IDENTITY]
        if who is not None and await is_somebody_else(request, who):
            request[IDENTITY] = None
        is_nobody = request[IDENTITY] is None and REFUSAL not in request
        if is_nobody and request.app[SESSIONS].is_doubled(presented):
            return answer_planted(request)
    return await handler(request)


@web.middleware
async def origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changes that another site's page asks for (`core.origin`).

    But for the two that learning platforms' pages post to by design: the first changes nothing, the
    second believes what is signed, from the browser that it was meant for (`lti_launch`).
    """
    if request.method == "POST" and request.path in _FROM_OTHER_SITES:
        return await handler(request)
    authorizations = request.headers.getall("Authorization", ())
    provenance = Provenance(
        method=request.method,
        site=_joined(request, "Sec-Fetch-Site"),
        origin=_joined(request, "Origin"),
        has_cookie="Cookie" in request.headers,
        has_bearer=any(bearer_of(value) for value in authorizations),
    )
    verdict = may_change(provenance, request.app[HOSTS].origins)
    if isinstance(verdict, Deny):
        raise Forbidden(verdict.reason)
    return await handler(request)


CHAIN = (scope, access_log, errors, hosts, identity, origin, confinement)


def _joined(request: web.Request, name: str) -> str | None:
    values = request.headers.getall(name, ())
    return ", ".join(values) if values else None
