"""Does a relay stay as it is? A million requests and twenty thousand websockets, measured.

    python -m hazards.soak --requests 1000000 --websockets 20000

Holds that no answer is an error; that its memory at the end is within 5 % of what it was after the
first tenth; and that its open sockets are as many as at the start, once idle ones have aged.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import aiohttp

from hazards.findings import say
from hazards.installation import Installation, folder, running_program, running_relay
from hazards.load import ask, has_wrk
from hazards.memory import MIB, measure, open_sockets

ROUNDS = 10
SLICE_SECONDS = 5.0
ALLOWED_GROWTH = 1.05
# The relay keeps idle connections to servers for a minute.
AGE_SECONDS = 90.0
_AT_ONCE = 40


async def open_websockets(installation: Installation, number: int) -> int:
    """Open, echo and close so many; return how many did not go as they should."""
    jar = aiohttp.DummyCookieJar()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as client:

        async def lane(first: int) -> int:
            indexes = range(first, number, _AT_ONCE)
            return sum([not await _echoes(client, installation, index) for index in indexes])

        return sum(await asyncio.gather(*map(lane, range(_AT_ONCE))))


async def _echoes(client: aiohttp.ClientSession, installation: Installation, index: int) -> bool:
    text = f"message {index}"
    headers = installation.headers(index)
    try:
        async with (
            asyncio.timeout(30),
            client.ws_connect(installation.url("echo", scheme="ws"), headers=headers) as opened,
        ):
            await opened.send_str(text)
            return bool(await opened.receive_str() == text)
    except (aiohttp.ClientError, TypeError, TimeoutError):
        return False


class _Soak:
    def __init__(self, installation: Installation, at: Path) -> None:
        self._installation = installation
        self._at = at
        self.requests = self.websockets = 0
        self.private: list[int] = []
        self.problems: list[str] = []

    async def run_round(self, requests: int, websockets: int) -> None:
        """Reach these totals, then measure."""
        while self.requests < requests and not self.problems:
            told = await ask(self._installation, self._at, SLICE_SECONDS)
            self.requests += told.requests
            if told.wrong or not told.requests:
                self.problems.append(f"requests went wrong: {told.wrong or 'no answer'}")
        failed = await open_websockets(self._installation, websockets - self.websockets)
        self.websockets = websockets
        if failed:
            self.problems.append(f"{failed} websockets did not echo")
        await asyncio.sleep(1.0)
        memory = measure(self._installation.relay)
        self.private.append(memory.private)
        open_now = open_sockets(self._installation.relay)
        say(f"{self.requests:>11,} {self.websockets:>8,}  {open_now:>4} open  {memory}")

    async def age(self, wanted: int) -> None:
        """Wait until the sockets are as many as at the start."""
        until = asyncio.get_running_loop().time() + AGE_SECONDS
        while (left := open_sockets(self._installation.relay)) > wanted:
            if asyncio.get_running_loop().time() > until:
                self.problems.append(f"{left} sockets are open, {wanted} were at the start")
                return
            await asyncio.sleep(1.0)

    def judge_memory(self) -> None:
        after_first, at_end = self.private[0], self.private[-1]
        say(f"private memory {after_first / MIB:.1f} MiB → {at_end / MIB:.1f} MiB")
        if at_end > after_first * ALLOWED_GROWTH:
            growth = at_end / after_first - 1
            self.problems.append(f"memory grew by {growth:.1%} after the first tenth")


async def soak(requests: int, websockets: int, passes: int) -> bool:
    """Run; return whether everything held."""
    with folder() as at:
        address = at / "jupyter.sock"
        with (
            running_program("hazards.upstream_program", str(address), ready=address),
            running_relay(at, address, accounts=20, passes=passes) as installation,
        ):
            await asyncio.sleep(1.0)
            began = open_sockets(installation.relay)
            generator = "wrk" if has_wrk() else "a Python client"
            say(f"load by {generator}, {passes:,} passes; {began} sockets open")
            say("   requests websockets")
            run = _Soak(installation, at)
            for number in range(1, ROUNDS + 1):
                await run.run_round(requests * number // ROUNDS, websockets * number // ROUNDS)
            run.judge_memory()
            await run.age(began)
            if text := installation.log.read_text():
                run.problems.append(f"the relay logged: {text[:500]}")
    for problem in run.problems:
        say(f"FOUND {problem}")
    say("" if run.problems else "It stayed as it was.")
    return not run.problems


def main() -> None:
    """`python -m hazards.soak`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--websockets", type=int, default=20_000)
    parser.add_argument("--passes", type=int, default=5_000, help="how many cookies, all different")
    chosen = parser.parse_args()
    held = asyncio.run(soak(chosen.requests, chosen.websockets, chosen.passes))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
