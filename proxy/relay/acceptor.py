"""Accepts connections, and leaves some to the other relay processes on the same socket.

Promises: a connection waits `REST_SECONDS` at most for a sibling to take it, then it is taken here,
with all that have queued up by then. Until `close` one of these is always under way, so that none
waits for ever: a server, a reader that sees the next connection, a timer, a task that makes a
server. Must not: close the listening socket, which is supervisord's.
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
        self._is_over = False
        # Do we take what siblings should have taken?
        self._is_helping = False

    async def open(self) -> None:
        """Begin to accept, or go on."""
        if self._server is not None:
            return
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
        if self._has_most():
            # Not at once: this connection has not left the server's hands yet.
            self._loop.call_soon(self._rest)
        return self._factory()

    def _has_most(self) -> bool:
        """Is the next connection a sibling's? They are told as if it were ours."""
        siblings = self._siblings
        if siblings is None or siblings.is_alone:
            return False
        own = self._count() + 1
        siblings.tell(own, self._loop.time())
        return leaves_next(own, siblings.least())

    def _rest(self) -> None:
        """Let the siblings take what comes, unless they were seen not to."""
        if self._is_helping and self._somebody_waits():
            return
        self._is_helping = False
        self._watch()

    def _watch(self) -> None:
        """Accept nothing; only see that somebody comes."""
        if self._is_over:
            return
        try:
            self._loop.add_reader(self._listener.fileno(), self._notice)
        except OSError:  # the kernel has no room for it
            self._go_on()
        else:
            self._stop()

    def _notice(self) -> None:
        """Somebody waits: take it, later if a sibling should."""
        self._loop.remove_reader(self._listener.fileno())
        if self._has_most():
            self._loop.call_later(REST_SECONDS, self._look_again)
        else:
            self._go_on()

    def _look_again(self) -> None:
        """A sibling has taken it, or it is ours."""
        if self._is_over:
            return
        if self._somebody_waits():
            self._is_helping = True
            self._go_on()
        else:
            self._watch()

    def _somebody_waits(self) -> bool:
        waiting = select.poll()
        waiting.register(self._listener, select.POLLIN)
        return bool(waiting.poll(0))

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
