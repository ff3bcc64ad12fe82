"""`/healthz` for whoever keeps us alive, `/metrics` for whoever draws curves.

Promises: `/healthz` answers on any Host, to anybody, within three seconds, with nothing secret; it
asks relay and store once a second at most, however often it is called. `/metrics` adds up all
processes that share `PROMETHEUS_MULTIPROC_DIR`.
"""

import asyncio
from pathlib import Path
from typing import Final

import aiohttp
import psutil
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from sqlalchemy import Connection, text
from yarl import URL

from proxy.core.errors import StoreUnavailable
from proxy.settings import Settings, environment_value
from proxy.store.database import Store
from proxy.web.api_bodies import answer
from proxy.web.keys import CLOCK, SETTINGS, STORE
from proxy.web.schemas import Health

_LIMIT_SECONDS: Final = 2.0
_FRESH_SECONDS: Final = 1.0
_OK: Final = "ok"
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class HealthCheck:
    """The last answer, and the right to ask for a new one: one asker at a time."""

    def __init__(self) -> None:
        self._last: Health | None = None
        self._at = 0.0
        self._asking = asyncio.Lock()

    async def show_health(self, request: web.Request) -> web.Response:
        """200 if all is well, else 503 and what is not."""
        async with self._asking:
            now = request.app[CLOCK]()
            # A clock that was set back makes an answer neither old nor new: ask again.
            if self._last is None or not 0 <= now - self._at < _FRESH_SECONDS:
                self._last = await _examine(request.app[SETTINGS], request.app[STORE])
                self._at = now
        return answer(
            self._last,
            status=200 if self._last.status == _OK else 503,
            headers={"Cache-Control": "no-store"},
        )


async def show_metrics(_request: web.Request) -> web.Response:
    """The text format of Prometheus."""
    body = await asyncio.to_thread(_collect)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _examine(settings: Settings, store: Store) -> Health:
    relay, database = await asyncio.gather(_ask_relay(settings), _ask_store(store))
    is_well = relay == database == _OK
    return Health(status="ok" if is_well else "failing", front=_OK, relay=relay, store=database)


async def _ask_relay(settings: Settings) -> str:
    host = _ANY_ADDRESS.get(settings.bind, settings.bind)
    url = URL.build(scheme="http", host=host, port=settings.notebook_port, path="/-/healthz")
    limit = aiohttp.ClientTimeout(total=_LIMIT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            return _OK if response.status == 200 else f"answers with status {response.status}"
    except TimeoutError:
        return "does not answer in time"
    except (aiohttp.ClientError, OSError):
        return "cannot be reached"


async def _ask_store(store: Store) -> str:
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            await store.read(_select_one)
    except TimeoutError:
        return "does not answer in time"
    except StoreUnavailable:
        return "cannot be read"
    return _OK


def _select_one(connection: Connection) -> None:
    connection.execute(text("SELECT count(*) FROM users WHERE id = 0"))


def _collect() -> bytes:
    registry = REGISTRY
    if folder := environment_value("PROMETHEUS_MULTIPROC_DIR"):
        _bury_the_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _bury_the_dead(folder: Path) -> None:
    """Drop the live gauges of processes that are gone, killed ones too; counters stay."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
