"""Restarts of front and relay under load, through supervisord: no request is refused."""

import asyncio
from collections import Counter

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector

from tests.system.installation import Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


async def _load(
    url: str, headers: dict[str, str], counts: Counter[object], stop: asyncio.Event
) -> None:
    """New connections and kept-alive ones in turn, as browsers and load balancers make them."""
    async with ClientSession(connector=TCPConnector(limit=0), headers=headers) as client:
        while not stop.is_set():
            try:
                async with client.get(url) as answer:
                    await answer.read()
                    counts[answer.status] += 1
            except ClientError as lost:
                counts[repr(lost)] += 1
            async with ClientSession(headers=headers) as fresh:
                try:
                    async with fresh.get(url) as answer:
                        await answer.read()
                        counts[answer.status] += 1
                except ClientError as lost:
                    counts[repr(lost)] += 1


async def test_rolling_restarts_refuse_nobody() -> None:
    installation = Installation(SIFU_RELAY_WORKERS="2")
    await asyncio.to_thread(installation.start)
    try:
        async with Person(installation) as person:
            await person.visit(installation.link)
            base = (await person.start_server())["base_url"]
        token = await asyncio.to_thread(installation.sifu, "token", "create", "--label", "load")
        headers = {"Authorization": f"Bearer {token}"}
        urls = [f"{installation.front}/api/me", f"{installation.notebooks}{base}api/me"]
        counts, stop = Counter[object](), asyncio.Event()
        load = [asyncio.ensure_future(_load(url, headers, counts, stop)) for url in urls * 4]
        await asyncio.sleep(1)
        supervisor = installation.supervisor()
        for name in (
            "relay:relay-0",
            "relay:relay-1",
            "front:front",
            "relay:relay-0",
            "front:front",
        ):
            await asyncio.to_thread(supervisor.supervisor.stopProcess, name)
            await asyncio.to_thread(supervisor.supervisor.startProcess, name)
            await asyncio.sleep(1)
        supervisor("close")()
        stop.set()
        await asyncio.gather(*load)
        assert set(counts) == {200}, counts
        assert counts[200] > 500
    finally:
        await asyncio.to_thread(installation.stop)
        installation.folder.cleanup()
