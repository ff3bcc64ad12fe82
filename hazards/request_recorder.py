"""The server of the request fuzz: keeps what arrives, request by request, and answers each once.

Promises: what arrives is read strictly; a request counts for the lane that its identity names. What
is no request, or has no identity of the relay's own making, is kept as smuggled.
"""

import asyncio
from collections.abc import Callable
from urllib.parse import unquote

from hazards.installation import PREFIX
from hazards.request_reference import Request, read_requests
from proxy.core.clock import system_clock
from proxy.core.identity import SHARED
from proxy.core.tokens import InvalidToken, read_identity

MARK = b"X-Hazard: "


class Recorder:
    """`arrived` holds each lane's whole requests, in order."""

    def __init__(self, identity_key: str = "") -> None:
        self.identity_key = identity_key
        self.arrived: dict[str, list[Request]] = {}
        self._smuggled: list[str] = []

    def connect(self) -> asyncio.Protocol:
        return _Recording(self)

    def take_smuggled(self) -> list[str]:
        """Return what came up since the last time and should not have."""
        taken, self._smuggled = self._smuggled, []
        return taken

    def note_smuggled(self, what: str) -> None:
        self._smuggled.append(what)

    def judge(self, request: Request) -> str:
        """Return the lane of a request's head, after noting what is wrong with it."""
        if wrong := wrong_head(request):
            self._smuggled.append(f"{wrong}: {request.method} {request.target}")
        # Two are as bad as none.
        token = b", ".join(request.values(b"x-sifu-identity")).decode("latin-1")
        try:
            return read_identity(self.identity_key, token, str(SHARED), system_clock()).user
        except InvalidToken:
            self._smuggled.append(f"no identity of the relay's: {request.method} {request.target}")
            return ""


def wrong_head(request: Request) -> str:
    """Say what a relay must never send up."""
    path = request.target.partition("?")[0]
    if not (path + "/").startswith(PREFIX) or {".", ".."} & set(unquote(path).split("/")):
        return "a target outside the prefix"
    if any(b"sifu-pass" in value for value in request.values(b"cookie")):
        return "a cookie of the relay's"
    return ""


class _Recording(asyncio.Protocol):
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (streams are)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        found = read_requests(self._data)
        for request in found.whole:
            self._answer(request)
        if found.trouble:
            self._recorder.note_smuggled(f"not a request, {found.trouble}")
        # A body's bytes are kept with their head until it is whole.
        self._data = self._data[found.end :]

    def connection_lost(self, exc: Exception | None) -> None:
        partial = read_requests(self._data).partial
        if partial is not None:
            self._recorder.judge(partial)

    def _answer(self, request: Request) -> None:
        lane = self._recorder.judge(request)
        arrived = self._recorder.arrived.setdefault(lane, [])
        arrived.append(request)
        body = b"" if request.method == "HEAD" else b"ok"
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + MARK
        if self._transport is not None:
            self._transport.write(b"%b%b/%d\r\n\r\n%b" % (head, lane.encode(), len(arrived), body))


async def listen(path: str, factory: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    return await asyncio.get_running_loop().create_unix_server(factory, path)
