"""A class begins: everybody wants their server at the same moment. Is anybody lost, or passed?

    python -m hazards.rush --at-once 30 --queued 200

Real servers of real accounts (as root). So many may run at a time; the others wait in the queue
until somebody has finished. Holds that everybody's server answers in the end, that nobody who came
earlier is started later, and that front answers 99 of 100 requests within 100 ms meanwhile.
"""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp

from hazards.findings import say
from proxy.core.clock import system_clock
from proxy.core.credentials import API_TOKEN_PREFIX, SECRET_BYTES, hash_secret
from proxy.core.lifecycle import State
from proxy.store import api_tokens, servers, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.tasks import spawn
from tests.system.isolated import IsolatedInstallation, why_not

ALLOWED_MILLISECONDS = 100.0
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 900.0


@dataclass
class Pupil:
    """What became of one person's wish; times in seconds since everybody asked."""

    name: str
    token: str
    ticket: float | None = None
    admitted: float | None = None
    ready: float | None = None
    failure: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`milliseconds` are front's, sorted."""

    pupils: Sequence[Pupil]
    milliseconds: Sequence[float] = field(repr=False)

    @property
    def lost(self) -> list[Pupil]:
        return [each for each in self.pupils if each.ready is None]

    @property
    def passed(self) -> int:
        """How many who waited were let in before somebody with an earlier ticket."""
        waited = [each for each in self.pupils if each.ticket is not None]
        came = sorted(waited, key=lambda each: each.ticket or 0.0)
        times = [each.admitted or 0.0 for each in came]
        return sum(later < earlier for earlier, later in pairwise(times))

    def slowest(self, part: float) -> float:
        """The milliseconds within which this part of front's answers came."""
        return _at(self.milliseconds, part)


class Rush:
    """One rush on one installation."""

    def __init__(self, at: IsolatedInstallation, number: int) -> None:
        self._at = at
        self._store = Store(f"sqlite:///{at.root / 'data' / 'sifu.db'}")
        self._pupils = {name: self._enrol(name) for name in _names(number)}

    async def run(self) -> Outcome:
        """Let everybody ask at once, and see them through."""
        prober = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hazards.front_probe", str(self._at.front_port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        connector = aiohttp.TCPConnector(limit=50)
        async with aiohttp.ClientSession(connector=connector) as client:
            began = system_clock()
            await asyncio.gather(*(self._ask(client, each) for each in self._pupils.values()))
            await self._note(began, client, set())
            say(f"asked: {len(self._pupils)} within {system_clock() - began:.1f} s")
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._follow(began, client)
        printed, _ = await prober.communicate(b"")
        return Outcome(tuple(self._pupils.values()), sorted(json.loads(printed)))

    async def _follow(self, began: float, client: aiohttp.ClientSession) -> None:
        visits: set[asyncio.Task[None]] = set()
        while any(each.ready is None and not each.failure for each in self._pupils.values()):
            await self._note(began, client, visits)
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.gather(*visits)

    async def _note(
        self, began: float, client: aiohttp.ClientSession, visits: set[asyncio.Task[None]]
    ) -> None:
        """Look at every row; whoever is ready is visited, and leaves."""
        for record in await self._store.read(servers.list_all):
            pupil = self._pupils[record.name.owner]
            if record.state is State.QUEUED:
                pupil.ticket = record.started
            elif pupil.admitted is None:
                pupil.admitted = record.started
            if record.state is State.FAILED:
                pupil.failure = record.reason
            if record.state is State.READY and pupil.ready is None:
                pupil.ready = system_clock() - began
                visits.add(spawn(self._use(client, pupil, record), name=f"visit {pupil.name}"))

    async def _ask(self, client: aiohttp.ClientSession, pupil: Pupil) -> None:
        headers = pupil.headers | {"Prefer": "respond-async"}
        async with client.post(f"{self._at.front}/api/servers", json={}, headers=headers) as answer:
            if answer.status not in {200, 201, 202}:
                pupil.failure = await answer.text()

    async def _use(self, client: aiohttp.ClientSession, pupil: Pupil, record: ServerRecord) -> None:
        """Look into it once, and stop it, so that the next one has room."""
        url = f"{self._at.notebooks}{record.name.prefix}api/status"
        async with client.get(url, headers=pupil.headers) as answer:
            if answer.status != 200:
                pupil.ready, pupil.failure = None, f"its server says {answer.status}"
        url = f"{self._at.front}/api/servers/{record.name.owner}/{record.name.workspace}"
        async with client.delete(url, headers=pupil.headers):
            pass

    def _enrol(self, name: str) -> Pupil:
        secret, now = API_TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES), system_clock()
        user = self._store.write_now(users.add, name, is_admin=False, password_hash=None, now=now)
        self._store.write_now(
            api_tokens.create,
            token_id=secrets.token_hex(6),
            secret_hash=hash_secret(secret),
            user_id=user.id,
            label="rush",
            now=now,
            expires=None,
        )
        return Pupil(name, secret)

    def close(self) -> None:
        self._store.close()


def rush(at_once: int, queued: int, **settings: str) -> Outcome:
    """Start an installation for so many servers, and let `at_once + queued` people ask."""
    at = IsolatedInstallation(SIFU_MAX_SERVERS=str(at_once), **settings)
    try:
        at.start()
        at.await_fork_server()
        one = Rush(at, at_once + queued)
        try:
            return asyncio.run(one.run())
        finally:
            one.close()
    finally:
        at.stop()
        at.folder.cleanup()


def tell(outcome: Outcome) -> bool:
    """Print what came of it; return whether it is as it must be."""
    times = sorted(each.ready for each in outcome.pupils if each.ready is not None)
    waits = ", ".join(f"{part:.0%} {_at(times, part):.1f} s" for part in (0.1, 0.5, 0.9, 1.0))
    slowest = outcome.slowest(0.99)
    say(f"ready: {len(times)} of {len(outcome.pupils)}; {waits}")
    for each in outcome.lost:
        say(f"lost: {each.name}: {each.failure or 'nobody knows why'}")
    waited = sum(each.ticket is not None for each in outcome.pupils)
    say(f"order: of {waited} who waited, {outcome.passed} passed somebody who came earlier")
    say(
        f"front: {len(outcome.milliseconds)} requests meanwhile, median "
        f"{outcome.slowest(0.5):.1f} ms, 99 % within {slowest:.1f} ms (allowed "
        f"{ALLOWED_MILLISECONDS:.0f}), slowest {outcome.milliseconds[-1]:.0f} ms"
    )
    return not outcome.lost and not outcome.passed and slowest <= ALLOWED_MILLISECONDS


def _at(times: Sequence[float], part: float) -> float:
    return times[min(int(len(times) * part), len(times) - 1)] if times else 0.0


def _names(number: int) -> list[str]:
    # None is anybody's beginning: `p1` would be one of `p10`.
    return [f"pupil-{index:03}" for index in range(number)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--at-once", type=int, default=30, help="servers that may run at a time")
    parser.add_argument("--queued", type=int, default=200, help="people who have to wait")
    wanted = parser.parse_args()
    if missing := why_not():
        sys.exit(f"A rush needs {missing}.")
    sys.exit(0 if tell(rush(wanted.at_once, wanted.queued)) else 1)


if __name__ == "__main__":
    main()
