"""What a person does first, with the real thing: supervisord, front, relay, Jupyter, a kernel."""

import asyncio

import pytest

from tests.system.installation import STOP_SECONDS, Installation
from tests.system.person import Person

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


async def test_from_the_printed_link_to_42_and_ctrl_c() -> None:
    installation = Installation()
    try:
        await asyncio.to_thread(installation.start)
        async with Person(installation) as person:
            status, url, text = await person.visit(installation.link)
            assert (status, url) == (200, f"{installation.front}/")
            assert "Sign out" in text
            # The link signs in once.
            async with Person(installation) as other:
                assert "Sign out" not in (await other.visit(installation.link))[2]
            info = await person.start_server()
            assert info["state"] == "ready"
            await person.open_server(info["base_url"])
            async with person.kernel(info["base_url"]) as kernel:
                assert await kernel.run("print(6*7)") == "42\n"
                environment = await kernel.run("import os; print(dict(os.environ))")
                assert "SIFU" not in environment
                await kernel.run("import threading; print('still here')")
            status, who = await person.jupyter("GET", f"{info['base_url']}api/me")
            assert status == 200
            assert who["identity"]["username"] == "admin"
        for secret in (installation.link.partition("code=")[2],):
            assert secret not in installation.log("")
        took = await asyncio.to_thread(installation.stop)
        assert took < STOP_SECONDS
        assert installation.left == []
    finally:
        installation.stop()
        installation.folder.cleanup()


async def test_ctrl_c_ends_a_busy_kernel_too() -> None:
    installation = Installation(SIFU_ADMIN_PASSWORD="correct horse battery")
    try:
        await asyncio.to_thread(installation.start)
        assert installation.link == f"{installation.front}/sign-in"
        async with Person(installation) as person:
            fields = {"name": "admin", "password": "correct horse battery"}
            assert await person.post("/sign-in", **fields) == 200
            info = await person.start_server()
            await person.open_server(info["base_url"])
            async with person.kernel(info["base_url"]) as kernel:
                with pytest.raises(TimeoutError):
                    await kernel.run(
                        "import signal, time\n"
                        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                        "while True: time.sleep(1)",
                        seconds=2,
                    )
                took = await asyncio.to_thread(installation.stop)
        assert took < STOP_SECONDS
        assert installation.left == []
    finally:
        installation.stop()
        installation.folder.cleanup()
