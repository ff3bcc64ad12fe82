"""Accepts connections, and leaves some to the other relay processes on the same socket.

Promises: a connection waits `REST_SECONDS` at most for a sibling to take it, then it is taken here.
Must not: close the listening socket, which is supervisord's.
"""

import asyncio
import select
import socket
from collections.abc import Callable

from proxy.core.turns import leaves_next
from proxy.relay.siblings import Siblings
from proxy.tasks import spawn

BACKLOG = 4096
REST_SECONDS = 0.005
RETRY_SECONDS = 0.5

Factory = Callable[[], asyncio.BaseProtocol]


class Acceptor:
    """`count` says how many connections this process has."""

    def __init__(
        self,
        listener: socket.socket,
        factory: Factory,
        count: Callable[[], int],
        siblings: Siblings | None,
    ) -> None:
        self._listener = listener
        self._factory = factory
        self._count = count
        self._siblings = siblings
        self._loop = asyncio.get_running_loop()
        self._server: asyncio.Server | None = None
        self._waiting = select.poll()
        self._waiting.register(listener, select.POLLIN)
        # Until then (loop time) whoever comes is taken: the siblings do not come for them.
        self._takes_all_until = 0.0
        self._is_over = False

    async def open(self) -> None:
        """Begin to accept, or go on."""
        self._loop.remove_reader(self._listener.fileno())
        # The event loop closes the socket that it is given.
        self._server = await self._loop.create_server(
            self._accept, sock=self._listener.dup(), backlog=BACKLOG
        )
        if self._is_over:
            self._stop()

    def look_about(self) -> None:
        """Tell the siblings of us, and see who they are; once a second."""
        if self._siblings is not None and not self._is_over:
            now = self._loop.time()
            self._siblings.tell(self._count(), now)
            self._siblings.look(now)

    def close(self) -> None:
        """Accept no more."""
        self._is_over = True
        if self._siblings is not None:
            self._siblings.leave()
        self._loop.remove_reader(self._listener.fileno())
        self._stop()

    def _accept(self) -> asyncio.BaseProtocol:
        if self._siblings is not None and self._has_most(self._siblings, self._count() + 1):
            # Not at once: this connection has not left the server's hands yet.
            self._loop.call_soon(self._rest)
        return self._factory()

    def _has_most(self, siblings: Siblings, own: int) -> bool:
        now = self._loop.time()
        siblings.tell(own, now)
        return now >= self._takes_all_until and leaves_next(own, siblings.least())

    def _rest(self) -> None:
        """Let the siblings take what comes; only see that something does."""
        self._stop()
        if not self._is_over:
            self._loop.add_reader(self._listener.fileno(), self._notice)

    def _notice(self) -> None:
        """Somebody waits: take it, later if a sibling should."""
        self._loop.remove_reader(self._listener.fileno())
        siblings = self._siblings
        if siblings is not None and self._has_most(siblings, self._count() + 1):
            self._loop.call_later(REST_SECONDS, self._look_again)
        else:
            self._go_on()

    def _look_again(self) -> None:
        """Rest on if a sibling took it; else take all that wait, for each would wait in turn."""
        if self._waiting.poll(0):
            self._takes_all_until = self._loop.time() + REST_SECONDS
            self._go_on()
        else:
            self._rest()

    def _go_on(self) -> None:
        if not self._is_over:
            _ = spawn(self._reopen(), name="relay.accept")

    async def _reopen(self) -> None:
        try:
            await self.open()
        except OSError:  # there is no descriptor left
            self._loop.call_later(RETRY_SECONDS, self._go_on)

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
