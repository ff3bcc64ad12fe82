"""The proxy that anybody would write with aiohttp first, as the floor to compare with.

A catch-all handler, one `ClientSession`, the pass verified with pyjwt on each request, answers
streamed, websocket messages passed on one by one. It is measured, and never to be deployed.

    python -m bench.naive     listens on descriptor 0; NAIVE_UPSTREAM, NAIVE_SECRET_FILE
"""

import asyncio
import socket
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, UnixConnector, WSMsgType, web
from aiohttp import ClientWebSocketResponse as UpstreamSocket
from multidict import CIMultiDict

from proxy.core.clock import system_clock
from proxy.core.tokens import InvalidToken, read_pass
from proxy.settings import environment_value

_HOP = ("Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Host")
_Either = UpstreamSocket | web.WebSocketResponse


class NaiveProxy:
    """One handler for everything."""

    def __init__(self, upstream: str, secret: str) -> None:
        self._upstream = upstream
        self._secret = secret
        self._session: ClientSession | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            read_pass([self._secret], request.cookies.get("sifu-pass", ""), system_clock())
        except InvalidToken:
            return web.Response(status=401)
        if self._session is None:
            self._session = ClientSession(
                connector=UnixConnector(self._upstream, limit=0),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                timeout=ClientTimeout(total=None),
            )
        headers = without_hop(request.headers)
        headers["X-Forwarded-For"] = request.remote or ""
        url = f"http://upstream{request.raw_path}"
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._relay_websocket(request, self._session, url, headers)
        return await self._relay(request, self._session, url, headers)

    async def _relay(
        self, request: web.Request, session: ClientSession, url: str, headers: CIMultiDict[str]
    ) -> web.StreamResponse:
        body = request.content if request.can_read_body else None
        async with session.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            response = web.StreamResponse(
                status=answer.status, reason=answer.reason, headers=without_hop(answer.headers)
            )
            await response.prepare(request)
            async for chunk in answer.content.iter_chunked(65536):
                await response.write(chunk)
            await response.write_eof()
            return response

    async def _relay_websocket(
        self, request: web.Request, session: ClientSession, url: str, headers: CIMultiDict[str]
    ) -> web.StreamResponse:
        for name in [each for each in headers if each.lower().startswith("sec-websocket")]:
            headers.popall(name, None)
        async with session.ws_connect(url, headers=headers, max_msg_size=0) as upstream:
            browser = web.WebSocketResponse(max_msg_size=0)
            await browser.prepare(request)
            pumps = {asyncio.Task(pump(browser, upstream)), asyncio.Task(pump(upstream, browser))}
            _, pending = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for each in pending:
                each.cancel()
            await browser.close()
            return browser


async def pump(source: _Either, target: _Either) -> None:
    """Pass messages on until there are no more."""
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await target.send_bytes(message.data)


def without_hop(headers: "CIMultiDict[str] | object") -> CIMultiDict[str]:
    """Copy headers without those of one hop."""
    kept = CIMultiDict[str](headers)  # type: ignore[arg-type]
    for name in _HOP:
        kept.popall(name, None)
    return kept


def main() -> None:
    """Serve until terminated."""
    upstream = environment_value("NAIVE_UPSTREAM") or ""
    secret = Path(environment_value("NAIVE_SECRET_FILE") or "").read_text()
    app = web.Application(client_max_size=2**40)
    app.router.add_route("*", "/{path:.*}", NaiveProxy(upstream, secret).handle)
    web.run_app(app, sock=socket.socket(fileno=0), access_log=None, print=None, backlog=4096)


if __name__ == "__main__":
    main()
