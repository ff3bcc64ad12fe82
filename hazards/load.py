"""Load for a relay: wrk where it is installed, else a client of our own.

Each round tells how many requests were answered, and how many went wrong.
"""

import asyncio
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from hazards.installation import PREFIX, Installation

CONNECTIONS = 32
PATHS = 4
_SCRIPT = Path(__file__).with_name("load.lua")
# What wrk says when something was not as it should be.
_WRONG = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")


@dataclass(frozen=True, slots=True)
class Round:
    """`wrong` is empty when every request got its 200."""

    requests: int
    wrong: str


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


async def ask(installation: Installation, at: Path, seconds: float) -> Round:
    """Load the relay for about so many seconds."""
    if has_wrk():
        return await asyncio.to_thread(_run_wrk, installation, at, seconds)
    return await _ask_ourselves(installation, seconds)


def _run_wrk(installation: Installation, at: Path, seconds: float) -> Round:
    cookies = at / "cookies"
    if not cookies.exists():
        cookies.write_text("\n".join(installation.cookies) + "\n")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", str(_SCRIPT)]
    command += [f"http://{installation.host}/", "--", str(cookies), PREFIX, str(PATHS)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    counted = re.search(r"(\d+) requests in", told)
    wrong = "; ".join(found[0] for found in _WRONG.finditer(told))
    return Round(int(counted[1]) if counted else 0, wrong)


async def _ask_ourselves(installation: Installation, seconds: float) -> Round:
    until = asyncio.get_running_loop().time() + seconds
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as client:
        lanes = (_ask_in_turn(client, installation, lane, until) for lane in range(CONNECTIONS))
        answers = await asyncio.gather(*lanes)
    bad = sum(bad for _, bad in answers)
    return Round(sum(good for good, _ in answers), f"{bad} not 200" if bad else "")


async def _ask_in_turn(
    client: aiohttp.ClientSession, installation: Installation, lane: int, until: float
) -> tuple[int, int]:
    good = bad = 0
    loop, number = asyncio.get_running_loop(), lane
    while loop.time() < until:
        number += CONNECTIONS
        url = installation.url(f"api/contents/{number % 20_000}.ipynb?content=1")
        async with client.get(url, headers=installation.headers(number)) as response:
            await response.read()
            good, bad = good + (response.status == 200), bad + (response.status != 200)
    return good, bad
