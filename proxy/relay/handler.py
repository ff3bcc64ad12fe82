"""The way of a request through the relay: parse → pass → policy → route → forward.

Rule: a request is refused before anything is looked up, or authorised by the bytes that are then
forwarded. A websocket takes the same way as everything else, and its 101 comes last.
"""

import structlog

from proxy.core.activity import shows_a_person
from proxy.core.cookies import DOOR_PATH
from proxy.core.errors import (
    BadRequest,
    Forbidden,
    HeadTooLong,
    MethodRefused,
    MisdirectedRequest,
    NotFound,
    ServerNotRunning,
    SifuError,
    Unauthenticated,
)
from proxy.core.hosts import Standing
from proxy.core.identity import ServerName
from proxy.core.paths import BadTarget, Target, parse_target
from proxy.core.policy import Action, Deny, may
from proxy.core.request_headers import imitates_ours
from proxy.core.websocket_handshake import read_offer
from proxy.relay.aiohttp_connection import has_long_head
from proxy.relay.aiohttp_parts import BaseRequest, HttpVersion10, StreamResponse
from proxy.relay.browser import connection_of
from proxy.relay.carriage import Carriage
from proxy.relay.context import RelayContext
from proxy.relay.exchange import Outcome
from proxy.relay.refusals import reason_of
from proxy.relay.visitors import Visitor

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger()


class RelayHandler:
    """Called by the server for each request."""

    def __init__(self, context: RelayContext) -> None:
        self._context = context
        self._carriage = Carriage(context)

    async def __call__(self, request: BaseRequest) -> StreamResponse:
        target: Target | None = None
        browser = connection_of(request)
        failure, browser.failure = browser.failure, None
        try:
            target = self._parse(request)
            if target.server is None:
                response = await self._answer_own(request, target)
            else:
                return await self._relay(request, target, target.server, failure)
        except SifuError as error:
            self._note(request, error, target)
            response = self._context.answers.refuse(request, error, target)
            if error.status in {400, 405, 421, 431, 502, 504}:
                response.force_close()
        if self._context.is_draining:
            response.force_close()
            response.headers["Connection"] = "close"
        browser.drop_body(request.content)
        self._context.tally.answer(response.status)
        return response

    def _parse(self, request: BaseRequest) -> Target:
        """Understand the head, or refuse it; nothing has been looked up yet."""
        if request.method not in _METHODS:
            raise MethodRefused()
        target = parse_target(request.raw_path)
        if isinstance(target, BadTarget):
            raise (
                NotFound() if target.reason == "no_such_name" else BadRequest(detail=target.reason)
            )
        if has_long_head(request):
            raise HeadTooLong()
        if imitates_ours(request.raw_headers):
            raise BadRequest(detail="underscores")
        if not _is_framed_plainly(request):
            raise BadRequest(detail="framing")
        if target.path != "/-/healthz":
            self._check_host(request, target)
        return target

    def _check_host(self, request: BaseRequest, target: Target) -> None:
        hosts = self._context.hosts_for(target.server)
        if hosts.standing(request.headers.getall("Host", [])) is Standing.FOREIGN:
            raise MisdirectedRequest(hosts.refusal)

    async def _answer_own(self, request: BaseRequest, target: Target) -> StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            raise MethodRefused()
        if target.path == "/-/healthz":
            return self._context.health()
        if target.path == DOOR_PATH and request.method == "GET":
            return await self._context.entrance.enter(request, target)
        raise NotFound("Notebooks are at addresses that begin with /user/.")

    async def _relay(
        self,
        request: BaseRequest,
        target: Target,
        server: ServerName,
        failure: Outcome | None,
    ) -> StreamResponse:
        if target.path == server.prefix[:-1]:
            if request.method not in {"GET", "HEAD"}:
                raise MethodRefused()
            return self._context.answers.redirect(server.prefix + target.query)
        visitor = await self._context.visitors.find(request.raw_headers)
        self._authorize(request, visitor, server)
        assert visitor is not None  # noqa: S101 (authorised)
        offer = None
        if "Upgrade" in request.headers:
            offer = read_offer(request.method, request.raw_headers)
        if offer is not None and request.body_exists:
            raise BadRequest("A websocket is asked for without a body.", detail="upgrade_with_body")
        if offer is not None:
            self._check_websocket_origin(request, visitor, server)
        route = self._context.routes.cached(server) or await self._context.routes.find(server)
        if route is None:
            raise ServerNotRunning(await self._context.routes.say_absence(server))
        if shows_a_person(request.method, request.headers.get("Sec-Fetch-Mode", "")):
            self._context.activity.note(server, visitor.identity.session_id)
        return await self._carriage.carry(request, target, visitor, route, offer, failure)

    def _authorize(self, request: BaseRequest, visitor: Visitor | None, server: ServerName) -> None:
        if visitor is None or visitor.server not in {None, server}:
            raise Unauthenticated("Please sign in to use this notebook server.")
        decision = may(visitor.identity, Action.OPEN, server, self._context.settings.workspaces)
        if isinstance(decision, Deny):
            raise Forbidden(decision.reason)
        if visitor.helps and "Service-Worker" in request.headers:
            raise Forbidden("A helper's browser takes no service worker: it would stay there.")

    def _check_websocket_origin(
        self, request: BaseRequest, visitor: Visitor, server: ServerName
    ) -> None:
        origins = request.headers.getall("Origin", [])
        if not origins and visitor.by_token:
            return
        if len(origins) != 1 or origins[0] not in self._context.hosts_for(server).origins:
            raise Forbidden("A websocket may be opened by a notebook's own page only.")

    def _note(self, request: BaseRequest, error: SifuError, target: Target | None) -> None:
        self._context.tally.refuse(reason_of(error))
        if error.status >= 500 or error.detail:
            _log.info(
                "relay.refused",
                status=error.status,
                method=request.method,
                path=target.path if target else "",
                detail=error.detail,
            )


def _is_framed_plainly(request: BaseRequest) -> bool:
    """Is it HTTP/1.0 or 1.1, with one framing at most? llhttp lets HTTP/0.9 and an empty
    `Transfer-Encoding` pass, whose reading differs from server to server.
    """
    if request.version < HttpVersion10:
        return False
    codings = request.headers.getall("Transfer-Encoding", ())
    if not codings:
        return True
    is_chunked = len(codings) == 1 and codings[0].lower() == "chunked"
    return is_chunked and "Content-Length" not in request.headers
