"""A front on a real socket for the tests of pages, and browsers to visit it with."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from proxy.auth.passwords import Passwords
from proxy.core.credentials import hash_secret
from proxy.core.identity import ServerName, Session, User
from proxy.core.lifecycle import State
from proxy.core.policy import Workspaces
from proxy.front_app import build_app
from proxy.settings import Secret, Settings
from proxy.store import sessions
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.web import keys
from proxy.web.local_peers import LocalPeers
from tests.auth.people import CHEAP, PASSWORD, CountedRandom, add_user
from tests.conftest import FakeClock
from tests.web.api_front import PretendedManager

PORT = 13510
NOTEBOOK_PORT = 13511
ORIGIN = f"http://127.0.0.1:{PORT}"
PAGE = {"Accept": "text/html"}
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}


@dataclass
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: list[str]

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def session(self) -> str:
        """The session's secret in `Set-Cookie`; empty if it was cleared."""
        (cookie,) = self.cookies
        assert cookie.startswith("sifu=")
        return cookie.partition("=")[2].partition(";")[0]


@dataclass
class Pages:
    """A running front, its manager, and who is signed in."""

    app: web.Application
    store: Store
    clock: FakeClock
    manager: PretendedManager
    client: aiohttp.ClientSession
    settings: Settings
    people: dict[str, User] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    async def add(self, name: str, *, admin: bool = False, password: str | None = PASSWORD) -> User:
        self.people[name] = await add_user(self.store, name, is_admin=admin, password=password)
        return self.people[name]

    async def sign_in(self, name: str) -> str:
        """Give this person a session; return its secret."""
        opened = await self.app[keys.SESSIONS].open(self.people[name])
        self.secrets[name] = opened.secret
        return opened.secret

    async def app_session(self, name: str) -> Session:
        """Read this person's session from the store."""
        found = await self.store.read(sessions.find_by_secret, hash_secret(self.secrets[name]))
        assert found is not None
        return found

    async def ask(self, method: str, path: str, who: str | None = None, **options: Any) -> Answer:
        """Ask as a browser on a page of ours would; nothing is followed, the path is sent as is."""
        headers = PAGE | OWN | dict(options.pop("headers", {}))
        if who is not None:
            headers["Cookie"] = f"sifu={self.secrets[who]}"
        return await self.ask_bare(method, path, headers=headers, **options)

    async def ask_bare(self, method: str, path: str, **options: Any) -> Answer:
        """Ask with exactly these headers."""
        url = URL(ORIGIN + path, encoded=True)
        async with self.client.request(method, url, allow_redirects=False, **options) as got:
            return Answer(
                got.status, got.headers, await got.text(), got.headers.getall("Set-Cookie", [])
            )

    async def first_event(self, path: str, who: str) -> dict[str, str]:
        """Return what the first event of a live page holds."""
        headers = OWN | {"Cookie": f"sifu={self.secrets[who]}"}
        async with self.client.get(ORIGIN + path, headers=headers) as got:
            assert got.status == 200, await got.text()
            assert got.content_type == "text/event-stream"
            line = (await got.content.readline()).decode()
            found: dict[str, str] = json.loads(line.removeprefix("data: "))
            return found

    def server_is(self, state: State, name: ServerName | None = None, **more: Any) -> ServerName:
        """Pretend that a server (default: ada's) is in this state."""
        name = name or ServerName("ada", "home")
        self.manager.records[name] = ServerRecord(name, state, **more)
        return name


@asynccontextmanager
async def run_pages(
    store: Store, clock: FakeClock, folder: Path, **changes: Any
) -> AsyncIterator[Pages]:
    """Run a front with the people `root` (an administrator), `ada` and `bob`, all signed in."""
    values: dict[str, Any] = {
        "data": folder,
        "notebooks": folder / "notebooks",
        "workspaces": Workspaces.PER_USER,
        "front_port": PORT,
        "notebook_port": NOTEBOOK_PORT,
        "secret": Secret("s" * 40),
    }
    providers = changes.pop("providers", None)
    peers = changes.pop("local_peers", LocalPeers(range(100_000, 100_010)))
    install: Callable[[web.Application], object] = changes.pop("install", lambda app: None)
    settings = Settings(**(values | changes))
    manager = PretendedManager(folder, clock)
    app = build_app(settings, store, manager, clock, CountedRandom(), providers=providers)
    # Whether people have accounts here must not depend on who runs the tests.
    app[keys.LOCAL_PEERS] = peers
    app[keys.PASSWORDS] = Passwords(store, clock=clock, hasher=CHEAP)
    install(app)
    runner = web.AppRunner(app, shutdown_timeout=2, access_log=None, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", PORT).start()
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            pages = Pages(app, store, clock, manager, client, settings)
            for name in ("root", "ada", "bob"):
                await pages.add(name, admin=name == "root")
                await pages.sign_in(name)
            yield pages
    finally:
        await runner.cleanup()
