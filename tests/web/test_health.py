import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from proxy.core.errors import StoreUnavailable
from proxy.web import health
from tests.web.api_front import run_front


@asynccontextmanager
async def pretended_relay(front, status=200, delay=0.0):
    asked = []

    async def answer(request):
        asked.append(request.headers)
        await asyncio.sleep(delay)
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})

    app = web.Application()
    app.add_routes([web.get("/-/healthz", answer)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", front.settings.notebook_port).start()
        yield asked
    finally:
        await runner.cleanup()


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_health_names_every_part(front):
    async with pretended_relay(front):
        status, body, got = await front.ask("GET", "/healthz")
    assert status == 200
    assert body == {"status": "ok", "front": "ok", "relay": "ok", "store": "ok"}
    assert got.headers["Cache-Control"] == "no-store"


async def test_a_relay_that_is_gone_is_named(front):
    status, body, _ = await front.ask("GET", "/healthz")
    assert (status, body["status"], body["relay"]) == (503, "failing", "cannot be reached")
    assert (body["front"], body["store"]) == ("ok", "ok")


@pytest.mark.parametrize("status", [302, 503])
async def test_a_relay_that_is_not_well_is_not_taken_for_healthy(front, status):
    async with pretended_relay(front, status=status):
        answered, body, _ = await front.ask("GET", "/healthz")
    assert (answered, body["relay"]) == (503, f"answers with status {status}")


async def test_a_relay_that_hangs_does_not_hang_the_answer(front, monkeypatch):
    monkeypatch.setattr("proxy.web.health._LIMIT_SECONDS", 0.2)
    async with pretended_relay(front, delay=30), asyncio.timeout(2):
        status, body, _ = await front.ask("GET", "/healthz")
    assert (status, body["relay"]) == (503, "does not answer in time")


async def test_a_store_that_fails_is_named_and_nothing_of_it_told(front, monkeypatch):
    async def fail(*_args):
        raise StoreUnavailable(detail="sqlite:////srv/secret-place/sifu.db")

    monkeypatch.setattr(front.store, "read", fail)
    async with pretended_relay(front):
        status, body, _ = await front.ask("GET", "/healthz")
    assert (status, body["store"]) == (503, "cannot be read")
    assert "secret-place" not in str(body)


async def test_a_thousand_questions_ask_the_store_once_a_second(front, monkeypatch):
    reads = []
    read = front.store.read

    async def count(question, *args, **more):
        # The front's chores read too, whenever their time comes.
        if question is health._select_one:
            reads.append(args)
        return await read(question, *args, **more)

    monkeypatch.setattr(front.store, "read", count)
    async with pretended_relay(front) as asked:
        await asyncio.gather(*(front.ask("GET", "/healthz") for _ in range(50)))
        assert (len(reads), len(asked)) == (1, 1)
        front.clock.advance(1.1)
        await front.ask("GET", "/healthz")
        assert len(asked) == 2
        front.clock.advance(-3600)
        await front.ask("GET", "/healthz")
        assert len(asked) == 3


async def test_health_does_not_look_at_credentials(front):
    headers = {"Authorization": "Bearer sifu_wrong", "Cookie": "sifu=wrong"}
    async with pretended_relay(front) as asked:
        assert (await front.ask("GET", "/healthz", headers=headers))[0] == 200
    assert not {"Authorization", "Cookie"} & set(asked[0])


async def test_metrics_are_for_administrators(front):
    assert (await front.ask("GET", "/metrics"))[0] == 401
    assert (await front.ask("GET", "/metrics", "ada"))[0] == 403
    headers = {"Authorization": f"Bearer {front.bearers['root']}"}
    async with front.client.get(front.origin + "/metrics", headers=headers) as got:
        assert got.status == 200
        assert got.headers["Content-Type"].startswith("text/plain; version=")
        text = await got.text()
    assert 'sifu_server_starts_total{result="failed"}' in text
    status, _, _ = await front.ask("GET", "/metrics", headers=await front.sign_in("root"))
    assert status == 200


def test_metrics_add_up_all_processes(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from proxy import metrics; metrics.SIGN_INS.labels('accepted').inc(2)"
    show = "from proxy.web import health; print(health._collect().decode())"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True, timeout=60)
    shown = subprocess.run(
        [sys.executable, "-c", show], env=environment, check=True, timeout=60, capture_output=True
    )
    assert 'sifu_sign_ins_total{result="accepted"} 6.0' in shown.stdout.decode()
