"""Carries one request up and its answer down, over a pooled connection.

Promises: bodies stream in both directions and are never held whole; a browser that goes away ends
its upstream; one retry, only for a request without body whose method is idempotent, on a
kept-alive connection that turned out to be dead before a byte of the answer.
"""

import asyncio

from proxy.core.errors import UpstreamBroken, UpstreamSlow
from proxy.relay.aiohttp_parts import BaseRequest, HttpProcessingError, RequestPayloadError
from proxy.relay.exchange import AwaitedExchange, Exchange, Outcome
from proxy.relay.pool import Pool
from proxy.relay.upstream import UpstreamConnection
from proxy.tasks import cancel, spawn

# How long a server may take nothing of an upload, or a browser send nothing.
STALL_SECONDS = 300.0
_RETRYABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_LAST_CHUNK = b"0\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def transfer(
    pool: Pool,
    address: str,
    request: BaseRequest,
    exchange: AwaitedExchange,
    head: bytes,
    *,
    anew: bool,
) -> Outcome:
    """Return how it ended; raises `UpstreamBroken` or `UpstreamSlow` if nothing was sent down.

    `anew` says that a kept-alive connection has failed this request already.
    """
    has_body = request.body_exists
    is_whole = not has_body or _is_here(request)
    if has_body and is_whole:
        # A body that is here whole goes up in one piece with its head.
        body = request.content.read_nowait()
        head += _chunk(body) + _LAST_CHUNK if request.content_length is None else body
    idle = None if anew else pool.take_idle(address)
    upstream = idle or await pool.dial(address)
    outcome = await _attempt(upstream, request, exchange, head, is_whole=is_whole)
    may_retry = idle is not None and not has_body and exchange.method in _RETRYABLE
    if outcome is Outcome.NOTHING and may_retry:
        upstream = await pool.dial(address)
        outcome = await _attempt(upstream, request, exchange, head, is_whole=True)
    raise_if_failed(outcome)
    return outcome


def raise_if_failed(outcome: Outcome) -> None:
    """Raise `UpstreamBroken` or `UpstreamSlow` for an outcome of which the browser saw nothing."""
    if outcome in {Outcome.NOTHING, Outcome.GONE}:
        raise UpstreamBroken(
            "The notebook server closed the connection. It may be restarting: try again.",
            detail="closed before an answer",
        )
    if outcome is Outcome.MALFORMED:
        raise UpstreamBroken(detail="malformed answer")
    if outcome is Outcome.SLOW:
        raise UpstreamSlow(detail="no answer in time")


async def _attempt(
    upstream: UpstreamConnection,
    request: BaseRequest,
    exchange: AwaitedExchange,
    head: bytes,
    *,
    is_whole: bool,
) -> Outcome:
    exchange.start()
    exchange.uploaded = is_whole
    upstream.begin(exchange, head)
    upload = None
    if not is_whole:
        upload = spawn(_upload(upstream, request, exchange), name="relay.upload")
    try:
        return await exchange.finished
    finally:
        if upload is not None:
            await cancel(upload)
        exchange.drop_carrier()


async def _upload(upstream: UpstreamConnection, request: BaseRequest, exchange: Exchange) -> None:
    chunked = request.content_length is None
    if request.headers.get("Expect", "").lower() == "100-continue":
        exchange.write(_CONTINUE)
    body = exchange.browser.body
    if body is not None:
        try:
            is_whole = await body.flow(upstream, STALL_SECONDS)
        finally:
            exchange.sent += body.hauled
        if is_whole:
            _note_upload(exchange)
        else:
            exchange.drop_carrier()
            exchange.end(Outcome.CUT)
        return
    try:
        while data := await _next_part(request):
            upstream.send(_chunk(data) if chunked else data)
            async with asyncio.timeout(STALL_SECONDS):
                await upstream.room()
    except (RequestPayloadError, HttpProcessingError, ConnectionError, TimeoutError):
        # The body broke off, or the upstream takes no more of it: it may not pass for a whole one.
        exchange.drop_carrier()
        exchange.end(Outcome.CUT)
        return
    if chunked:
        upstream.send(_LAST_CHUNK)
    _note_upload(exchange)


async def _next_part(request: BaseRequest) -> bytes:
    async with asyncio.timeout(STALL_SECONDS):
        return await request.content.readany()


def _note_upload(exchange: Exchange) -> None:
    """From now on the server's time for an answer runs."""
    exchange.uploaded = True
    exchange.began = asyncio.get_running_loop().time()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _is_here(request: BaseRequest) -> bool:
    """Has the whole body come, and in order?"""
    return request.content.is_eof() and request.content.exception() is None
