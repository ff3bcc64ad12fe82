"""Nobody without a sign-in reaches a byte: every route of both ports, HTTP and websocket."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED
from proxy.core.tokens import Pass, mint_pass
from tests.system.installation import Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

JUPYTER_PATHS = [
    "lab", "tree", "api", "api/status", "api/contents", "api/kernels", "api/terminals",
    "api/sessions", "api/me", "api/shutdown", "files/secret.txt", "nbconvert/html/x.ipynb",
    "login", "logout", "static/favicon.ico", "lab/api/settings", "metrics", "view/x", "",
    "terminals/websocket/1", "api/kernels/x/channels", "api/events/subscribe", "lsp/ws/x",
]  # fmt: skip


@pytest.fixture
async def running() -> AsyncIterator[Installation]:
    installation = Installation()
    await asyncio.to_thread(installation.start)
    yield installation
    await asyncio.to_thread(installation.stop)
    installation.folder.cleanup()


async def _prepare(installation: Installation) -> str:
    """Start the server as its owner; return what Jupyter has logged since."""
    (installation.root / "notebooks").mkdir(exist_ok=True)
    (installation.root / "notebooks/secret.txt").write_text("the secret of the workspace")
    async with Person(installation) as person:
        await person.visit(installation.link)
        await person.start_server()
    await asyncio.sleep(0.5)
    return installation.log("servers/")


async def test_anonymous_and_forged_requests_reach_nothing(running: Installation) -> None:
    await _prepare(running)
    stranger = mint_pass(["x" * 40], Pass("s", "admin", SHARED, system_clock() + 60))
    before = {path: path.stat().st_size for path in running.root.glob("data/logs/servers/*")}
    forged = [
        {},
        {"Cookie": "sifu-pass=forged"},
        {"Cookie": f"sifu-pass={stranger}"},
        {"Authorization": "token abc"},
        {"Authorization": "Bearer sifu_" + "a" * 43},
        {"X-Sifu-Identity": "a.b.c", "Remote-User": "admin", "X-Forwarded-User": "admin"},
        {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    ]
    async with ClientSession() as anonymous:
        for path in JUPYTER_PATHS:
            url = f"{running.notebooks}{SHARED.prefix}{path}"
            for headers in forged:
                for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
                    async with anonymous.request(
                        method, url, headers=headers, allow_redirects=False
                    ) as answer:
                        assert answer.status == 401, (method, path, headers)
                        assert "the secret" not in await answer.text()
                with pytest.raises(WSServerHandshakeError) as refused:
                    await anonymous.ws_connect(url, headers=headers)
                assert refused.value.status == 401
    await asyncio.sleep(0.5)
    # Front's own questions are logged at debug level only, so nothing at all was written.
    after = {path: path.stat().st_size for path in running.root.glob("data/logs/servers/*")}
    assert after == before


async def test_front_shows_strangers_the_sign_in_page_only(running: Installation) -> None:
    async with ClientSession() as anonymous:
        for path in ("/", "/start/everyone/shared", "/open/everyone/shared/lab", "/sign-out"):
            async with anonymous.get(
                running.front + path, headers={"Accept": "text/html"}, allow_redirects=False
            ) as answer:
                assert answer.status == 303
                assert answer.headers["Location"].startswith("/sign-in")
        for path in ("/api/servers", "/api/users", "/api/tokens", "/api/me", "/metrics"):
            async with anonymous.get(running.front + path) as answer:
                assert answer.status == 401
        async with anonymous.get(f"{running.front}/healthz") as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] == "ok"


async def test_signing_out_ends_open_websockets_within_two_seconds(running: Installation) -> None:
    async with Person(running) as person:
        await person.visit(running.link)
        info = await person.start_server()
        await person.open_server(info["base_url"])
        async with person.kernel(info["base_url"]) as kernel:
            assert await kernel.run("print(1)") == "1\n"
            assert await person.post("/sign-out") == 200
            async with asyncio.timeout(2):
                while (await kernel.socket.receive()).data is not None:  # until it is closed
                    pass
        status, _ = await person.jupyter("GET", f"{info['base_url']}api/kernels")
        assert status == 401
        status, _ = await person.api("GET", "servers")
        assert status == 401


async def test_jupyter_keeps_its_own_checks_behind_the_door(running: Installation) -> None:
    """A foreign page in the browser of somebody who is signed in changes nothing."""
    async with Person(running) as person:
        await person.visit(running.link)
        base = (await person.start_server())["base_url"]
        await person.open_server(base)
        for headers in ({"Origin": "https://evil.example"}, {"Origin": running.front}, {}):
            async with person.browser.post(
                f"{running.notebooks}{base}api/kernels", json={}, headers=headers
            ) as answer:
                assert answer.status in {403, 404}, headers
        with pytest.raises(WSServerHandshakeError) as refused:
            await person.browser.ws_connect(
                f"{running.notebooks}{base}api/events/subscribe",
                headers={"Origin": "https://evil.example"},
            )
        assert refused.value.status == 403


async def test_a_token_of_the_command_line_opens_api_and_jupyter(running: Installation) -> None:
    await _prepare(running)
    token = await asyncio.to_thread(running.sifu, "token", "create", "admin", "--label", "script")
    headers = {"Authorization": f"Bearer {token}"}
    base = f"{running.notebooks}{SHARED.prefix}"
    async with ClientSession(headers=headers) as script:
        async with script.get(f"{running.front}/api/servers") as answer:
            assert answer.status == 200
            assert [server["state"] for server in await answer.json()] == ["ready"]
        async with script.post(f"{base}api/kernels", json={}) as answer:
            assert answer.status == 201
        async with script.get(f"{running.front}/metrics") as answer:
            assert "sifu_relay_requests_total" in await answer.text()
        listed = await asyncio.to_thread(running.sifu, "token", "list")
        assert token not in listed
        await asyncio.to_thread(running.sifu, "token", "revoke", listed.splitlines()[-1].split()[0])
        await asyncio.sleep(2)
        for url in (f"{base}api/kernels", f"{running.front}/api/servers"):
            async with script.get(url) as answer:
                assert answer.status == 401
