"""Composition root of the relay (port 3335): wiring, serving, draining.

The listening socket is inherited as file descriptor 0; supervisord holds it, so a restart refuses
nobody. Draining on SIGTERM: not ready → stop accepting → `Connection: close` on every answer → wait
for what runs → end the websockets → exit 0.
"""

import asyncio
import gc
import signal
import socket
import sys
from functools import partial
from pathlib import Path

import uvloop

from proxy import log
from proxy.core.clock import Clock, system_clock
from proxy.core.errors import InvalidSettings
from proxy.limits import keep_freed_memory, raise_open_files
from proxy.listener import listening_socket
from proxy.relay.acceptor import BACKLOG, Acceptor
from proxy.relay.activity import WRITE_SECONDS
from proxy.relay.aiohttp_connection import has_c_parser
from proxy.relay.browsers import BrowserServer
from proxy.relay.context import RelayContext
from proxy.relay.conveyor import MOST_AT_ONCE
from proxy.relay.fast_lane import FastLane
from proxy.relay.feed import POLL_SECONDS
from proxy.relay.handler import RelayHandler
from proxy.relay.openings import WRITE_SECONDS as OPENED_SECONDS
from proxy.relay.pacing import Pacing
from proxy.relay.presence import WRITE_SECONDS as CLOSED_SECONDS
from proxy.relay.siblings import Siblings
from proxy.settings import Settings, ensure_secret, environment_value, read_settings
from proxy.store.relay_store import RelayStore, open_relay_store
from proxy.tasks import cancel, every, spawn

STALLED_SECONDS = 300.0
DRAIN_SECONDS = 30.0
# When everything is being stopped there is no successor for which draining would make room.
STOPPING_SECONDS = 1.0
# A kept-alive connection that is in use asks again within this time, and is told to close then.
IDLE_GRACE_SECONDS = 2.0
FLUSH_SECONDS = 0.2

_log = log.get_logger()


class RelayProgram:
    """One relay process: serves until told to drain."""

    def __init__(
        self, settings: Settings, store: RelayStore, clock: Clock, *, run: Path | None = None
    ) -> None:
        self.context = RelayContext(settings, store, clock)
        self._pacing = Pacing(self.context.is_near)
        # A request needs a descriptor on each side; others are for conveyors, the store, the logs.
        capacity = max(64, (raise_open_files() - 100 - 4 * MOST_AT_ONCE) // 2)
        self.server = BrowserServer(
            RelayHandler(self.context),
            self.context.outbox,
            repeat=FastLane(self.context).repeat,
            capacity=capacity,
            count_others=lambda: self.context.tally.open_websockets,
            is_bounded=self.context.is_bounded,
            settle=self._pacing.settle,
            on_fault=self.context.tally.fault,
        )
        self._run = run

    async def serve(self, listener: socket.socket, drain: asyncio.Event) -> None:
        """Serve on a listening socket until `drain` is set, then drain and return."""
        context = self.context
        await context.feed.start()
        self._pacing.prepare(listener)
        acceptor = Acceptor(listener, self.server, self._count, self._find_siblings())
        # Accepted sockets inherit it: a browser that vanished is noticed in the end.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        acceptor.look_about()
        await acceptor.open()
        chores = [
            spawn(every(POLL_SECONDS, context.feed.poll, name="feed"), name="relay.feed"),
            spawn(every(1.0, partial(self._sweep, acceptor), name="sweep"), name="relay.sweep"),
            spawn(every(WRITE_SECONDS, context.activity.write, name="activity"), name="activity"),
            spawn(every(OPENED_SECONDS, context.openings.write, name="opened"), name="opened"),
            spawn(every(CLOSED_SECONDS, context.presence.write, name="closed"), name="closed"),
        ]
        _log.info("relay.ready")
        await drain.wait()
        context.drain()
        acceptor.close()
        await self._drain()
        await cancel(*chores)
        await context.activity.write()
        await context.openings.write()
        context.tally.move()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while len(self.server) and loop.time() - began < self._limit(DRAIN_SECONDS):
            self.server.close_resting(after=self._limit(IDLE_GRACE_SECONDS))
            await asyncio.sleep(0.05)
        cut = len(self.context.live)
        self.context.live.close_all()
        await asyncio.sleep(FLUSH_SECONDS if cut else 0)
        self.context.live.cut_all()
        await self.server.shutdown(1.0)
        self.context.pool.close()
        _log.info("relay.drained", seconds=round(loop.time() - began, 1), websockets=cut)

    def _limit(self, seconds: float) -> float:
        """How long draining may take, or much less when supervisord itself is stopping."""
        is_stopping = self._run is not None and (self._run / "stopping").exists()
        return min(seconds, STOPPING_SECONDS) if is_stopping else seconds

    def _count(self) -> int:
        return len(self.server) + self.context.tally.open_websockets

    def _find_siblings(self) -> Siblings | None:
        try:
            return Siblings(self._run / "relays") if self._run is not None else None
        except OSError as problem:
            _log.warning("relay.alone", problem=str(problem))
            return None

    async def _sweep(self, acceptor: Acceptor) -> None:
        acceptor.look_about()
        self.server.sweep()
        self.context.pool.sweep()
        now = asyncio.get_running_loop().time()
        self.context.live.end_stalled(now - STALLED_SECONDS)
        self.context.tally.move()


async def run(settings: Settings) -> None:
    """Run as supervisord's child, until SIGTERM or SIGINT."""
    run_folder = environment_value("SIFU_RUN")
    drain = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, drain.set)
    store = open_relay_store(settings.store_url)
    try:
        run = Path(run_folder) if run_folder else None
        program = RelayProgram(settings, store, system_clock, run=run)
        with listening_socket(settings.bind, settings.notebook_port, backlog=BACKLOG) as listener:
            await program.serve(listener, drain)
    finally:
        store.close()


def main() -> None:
    """`python -m proxy.relay_app`."""
    try:
        settings = ensure_secret(read_settings())
    except InvalidSettings as invalid:
        sys.exit("\n".join(invalid.problems))
    log.configure(program="relay", level=settings.log_level)
    if not has_c_parser():
        sys.exit("aiohttp's C parser is missing; the relay does not run with the slow one.")
    # What was loaded stays. Looking through all of it again, the collector halted the loop for
    # 19 ms under load; looking through what came since, for 0.4 ms.
    gc.freeze()
    keep_freed_memory()
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
