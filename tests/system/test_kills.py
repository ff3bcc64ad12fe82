"""kill -9 of each program while a kernel runs: no kernel is lost, and all is found again."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import psutil
import pytest

from tests.system.installation import Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
async def running() -> AsyncIterator[Installation]:
    installation = Installation()
    await asyncio.to_thread(installation.start)
    yield installation
    await asyncio.to_thread(installation.stop)
    installation.folder.cleanup()


async def until(ask: Callable[[], Awaitable[object]], *, seconds: float = 20) -> float:
    """Wait until `ask` answers true; return the seconds it took."""
    began = time.monotonic()
    while True:
        try:
            if await ask():
                return time.monotonic() - began
        except (OSError, AssertionError):
            pass
        assert time.monotonic() - began < seconds, "it never came"
        await asyncio.sleep(0.1)


async def _healthy(person: Person) -> bool:
    return (await person.visit(f"{person.at.front}/healthz"))[0] == 200


async def test_a_killed_front_is_not_noticed_by_a_notebook(running: Installation) -> None:
    async with Person(running) as person:
        await person.visit(running.link)
        info = await person.start_server()
        await person.open_server(info["base_url"])
        async with person.kernel(info["base_url"]) as kernel:
            await kernel.run("kept = 6 * 7")
            for process in running.processes("proxy.front_app"):
                process.kill()
            assert await kernel.run("print(kept)") == "42\n"
            assert await until(lambda: _healthy(person)) < 10
            status, servers = await person.api("GET", "servers")
            assert status == 200  # the session holds
            assert servers[0]["state"] == "ready"
            assert servers[0]["pid"] == info["pid"]
            assert await kernel.run("print(kept)") == "42\n"


async def test_a_killed_relay_costs_a_reconnect_and_no_kernel(running: Installation) -> None:
    async with Person(running) as person:
        await person.visit(running.link)
        base = (await person.start_server())["base_url"]
        await person.open_server(base)
        async with person.kernel(base) as kernel:
            await kernel.run("kept = 6 * 7")
            for process in running.processes("proxy.relay_app"):
                process.kill()
            async with asyncio.timeout(5):
                await kernel.socket.receive()
        await until(lambda: _healthy(person))
        status, kernels = await person.jupyter("GET", f"{base}api/kernels")
        assert status == 200
        assert [one["id"] for one in kernels] == [kernel.id]
        url = f"{running.notebooks}{base}api/kernels/{kernel.id}/channels"
        async with person.browser.ws_connect(url, headers={"Origin": running.notebooks}) as socket:
            kernel.socket = socket
            assert await kernel.run("print(kept)") == "42\n"


async def test_a_killed_jupyter_is_reported_and_starts_again(running: Installation) -> None:
    async with Person(running) as person:
        await person.visit(running.link)
        info = await person.start_server()
        base = info["base_url"]
        await person.open_server(base)
        async with person.kernel(base) as kernel:
            await kernel.run("print(1)")
            family = psutil.Process(info["pid"]).children(recursive=True)
            os.kill(info["pid"], signal.SIGKILL)
            _, name, workspace = base.strip("/").split("/")

            async def is_failed() -> bool:
                status, server = await person.api("GET", f"servers/{name}/{workspace}")
                return status == 200 and server["state"] == "failed" and bool(server["reason"])

            assert await until(is_failed) < 10
        status, _ = await person.jupyter("GET", f"{base}api/status")
        assert status in {502, 503}
        again = await person.start_server()
        assert again["state"] == "ready"
        assert again["pid"] != info["pid"]
        assert not [one for one in family if one.is_running() and one.status() != "zombie"]
        assert (await person.jupyter("GET", f"{base}api/status"))[0] == 200


async def test_a_killed_supervisord_leaves_a_kernel_that_the_next_one_finds(
    running: Installation,
) -> None:
    async with Person(running) as person:
        await person.visit(running.link)
        info = await person.start_server()
        base = info["base_url"]
        await person.open_server(base)
        async with person.kernel(base) as kernel:
            await kernel.run("kept = 6 * 7")
            assert running.process is not None
            running.process.kill()
            running.process.wait()
            assert await kernel.run("print(kept)") == "42\n"
        running.printed = ""
        await asyncio.to_thread(running.start)
        status, servers = await person.api("GET", "servers")
        assert status == 200
        assert (servers[0]["state"], servers[0]["pid"]) == ("ready", info["pid"])
        url = f"{running.notebooks}{base}api/kernels/{kernel.id}/channels"
        async with person.browser.ws_connect(url, headers={"Origin": running.notebooks}) as socket:
            kernel.socket = socket
            assert await kernel.run("print(kept)") == "42\n"
        status, _ = await person.api("DELETE", f"servers/{base.strip('/').partition('/')[2]}")
        assert status in {200, 204}
        # Who reaps an orphan is up to the machine; dead it must be.
        gone = not psutil.pid_exists(info["pid"])
        assert gone or psutil.Process(info["pid"]).status() == psutil.STATUS_ZOMBIE


async def test_a_killed_listener_comes_back(running: Installation) -> None:
    for process in running.processes("fatal_listener"):
        process.kill()

    async def is_back() -> bool:
        return bool(running.processes("fatal_listener"))

    assert await until(is_back) < 10


async def test_a_front_that_cannot_run_ends_the_container(running: Installation) -> None:
    """The platform sees a container that ended, not one that is up and answers nothing."""
    secret = running.root / "data/secret"
    for kept in (running.root / "data/run/secrets").glob("*"):
        kept.write_text("short")
    secret.write_text("short")
    for process in running.processes("proxy.front_app"):
        process.kill()
    assert running.process is not None
    assert await asyncio.to_thread(running.process.wait, 40) is not None
    await asyncio.sleep(0.5)
    assert running.processes() == []
