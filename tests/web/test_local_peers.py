import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.web.local_peers import LocalPeers, is_own_address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
OURS = range(os.getuid(), os.getuid() + 1)
OTHERS = range(os.getuid() + 1, os.getuid() + 2)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


async def accept(listener: socket.socket) -> asyncio.Transport:
    listener.setblocking(False)
    accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
        asyncio.Protocol, accepted
    )
    return transport


@pytest.mark.parametrize("kind", [socket.AF_INET, socket.AF_INET6])
async def test_the_account_at_the_other_end_is_known(
    listener: socket.socket, kind: socket.AddressFamily
) -> None:
    port = listener.getsockname()[1]
    address = "127.0.0.1" if kind == socket.AF_INET else "::ffff:127.0.0.1"
    with socket.socket(kind) as client:
        client.connect((address, port))
        transport = await accept(listener)
        assert await LocalPeers(OURS).is_notebook(transport)
        assert not await LocalPeers(OTHERS).is_notebook(transport)
        assert await LocalPeers(OURS).account_of(transport) == os.getuid()
        assert await LocalPeers(OTHERS).account_of(transport) is None
        transport.abort()


async def test_it_is_asked_once_a_connection(listener: socket.socket, tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_bytes(Path("/proc/net/tcp").read_bytes())
    with socket.create_connection(listener.getsockname()) as client:
        table.write_bytes(Path("/proc/net/tcp").read_bytes())
        transport = await accept(listener)
        peers = LocalPeers(OURS, [table, tmp_path / "nothing"])
        assert await peers.is_notebook(transport)
        table.unlink()
        assert await peers.is_notebook(transport)
        assert client.fileno() > 0
        transport.abort()


async def test_who_is_not_in_the_table_is_not_from_here(
    listener: socket.socket, tmp_path: Path
) -> None:
    (tmp_path / "tcp").write_text("  sl  local_address rem_address   st\n")
    with socket.create_connection(listener.getsockname()):
        transport = await accept(listener)
        assert not await LocalPeers(OURS, [tmp_path / "tcp"]).is_notebook(transport)
        transport.abort()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_it_is_known_at_a_listener_of_both_kinds(address: str) -> None:
    dual = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    with dual, socket.create_connection((address, dual.getsockname()[1])):
        transport = await accept(dual)
        assert await LocalPeers(OURS).is_notebook(transport)
        assert not await LocalPeers(OTHERS).is_notebook(transport)
        transport.abort()


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("2001:db8::1", False),
        ("", True),
        ("nonsense", True),
    ],
)
def test_an_address_of_this_machine_is_known(address: str, is_own: bool) -> None:
    assert is_own_address(address) is is_own
