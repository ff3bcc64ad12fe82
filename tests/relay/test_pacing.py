"""Who is near is sent to without pacing, who is far as the operator chose, and nobody is harmed."""

import asyncio
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from proxy.relay import pacing
from proxy.relay.pacing import Pacing

_ALLOWED = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")


def algorithm(connection: socket.socket) -> bytes:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0")


def another() -> bytes:
    """Return an algorithm that is not `reno`, and allowed to everybody here."""
    allowed = _ALLOWED.read_bytes().split() if _ALLOWED.exists() else []
    names = [name for name in allowed if name != b"reno"]
    if not names:
        pytest.skip("this machine allows no other congestion control than reno")
    return names[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_near_is_not_paced_and_far_is_as_the_machine_has_it(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    chosen = another()
    monkeypatch.setattr(pacing, "_pacing_by_default", lambda: chosen)
    near: list[bool] = []
    made = Pacing(lambda address: bool(near) and address == host)
    seen: list[bytes] = []

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            made.settle(transport, transport.get_extra_info("peername")[0])
            seen.append(algorithm(transport.get_extra_info("socket")))

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    made.prepare(listener)
    server = await asyncio.get_running_loop().create_server(Connection, sock=listener)
    for is_near in (True, False):
        near[:] = [True] * is_near
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        await asyncio.sleep(0.02)
        writer.close()
    server.close()
    assert seen == [b"reno", chosen]


async def test_a_unix_socket_has_no_pacing_and_takes_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "_pacing_by_default", lambda: b"bbr")
    made = Pacing(lambda _address: False)
    ours, theirs = socket.socketpair()
    made.prepare(ours)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    made.settle(transport, "")
    transport.write(b"on")
    assert theirs.recv(2) == b"on"
    transport.close()
    theirs.close()


class Machine:
    """Stands for `socket`, on a machine whose sockets begin with `default`; `denied` are not to be
    chosen by an account without rights (a container without CAP_NET_ADMIN).
    """

    IPPROTO_TCP, TCP_CONGESTION = socket.IPPROTO_TCP, 13

    def __init__(self, default: bytes, denied: tuple[bytes, ...] = ()) -> None:
        self.current, self._denied = default, denied

    def socket(self) -> "Machine":
        return self

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_error: object) -> None: ...

    def getsockopt(self, _level: int, _option: int, length: int) -> bytes:
        return self.current.ljust(length, b"\0")

    def setsockopt(self, _level: int, _option: int, value: bytes) -> None:
        if value in self._denied and value != self.current:
            raise PermissionError(1, "Operation not permitted")
        self.current = value


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (Machine(b"bbr"), b"bbr"),
        (Machine(b"bbr2"), b"bbr2"),
        (Machine(b"cubic"), b""),
        (Machine(b"reno"), b""),
        # The way back would be closed, and far browsers would have lost what was chosen for them.
        (Machine(b"bbr", denied=(b"bbr",)), b""),
        (Machine(b"bbr", denied=(b"reno",)), b""),
        (SimpleNamespace(), b""),  # no Linux
    ],
)
def test_only_what_paces_and_can_be_chosen_again_is_changed(
    monkeypatch: pytest.MonkeyPatch, machine: object, expected: bytes
) -> None:
    monkeypatch.setattr(pacing, "socket", machine)
    assert pacing._pacing_by_default() == expected


def test_a_machine_that_does_not_pace_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "_pacing_by_default", lambda: b"")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        before = algorithm(listener)
        Pacing(lambda _address: True).prepare(listener)
        assert algorithm(listener) == before
