"""TCP's pacing, and where it is left out: towards a proxy of ours next door.

Why: with BBR as a machine's congestion control the kernel sets a timer for every few segments that
it sends. Over a wide net that is worth it. Between programs of one machine, or of one network, it
is most of what a long answer costs: what the kernel carries takes three times the CPU.

Promises: whoever faces the wide net gets what the operator chose; a machine that does not pace is
left as it is. Must not: be asked again about a connection; one that was paced once stays so.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

_PACING = (b"bbr",)
# Allowed to every account of every Linux (tcp(7)); without a queue on the way they are all alike.
_UNPACED = b"reno"
_LONGEST_NAME = 16


class Pacing:
    """`is_near` says of an address whether what is sent there need not be paced."""

    def __init__(self, is_near: Callable[[str], bool]) -> None:
        self._is_near = is_near
        self._chosen = _pacing_by_default()

    def prepare(self, listener: socket.socket) -> None:
        """Accept connections that are not paced: an accepted one has what its listener has."""
        if self._chosen:
            with suppress(OSError):
                _choose(listener, _UNPACED)

    def settle(self, transport: asyncio.BaseTransport, address: str) -> None:
        """Pace what goes to a new connection's `address`, if it is far."""
        if self._chosen and not self._is_near(address):
            with suppress(OSError):
                _choose(transport.get_extra_info("socket"), self._chosen)


def _choose(connection: socket.socket, algorithm: bytes) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm)


def _pacing_by_default() -> bytes:
    """Return by what this machine paces TCP, unless told otherwise.

    Empty if it does not, or if we are not allowed to choose that again after another.
    """
    option = getattr(socket, "TCP_CONGESTION", None)
    if option is None:
        return b""
    try:
        with socket.socket() as fresh:
            name = fresh.getsockopt(socket.IPPROTO_TCP, option, _LONGEST_NAME).rstrip(b"\0")
            if not name.startswith(_PACING):
                return b""
            _choose(fresh, _UNPACED)
            _choose(fresh, name)
    except OSError:
        return b""
    return name
