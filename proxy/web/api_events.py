"""The steps of a start or stop as server-sent events (HTML standard, 9.2).

Promises: a stream ends after the last step, when the program stops, when the reader goes away, and
at the latest after `_STREAM_SECONDS` (a browser then asks again); in between a comment goes out
every `heartbeat` seconds, so that no proxy takes the silence for death. Must not: start or stop
anything.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

import structlog
from aiohttp import web

from proxy.core.errors import SifuError
from proxy.core.policy import Action
from proxy.core.progress import Progress
from proxy.tasks import cancel, spawn
from proxy.web.access import require_server
from proxy.web.api_servers import find_server
from proxy.web.keys import MANAGER
from proxy.web.schemas import Step

_STREAM_SECONDS: Final = 600
_log = structlog.get_logger()


class EventStreams:
    """The open streams of one application; `end` ends them all, for the program stops."""

    def __init__(self, *, heartbeat: float = 15.0) -> None:
        self._heartbeat = heartbeat
        self._ending = asyncio.Event()

    async def end(self, _app: web.Application) -> None:
        self._ending.set()

    async def show_events(self, request: web.Request) -> web.StreamResponse:
        """Stream the steps, each as `data: {"state", "message", "percent", "log"}`."""
        name = await require_server(request, Action.SEE)
        await find_server(request, name, also_stopped=True)
        response = web.StreamResponse(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        response.content_type = "text/event-stream"
        await response.prepare(request)
        try:
            async with asyncio.timeout(_STREAM_SECONDS):
                await self._follow(request.app[MANAGER].progress(name), response)
        except (TimeoutError, ConnectionError) as problem:
            _log.debug("events.cut", server=str(name), problem=repr(problem))
        except SifuError as problem:
            # The head is out, so all that can be done is to end the stream.
            _log.warning("events.broken", server=str(name), problem=problem.detail or str(problem))
        return response

    async def _follow(self, steps: AsyncIterator[Progress], response: web.StreamResponse) -> None:
        ending = spawn(self._ending.wait(), name="events.ending")
        upcoming = spawn(_next(steps), name="events.next")
        try:
            while True:
                await asyncio.wait(
                    {upcoming, ending},
                    timeout=self._heartbeat,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if ending.done():
                    return
                if not upcoming.done():
                    await response.write(b": still at it\n\n")
                    continue
                step = upcoming.result()
                if step is None:
                    return
                await response.write(_event(step))
                if step.is_last:
                    return
                upcoming = spawn(_next(steps), name="events.next")
        finally:
            await cancel(upcoming, ending)
            if isinstance(steps, AsyncGenerator):
                await steps.aclose()


async def _next(steps: AsyncIterator[Progress]) -> Progress | None:
    return await anext(steps, None)


def _event(step: Progress) -> bytes:
    shown = Step(state=step.state, message=step.message, percent=step.percent, log=list(step.log))
    # JSON holds no raw line break, so one `data:` line holds it all.
    return f"data: {shown.model_dump_json()}\n\n".encode()
