"""A front on a real socket for the API's tests: real store and middleware, a pretended manager."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from proxy.core.clock import Clock
from proxy.core.credentials import API_TOKEN_PREFIX, hash_secret
from proxy.core.identity import ServerName, User
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.core.policy import Workspaces
from proxy.core.progress import Progress
from proxy.front_app import build_app
from proxy.servers.maintenance import FILE, Maintenance
from proxy.servers.manager import Outcome, ServerManager
from proxy.settings import Settings
from proxy.store import api_tokens, sessions, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord


class PretendedManager(ServerManager):
    """Has the manager's shape, starts nothing, and counts what it was asked."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.maintenance = Maintenance(folder / FILE, clock)
        self.records: dict[ServerName, ServerRecord] = {}
        self.starts: list[ServerName] = []
        self.failure = ""
        self.may_settle = asyncio.Event()
        self.may_settle.set()
        self.steps: list[Progress] = []
        self.log: tuple[str, ...] = ("one", "two", "three")
        self.used: dict[ServerName, Usage] = {}
        self.idle: list[ServerName] = []

    async def start(self, name: ServerName, *, gateway_url: str | None = None) -> Outcome:
        record = self.records.get(name)
        if record and record.state in {State.STARTING, State.READY}:
            return Outcome(record, created=False)
        self.starts.append(name)
        self.records[name] = ServerRecord(
            name, State.STARTING, gateway_url=gateway_url or "", identity_key="hidden-key"
        )
        return Outcome(self.records[name], created=True)

    async def wait(self, name: ServerName) -> ServerRecord:
        await self.may_settle.wait()
        await asyncio.sleep(0.01)
        record = self.records[name]
        if record.state is State.STARTING:
            settled = State.FAILED if self.failure else State.READY
            self.records[name] = replace(record, state=settled, reason=self.failure, pid=4711)
        return self.records[name]

    async def stop(self, name: ServerName, *, reason: str = "") -> ServerRecord:
        self.records[name] = replace(
            self.records[name], state=State.STOPPED, pid=None, reason=reason
        )
        return self.records[name]

    async def get(self, name: ServerName) -> ServerRecord | None:
        return self.records.get(name)

    async def list_all(self) -> list[ServerRecord]:
        return list(self.records.values())

    async def progress(self, name: ServerName) -> AsyncIterator[Progress]:
        for step in self.steps:
            yield step
        if not self.steps or not self.steps[-1].is_last:
            await asyncio.Event().wait()

    def disk_advice(self, name: ServerName) -> str:
        return ""

    def usage(self, name: ServerName) -> Usage | None:
        return self.used.get(name)

    async def stop_idle(self, seconds: int = 600, *, reason: str = "It was idle.") -> int:
        idle = [name for name in self.idle if self.records[name].state is State.READY]
        for name in idle:
            await self.stop(name, reason=reason)
        return len(idle)

    async def log_tail(self, name: ServerName, lines: int) -> tuple[str, ...]:
        return self.log[-lines:]


@dataclass
class Front:
    """A running front, and hands to use it with."""

    store: Store
    manager: PretendedManager
    clock: Clock
    client: aiohttp.ClientSession
    app: web.Application
    runner: web.AppRunner
    settings: Settings
    people: dict[str, User] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.settings.front_origin

    async def add(self, name: str, *, admin: bool = False) -> User:
        """Create an account with a bearer token."""
        user = await self.store.write(
            users.add, name, is_admin=admin, password_hash=None, now=self.clock()
        )
        secret = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
        await self.store.write(
            api_tokens.create,
            token_id=secrets.token_hex(6),
            secret_hash=hash_secret(secret),
            user_id=user.id,
            label="test",
            now=self.clock(),
            expires=None,
        )
        self.people[name], self.bearers[name] = user, secret
        return user

    async def sign_in(self, name: str) -> dict[str, str]:
        """Open a session; return the headers of a page of our own that uses it."""
        secret = secrets.token_urlsafe(32)
        await self.store.write(
            sessions.open_session,
            session_id=secrets.token_hex(8),
            secret_hash=hash_secret(secret),
            user_id=self.people[name].id,
            now=self.clock(),
            expires=self.clock() + 3600,
        )
        return {"Cookie": f"sifu={secret}", "Sec-Fetch-Site": "same-origin"}

    async def ask(
        self, method: str, path: str, who: str | None = None, **options: Any
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        """Ask with somebody's bearer token; return the status, the JSON and the response."""
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.bearers[who]}"
        async with self.client.request(
            method, self.origin + path, headers=headers, **options
        ) as got:
            is_json = "json" in got.headers.get("Content-Type", "")
            return got.status, await got.json(content_type=None) if is_json else None, got


@asynccontextmanager
async def run_front(
    store: Store,
    clock: Clock,
    folder: Path,
    *,
    workspaces: Workspaces = Workspaces.PER_USER,
    with_people: bool = True,
) -> AsyncIterator[Front]:
    """Run a front with the people `root` (an administrator), `ada` and `bob`."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings = Settings(
        data=folder,
        notebooks=folder / "notebooks",
        workspaces=workspaces,
        front_port=listener.getsockname()[1],
        notebook_port=free_port(),
    )
    manager = PretendedManager(folder, clock)
    app = build_app(settings, store, manager, clock=clock, random=secrets.token_urlsafe)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            front = Front(store, manager, clock, client, app, runner, settings)
            for name in ("root", "ada", "bob") if with_people else ():
                await front.add(name, admin=name == "root")
            yield front
    finally:
        await runner.cleanup()
        listener.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])
