"""`gateway-url`: kernels run on a gateway, here another Jupyter, and the person notices nothing."""

import asyncio
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.installation import Installation, free_ports
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A Jupyter that lets everybody on this machine run kernels; its address and process id."""
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
            f"--port={port}", "--ip=127.0.0.1", "--IdentityProvider.token=",
            "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={tmp_path}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/api/status", timeout=2).close()  # noqa: S310
            break
        except OSError:
            time.sleep(0.2)
    yield url, process.pid
    process.terminate()
    process.wait(20)


async def test_a_kernel_runs_where_the_gateway_is(gateway: tuple[str, int]) -> None:
    url, pid = gateway
    installation = Installation()
    try:
        await asyncio.to_thread(installation.start)
        async with Person(installation) as person:
            await person.visit(installation.link)
            status, info = await person.api("POST", "servers", json={"gateway-url": url})
            assert status == 201
            assert info["state"] == "ready"
            await person.open_server(info["base_url"])
            async with person.kernel(info["base_url"]) as kernel:
                assert await kernel.run("import os; print(os.getppid())") == f"{pid}\n"
    finally:
        await asyncio.to_thread(installation.stop)
        installation.folder.cleanup()


async def test_a_gateway_that_is_not_there_is_named_as_the_reason() -> None:
    installation = Installation(SIFU_START_TIMEOUT="4")
    try:
        await asyncio.to_thread(installation.start)
        async with Person(installation) as person:
            await person.visit(installation.link)
            (port,) = free_ports(1)
            url = f"http://127.0.0.1:{port}"
            status, problem = await person.api("POST", "servers", json={"gateway-url": url})
            assert status in {503, 504}
            assert url in problem["detail"]
            assert "gateway" in problem["detail"]
    finally:
        await asyncio.to_thread(installation.stop)
        installation.folder.cleanup()


async def test_an_address_that_is_no_gateway_is_refused() -> None:
    installation = Installation()
    try:
        await asyncio.to_thread(installation.start)
        async with Person(installation) as person:
            await person.visit(installation.link)
            for url in ("file:///etc/passwd", "http://", "http://u:p@h/", "x"):
                status, problem = await person.api("POST", "servers", json={"gateway-url": url})
                assert status == 422, problem
            assert (await person.api("GET", "servers"))[1] in ([], None)
    finally:
        await asyncio.to_thread(installation.stop)
        installation.folder.cleanup()
