"""A client that carries nothing along."""

import pytest
from aiohttp import web

from proxy.auth.outward import open_client


async def test_nothing_of_this_machine_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(headers={"Set-Cookie": "a=b"})

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with open_client() as client:
        for _ in range(2):
            async with client.get(f"http://127.0.0.1:{runner.addresses[0][1]}/") as got:
                assert got.status == 200
    await runner.cleanup()
    assert all("Cookie" not in headers for headers in seen)
    assert all(headers["User-Agent"].startswith("Sifu/") for headers in seen)
