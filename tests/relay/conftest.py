"""A real relay on a loopback port, in front of small upstream programs on unix sockets."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvloop

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED, ServerName, User
from proxy.core.lifecycle import State
from proxy.core.tokens import Pass, mint_pass
from proxy.relay_app import RelayProgram
from proxy.settings import Secret, Settings
from proxy.store import servers, sessions, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.store.relay_store import RelayStore, open_relay_store

SECRET = "s" * 40
KEY = "k" * 43
Script = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], "object"]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The relay runs on uvloop, so it is tested on it."""
    return {"uvloop": uvloop.new_event_loop}


@dataclass
class Upstream:
    """What stands for Jupyter: answers each head with `answer`, or lets `script` do it."""

    path: str
    answer: bytes = OK
    script: Script | None = None
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                if self.script is not None:
                    await self.script(head, reader, writer)  # type: ignore[misc]
                else:
                    writer.write(self.answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@dataclass
class Running:
    """The relay under test, with one user, session and ready server.

    It has a store of its own, as a process has; `store` is what front and operator have.
    """

    port: int
    program: RelayProgram
    store: Store
    upstream: Upstream
    user: User
    drain: asyncio.Event
    server: ServerName = SHARED
    until: float = field(default_factory=lambda: system_clock() + 600)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cookie(self, *, session: str = "session1", server: ServerName | None = None) -> str:
        grant = Pass(session, self.user.slug, server or self.server, self.until)
        return f"sifu-pass={mint_pass([SECRET], grant)}"

    async def raw(self, data: bytes, *, seconds: float = 5) -> bytes:
        """Send bytes, read until the relay closes or is silent for a moment."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        answer = b""
        try:
            async with asyncio.timeout(seconds):
                while chunk := await reader.read(65536):
                    answer += chunk
        except (TimeoutError, ConnectionError):
            pass
        writer.close()
        return answer

    def request(
        self,
        target: str = "lab",
        *,
        method: str = "GET",
        headers: str = "",
        body: bytes = b"",
        cookie: str | None = None,
        close: bool = True,
    ) -> bytes:
        """Write a request of somebody who holds a pass."""
        path = target if target.startswith("/") else self.server.prefix + target
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        cookie = self.cookie() if cookie is None else cookie
        if cookie:
            lines.append(f"Cookie: {cookie}")
        if close:
            lines.append("Connection: close")
        head = "\r\n".join(lines) + "\r\n" + headers + "\r\n"
        return head.encode("latin-1") + body

    async def ask(self, target: str = "lab", **options: object) -> bytes:
        return await self.raw(self.request(target, **options))  # type: ignore[arg-type]


def status_of(answer: bytes) -> int:
    return int(answer[9:12])


def header_of(answer: bytes, name: str) -> str | None:
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    for line in head.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return None


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    with tempfile.TemporaryDirectory(prefix="sifu-") as folder:
        made = Upstream(str(Path(folder, "jupyter.sock")))
        server = await asyncio.start_unix_server(made.serve, made.path, limit=2**20)
        yield made
        server.close()


async def prepare(store: Store, upstream: Upstream) -> User:
    """Put one user with a session into the store, and a server that is ready."""
    now = system_clock()
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=now)
    await store.write(
        sessions.open_session,
        session_id="session1",
        secret_hash="h" * 64,
        user_id=user.id,
        now=now,
        expires=now + 3600,
    )
    record = ServerRecord(SHARED, State.READY, address=upstream.path, identity_key=KEY)
    await store.write(servers.put, record, now)
    return user


@pytest.fixture
def relay_store(store: Store) -> Iterator[RelayStore]:
    """The database of `store`, opened as a relay opens it."""
    opened = open_relay_store(store.engine.url.render_as_string())
    yield opened
    opened.close()


@pytest.fixture
async def relay(
    store: Store, relay_store: RelayStore, upstream: Upstream
) -> AsyncIterator[Running]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    port = listener.getsockname()[1]
    settings = Settings(notebook_port=port, secret=Secret(SECRET))
    user = await prepare(store, upstream)
    program = RelayProgram(settings, relay_store, system_clock)
    drain = asyncio.Event()
    serving = asyncio.ensure_future(program.serve(listener, drain))
    await asyncio.sleep(0.05)
    yield Running(port, program, store, upstream, user, drain)
    drain.set()
    program.context.live.cut_all()
    await asyncio.wait_for(serving, 10)
    listener.close()
