"""Long bodies from one socket to another within the kernel, by way of a pipe: splice(2).

Why: a body of megabytes that is read into this process and written again is copied twice, and each
copy keeps small requests waiting. Here it is counted, and never seen.

Promises: what the sink's transport was given before goes first; then exactly the declared bytes;
not one more is taken from the source, whose transport rests meanwhile. At most `_HELD` bytes are
between the two. Must not: outlive its transports; whoever engages one stops it when one of them is
lost, because the sockets stay open until then.
"""

import asyncio
import fcntl
import os
import select
import socket
from collections.abc import Callable
from enum import Enum
from typing import Protocol

# For a shorter rest, making the pipe costs more than it saves.
WORTHWHILE = 512 * 1024
_HELD = 256 * 1024
# So much an empty pipe takes whole.
_PIECE = select.PIPE_BUF
# Each has four descriptors, and a pipe of which an account has some hundreds (pipe(7)).
MOST_AT_ONCE = 64


class Arrival(Enum):
    """How it ended."""

    WHOLE = "whole"
    EXCEEDED = "exceeded"  # whole, and the source has sent more than it had declared
    SOURCE_LOST = "source lost"
    SINK_LOST = "sink lost"


class Watcher(Protocol):
    """Who wants to know how it goes."""

    def conveyed(self, count: int) -> None:
        """So many bytes were taken from the source."""

    def stalled(self, since: float) -> None:
        """The sink has taken nothing since then (loop time); 0.0 when it takes again."""

    def arrived(self, arrival: Arrival) -> None:
        """It is over, and the transports are its owner's again; the source's still rests."""


class Conveyor:
    """One body on its way."""

    __slots__ = (
        "_end",
        "_fault",
        "_held",
        "_inlet",
        "_is_waiting",
        "_loop",
        "_outlet",
        "_sink",
        "_source",
        "_to",
        "_unread",
        "_watcher",
    )

    def __init__(
        self,
        source: asyncio.Transport,
        sink: asyncio.Transport,
        length: int,
        watcher: Watcher,
        on_end: Callable[[], None],
    ) -> None:
        """Begin; raises `OSError` if there are no descriptors for it, or no pipe of that size."""
        self._loop = asyncio.get_running_loop()
        self._watcher = watcher
        self._end = on_end
        self._to = sink
        self._unread = length
        self._held = 0
        # Descriptors of our own: the event loop watches the transports' for itself.
        self._source = self._sink = self._outlet = self._inlet = -1
        try:
            self._source, self._sink = _duplicate(source), _duplicate(sink)
            self._outlet, self._inlet = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            # Refused to an account that has many pipes: through a small one, copying is cheaper.
            fcntl.fcntl(self._inlet, fcntl.F_SETPIPE_SZ, _HELD)
        except OSError:
            self._close()
            raise
        # Of a descriptor that one asks nothing about, poll(2) tells errors and ends.
        self._fault = select.poll()
        self._fault.register(self._source, 0)
        source.pause_reading()
        self._is_waiting = True
        watcher.stalled(self._loop.time())
        self._loop.add_writer(self._sink, self._begin)

    def stop(self) -> None:
        """Leave off; the watcher is told nothing more."""
        if self._source >= 0:
            self._loop.remove_reader(self._source)
            self._loop.remove_writer(self._sink)
            self._close()
            self._end()

    def _begin(self) -> None:
        """The transport's own bytes go first."""
        if not self._to.is_closing() and not self._to.get_write_buffer_size():
            self._await_more()

    def _await_more(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self._watcher.stalled(0.0)
            self._loop.remove_writer(self._sink)
        elif self._fault.poll(0):
            # uvloop watches it no more after an error; what came before that is still to be read.
            self._loop.remove_reader(self._source)
        else:
            return
        self._loop.add_reader(self._source, self._fill)

    def _await_room(self) -> None:
        self._watcher.stalled(self._loop.time())
        if not self._is_waiting:
            self._is_waiting = True
            self._loop.remove_reader(self._source)
            self._loop.add_writer(self._sink, self._push)

    def _fill(self) -> None:
        """Take what has come; the pipe is empty."""
        try:
            count = self._take(min(self._unread, _HELD))
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if not count:
            self._arrive(Arrival.SOURCE_LOST)
            return
        self._unread -= count
        self._held = count
        self._watcher.conveyed(count)
        self._push()

    def _take(self, wanted: int) -> int:
        """Move bytes into the pipe; 0 at the end. Raises `OSError`."""
        try:
            return os.splice(self._source, self._inlet, wanted, flags=_FLAGS)
        except BlockingIOError:
            # At urgent data (tcp(7)) splice stops for good, while there is something to read.
            data = os.read(self._source, min(wanted, _PIECE))
            return os.write(self._inlet, data) if data else 0

    def _push(self) -> None:
        """Give the sink as much as it takes."""
        try:
            count = os.splice(self._outlet, self._sink, self._held, flags=_FLAGS)
        except BlockingIOError:
            return self._await_room()
        except OSError:
            return self._arrive(Arrival.SINK_LOST)
        self._held -= count
        if self._held:
            self._await_room()
        elif self._unread:
            self._await_more()
        else:
            self._arrive(Arrival.EXCEEDED if self._has_more() else Arrival.WHOLE)
        return None

    def _has_more(self) -> bool:
        """Has the source sent what nobody asked for? (Its end is not more.)"""
        source = socket.socket(fileno=self._source)
        source.setblocking(False)
        try:
            return bool(source.recv(1, socket.MSG_PEEK))
        except OSError:
            return False
        finally:
            source.detach()

    def _arrive(self, arrival: Arrival) -> None:
        self.stop()
        self._watcher.arrived(arrival)

    def _close(self) -> None:
        for descriptor in (self._source, self._sink, self._outlet, self._inlet):
            if descriptor >= 0:
                os.close(descriptor)
        self._source = self._sink = self._outlet = self._inlet = -1


class Conveyors:
    """All of a process; `most` at a time."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most if hasattr(os, "splice") else 0
        self.running = 0

    def engage(
        self, source: asyncio.Transport, sink: asyncio.Transport, length: int, watcher: Watcher
    ) -> Conveyor | None:
        """Convey `length` bytes; None if it is not worth it, or all are busy: copy them then."""
        if length < WORTHWHILE or self.running >= self._most:
            return None
        if source.is_closing() or sink.is_closing():
            return None  # the descriptor may be another connection's by now
        try:
            conveyor = Conveyor(source, sink, length, watcher, self._leave)
        except OSError:
            return None
        self.running += 1
        return conveyor

    def _leave(self) -> None:
        self.running -= 1


_FLAGS = getattr(os, "SPLICE_F_NONBLOCK", 0) | getattr(os, "SPLICE_F_MOVE", 0)


def _duplicate(transport: asyncio.Transport) -> int:
    return os.dup(transport.get_extra_info("socket").fileno())
