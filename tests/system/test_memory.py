"""A server that eats its memory, beside one that does not: real processes, real accounts."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.system.isolated import IsolatedInstallation, Resident, needs_accounts, residents

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), needs_accounts()]

LIMIT = 400  # MiB; a server with a kernel takes some 100
# In a process of its own that left the server's session: it is the account's all the same.
GREEDY = """
import subprocess, sys
code = "import time; held = bytearray(b'x') * (600 << 20); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
print("eating")
"""


@pytest.fixture
def at() -> Iterator[IsolatedInstallation]:
    made = IsolatedInstallation(SIFU_MEMORY_LIMIT=str(LIMIT))
    made.start()
    yield made
    made.stop()
    made.folder.cleanup()


async def test_who_eats_the_memory_is_ended_alone_and_told_why(at: IsolatedInstallation) -> None:
    async with residents(at, "ada", "bob") as (ada, bob):
        assert await ada.sees(GREEDY) == "eating"
        info = await failure_of(ada)
        assert f"of {LIMIT} MiB" in info["reason"]
        _, _, page = await ada.person.visit(at.front)
        assert "It used more memory than it may" in page
        assert await bob.sees("print(6 * 7)") == "42"
        again = await bob.person.start_server()
        assert (again["state"], again["pid"]) == ("ready", bob.pid)
        # She may come back, and nothing of before is left to eat on.
        assert (await ada.person.start_server())["state"] == "ready"
        await asyncio.sleep(3)
        _, still = await ada.person.api("GET", "servers/ada/home")
        assert still["state"] == "ready"


async def failure_of(who: Resident) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while True:
        _, info = await who.person.api("GET", "servers/ada/home")
        if info["state"] == "failed":
            return dict(info)
        assert time.monotonic() < deadline, info
        await asyncio.sleep(0.2)
