"""Servers that need no Jupyter, and spawners that go wrong in one way each."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from proxy.core.clock import Clock
from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.queueing import Room
from proxy.core.tokens import InvalidToken, read_identity
from proxy.servers.admission import Doors
from proxy.servers.culler import Patience
from proxy.servers.disk_quota import DiskQuota
from proxy.servers.ledger import Ledger
from proxy.servers.maintenance import Maintenance
from proxy.servers.manager import Guards, ServerManager
from proxy.servers.memory_watch import MemoryWatch
from proxy.servers.operations import Operations
from proxy.servers.progress_board import ProgressBoard
from proxy.servers.spawner import Alive, Gone, ServerSpec, Spawner
from proxy.store.database import Store
from proxy.store.records import ServerRecord

ADA = ServerName("ada", "home")
BOB = ServerName("bob", "home")
KEY = "a-key-of-some-length-that-nobody-else-has"


@dataclass
class PretendJupyter:
    """A real HTTP server on a real unix socket that answers like Jupyter's REST API."""

    name: ServerName
    key: str
    clock: Clock
    status: int = 200
    kernels: Any = field(default_factory=list)
    terminals: Any = field(default_factory=list)
    shutdowns: int = 0
    users: list[str] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _folder: tempfile.TemporaryDirectory[str] | None = None

    async def open(self) -> str:
        self._folder = tempfile.TemporaryDirectory(prefix="sifu-", dir="/tmp")
        path = str(Path(self._folder.name) / "jupyter.sock")
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.UnixSite(self._runner, path).start()
        return path

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            who = read_identity(
                self.key, request.headers.get("X-Sifu-Identity", ""), str(self.name), self.clock()
            )
        except InvalidToken:
            return web.json_response({"message": "Forbidden"}, status=403)
        self.users.append(who.user)
        path = request.path.removeprefix(self.name.prefix)
        if path == "api/shutdown" and request.method == "POST":
            if request.cookies.get("_xsrf") != request.headers.get("X-XSRFToken"):
                return web.json_response({}, status=403)
            self.shutdowns += 1
            return web.Response()
        body = {"api/status": {}, "api/kernels": self.kernels, "api/terminals": self.terminals}
        return web.json_response(body.get(path), status=self.status if path in body else 404)


class WellBehaved:
    """Starts a pretended Jupyter within this process."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.running: dict[ServerName, tuple[PretendJupyter, Alive]] = {}
        self.reasons: dict[ServerName, str] = {}
        self.starts: list[ServerSpec] = []
        self.stops: list[ServerName] = []

    async def start(self, spec: ServerSpec) -> Alive:
        self.starts.append(spec)
        if spec.name not in self.running:
            jupyter = PretendJupyter(spec.name, spec.identity_key, self.clock)
            # A task of its own: opening a socket blocks a little, and the guard looks at who calls.
            address = await asyncio.create_task(jupyter.open())
            alive = Alive(4711, address, spec.identity_key)
            self.running[spec.name] = (jupyter, alive)
        return self.running[spec.name][1]

    async def stop(self, name: ServerName) -> None:
        self.stops.append(name)
        await self.end(name)

    async def poll(self, name: ServerName) -> Alive | Gone:
        if name in self.running:
            return self.running[name][1]
        return Gone(self.reasons.get(name, ""))

    async def end(self, name: ServerName, reason: str = "") -> None:
        """What the outside world does to it."""
        self.reasons[name] = reason
        if (found := self.running.pop(name, None)) is not None:
            await asyncio.create_task(found[0].close())

    async def end_all(self) -> None:
        for name in list(self.running):
            await self.end(name)


class Slow(WellBehaved):
    """Needs a while, as machines do."""

    async def start(self, spec: ServerSpec) -> Alive:
        await asyncio.sleep(0.3)
        return await super().start(spec)

    async def stop(self, name: ServerName) -> None:
        await asyncio.sleep(0.3)
        await super().stop(name)


class Held(WellBehaved):
    """Starts when a test lets it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.go = asyncio.Event()

    async def start(self, spec: ServerSpec) -> Alive:
        await self.go.wait()
        return await super().start(spec)


class Bad(WellBehaved):
    """Refuses to start anything."""

    async def start(self, spec: ServerSpec) -> Alive:
        raise ServerNotRunning("The disk is full.")


class Broken(WellBehaved):
    """Has a bug."""

    async def start(self, spec: ServerSpec) -> Alive:
        raise RuntimeError("secret-detail")

    async def stop(self, name: ServerName) -> None:
        raise RuntimeError("secret-detail")


class Never(WellBehaved):
    """Its process exists and never answers."""

    async def start(self, spec: ServerSpec) -> Alive:
        alive = await super().start(spec)
        self.running[spec.name][0].status = 503
        return alive


class DiesWhileLoading(WellBehaved):
    """Its process ends before it answers."""

    async def start(self, spec: ServerSpec) -> Alive:
        alive = await super().start(spec)
        await self.end(spec.name, "Jupyter ended by itself with exit code 3.")
        return alive


class Silent(WellBehaved):
    """Nothing can be found out: supervisord does not answer."""

    async def poll(self, name: ServerName) -> Alive | Gone:
        raise ServerNotRunning("supervisord does not answer.", detail="silent")


def operations_with(
    spawner: Spawner, store: Store, clock: Clock, *, seconds: float = 2, ending: bool = False
) -> Operations:
    def describe(record: ServerRecord) -> ServerSpec:
        return ServerSpec(record.name, Path("/nowhere"), record.identity_key)

    return Operations(
        ledger=Ledger(store, clock),
        spawner=spawner,
        board=ProgressBoard(),
        clock=clock,
        random=lambda: 0.5,
        start_seconds=seconds,
        describe=describe,
        read_log=lambda name, lines: (f"log of {name}", "last line")[-lines:],
        is_ending=lambda: ending,
    )


def guards(
    clock: Clock,
    *,
    room: Room | None = None,
    memory_limit: int = 0,
    idle_timeout: int = 0,
    switch: Path = Path("/nowhere/maintenance.json"),
) -> Guards:
    async def idle_timeout_of(name: ServerName) -> int:
        return idle_timeout

    return Guards(
        doors=Doors(Maintenance(switch, clock), room or Room()),
        memory=MemoryWatch(clock, limit=memory_limit),
        quota=DiskQuota(0, lambda name: None),
        patience=Patience(idle_timeout_of),
    )


@asynccontextmanager
async def managing(
    operations: Operations, bounds: Guards | None = None
) -> AsyncIterator[ServerManager]:
    texts = (f"{KEY}-{number}" for number in count())
    manager = ServerManager(
        operations,
        bounds or guards(operations.clock),
        gateway_url="",
        random_text=lambda _: next(texts),
    )
    try:
        yield manager
    finally:
        await manager.close()
