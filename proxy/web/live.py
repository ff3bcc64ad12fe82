"""Pages that show what changes: the server renders a part anew, the browser gets it as an event.

Promises: an event goes out only when something changed, every other time a comment, so that no
proxy takes the silence for death; a stream ends when its session does, within some seconds, when
the program stops, and at the latest after `_STREAM_SECONDS` (the browser then asks again); there
are `MOST` at a time, of which one person has `MOST_EACH`. Must not: render what the page itself
would not have shown.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from proxy.core.errors import Forbidden, SifuError, TooManyAttempts
from proxy.core.identity import Identity
from proxy.store import sessions
from proxy.web.access import require_identity
from proxy.web.keys import CLOCK, STORE
from proxy.web.render import render_text

MOST: Final = 1000
MOST_EACH: Final = 50
PAUSE: Final = 2.0
_STREAM_SECONDS: Final = 600
_WRITE_SECONDS: Final = 30
_QUIET: Final = b": nothing new\n\n"
_log = structlog.get_logger()

Render = Callable[[web.Request], Awaitable[str]]


class LivePages:
    """The open streams of one application; `end` ends them all, for the program stops."""

    def __init__(self, *, pause: float = PAUSE, most: int = MOST) -> None:
        self._pause = pause
        self._most = most
        self._open: Counter[int] = Counter()  # by person
        self._ending = asyncio.Event()

    async def end(self, _app: web.Application) -> None:
        self._ending.set()

    async def follow(self, request: web.Request, render: Render) -> web.StreamResponse:
        """Stream what `render` returns, each as `data: {"part", "banner"}`; both are HTML."""
        identity = require_identity(request)
        person = identity.user.id
        if self._open.total() >= self._most or self._open[person] >= MOST_EACH:
            raise TooManyAttempts(
                "Very many pages are open. This one does not change by itself.",
                retry_after=_STREAM_SECONDS,
            )
        if identity.session_id is None:
            raise Forbidden("Live pages are for browsers. GET /api/overview is for scripts.")
        response = web.StreamResponse(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        response.content_type = "text/event-stream"
        self._open[person] += 1
        try:
            await response.prepare(request)
            async with asyncio.timeout(_STREAM_SECONDS):
                await self._send(request, identity, response, render)
        except (TimeoutError, ConnectionError) as problem:
            _log.debug("live.cut", path=request.path, problem=repr(problem))
        except SifuError as problem:
            # The head is out, so all that can be done is to end the stream; the browser asks again.
            _log.warning("live.broken", path=request.path, problem=problem.detail or str(problem))
        finally:
            self._open[person] -= 1
            if not self._open[person]:
                del self._open[person]
        return response

    async def _send(
        self,
        request: web.Request,
        identity: Identity,
        response: web.StreamResponse,
        render: Render,
    ) -> None:
        shown = b""
        while not self._ending.is_set() and await _still_holds(request, identity):
            event = _event(await render(request), render_text(request, "banner.html", {}))
            async with asyncio.timeout(_WRITE_SECONDS):
                await response.write(event if event != shown else _QUIET)
            shown = event
            try:
                async with asyncio.timeout(self._pause):
                    await self._ending.wait()
            except TimeoutError:
                continue


async def _still_holds(request: web.Request, identity: Identity) -> bool:
    """Is whoever asked still signed in, and still the same, role included?"""
    session = await request.app[STORE].read(sessions.get, identity.session_id or "")
    return (
        session is not None
        and session.ended is None
        and request.app[CLOCK]() < session.expires
        and session.user == identity.user
    )


def _event(part: str, banner: str) -> bytes:
    # JSON holds no raw line break, so one `data:` line holds it all.
    return f"data: {json.dumps({'part': part, 'banner': banner})}\n\n".encode()
