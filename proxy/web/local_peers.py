"""Is it a notebook of ours that speaks, from this very machine, and whose?

A web server before us may be on loopback or on the same bridge, and so is every kernel; what a
kernel says about whom it speaks for must not be believed. Promises: the account that owns the
other end of a connection, by the kernel's own table, asked once a connection. Linux only. Must
not: be asked where no headers of a proxy came, for the table may be long.
"""

import asyncio
import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from weakref import WeakKeyDictionary

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
# An IPv4 address inside IPv6, as the second table writes it.
_MAPPED = "0000000000000000FFFF0000"
_LOCAL, _REMOTE, _UID = 1, 2, 7


class LocalPeers:
    """Knows which connections come from one of these accounts."""

    def __init__(self, accounts: range, tables: Iterable[Path] = TABLES) -> None:
        self._accounts = accounts
        self._tables = tuple(tables)
        self._known: WeakKeyDictionary[asyncio.BaseTransport, int | None] = WeakKeyDictionary()

    async def is_notebook(self, transport: asyncio.BaseTransport) -> bool:
        """Say whether a person's account holds the other end."""
        return await self.account_of(transport) is not None

    async def account_of(self, transport: asyncio.BaseTransport) -> int | None:
        """Return which of these accounts holds the other end, None if none of them does."""
        if transport not in self._known:
            peer = transport.get_extra_info("peername")
            own = transport.get_extra_info("sockname")
            if not isinstance(peer, tuple) or not isinstance(own, tuple):
                return None
            uid = await asyncio.to_thread(self._uid, peer[:2], own[:2])
            self._known[transport] = uid if uid in self._accounts else None
        return self._known[transport]

    def _uid(self, peer: tuple[str, int], own: tuple[str, int]) -> int | None:
        try:
            wanted = (_written(*peer), _written(*own))
        except ValueError:  # no address at all
            return None
        for row in self._rows():
            ends = (row[_LOCAL].removeprefix(_MAPPED), row[_REMOTE].removeprefix(_MAPPED))
            if ends == wanted:
                return int(row[_UID])
        return None

    def _rows(self) -> Iterator[list[str]]:
        for table in self._tables:
            try:
                lines = table.read_text().splitlines()[1:]
            except OSError:
                continue
            yield from (line.split() for line in lines)


def is_own_address(address: str) -> bool:
    """Is this an address of this very machine? Only such a one can be bound."""
    try:
        found = _unmapped(address)
    except ValueError:
        return True
    family = socket.AF_INET if found.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((str(found), 0))
        except OSError:
            return False
    return True


def _written(address: str, port: int) -> str:
    """Write an address as proc_pid_net(5) does: its words as this machine stores them, in hex."""
    words = _unmapped(address).packed
    parts = [words[at : at + 4][::-1].hex().upper() for at in range(0, len(words), 4)]
    return f"{''.join(parts)}:{port:04X}"


def _unmapped(address: str) -> IPv4Address | IPv6Address:
    """Return the address, IPv4 where it only dresses as IPv6; raises `ValueError`."""
    found = ip_address(address.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found
