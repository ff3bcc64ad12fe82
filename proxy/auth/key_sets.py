"""The keys that an issuer publishes: fetched when they are needed, never trusted blindly.

Promises: https alone (http on this machine's loopback, for trials), no redirect is followed,
`MOST_BYTES` within `PATIENCE_SECONDS`; whoever asks meanwhile waits for the same fetch; an unknown
key has the set fetched anew, at most every `AGAIN_SECONDS`, so that nobody can make us ask for
every token they invent; while the issuer does not answer, what was known goes on holding for
`STALE_SECONDS`. Must not: verify anything itself (`signatures` does).
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from aiohttp import ClientError, ClientResponse, ClientTimeout

from proxy.auth.asking import OpenClient, read_bounded
from proxy.core.addresses import is_secure_address
from proxy.core.clock import Clock
from proxy.core.errors import UpstreamBroken
from proxy.core.strict_json import NotStrict, read_object
from proxy.core.verification_keys import Jwk, fitting_keys, published_keys

MOST_BYTES: Final = 64 * 1024
PATIENCE_SECONDS: Final = 5.0
FRESH_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 30.0
STALE_SECONDS: Final = 24 * 3600.0
_log = structlog.get_logger()


class KeySet:
    """Of one issuer, at one address."""

    def __init__(self, address: str, client: OpenClient, clock: Clock) -> None:
        self.address = address
        self._client = client
        self._clock = clock
        self._keys: Sequence[Jwk] = ()
        self._fetched = self._tried = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, name: str | None, algorithm: str) -> list[Jwk]:
        """Return the keys that may verify such a token; raises `UpstreamBroken` if unknown."""
        if self._clock() - self._fetched > FRESH_SECONDS:
            await self._refresh(since=FRESH_SECONDS)
        found = fitting_keys(self._keys, name, algorithm)
        if not found:
            await self._refresh(since=AGAIN_SECONDS)
            found = fitting_keys(self._keys, name, algorithm)
        if self._clock() - self._fetched > STALE_SECONDS:
            raise UpstreamBroken(
                "The sign-in service does not publish its keys now. Try again in a minute.",
                detail=self.address,
            )
        return found

    async def _refresh(self, since: float) -> None:
        """Fetch, unless somebody has done so within `since` seconds, or has tried just now."""
        async with self._fetching:
            now = self._clock()
            if now - self._fetched <= since or now - self._tried <= AGAIN_SECONDS:
                return
            self._tried = now
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    keys = await self._fetch()
            except (ClientError, TimeoutError, OSError, ValueError) as problem:
                _log.warning("keys.not_fetched", address=self.address, problem=repr(problem))
                return
            self._keys, self._fetched = keys, now

    async def _fetch(self) -> Sequence[Jwk]:
        if not is_secure_address(self.address):
            raise ValueError("not an https address")
        async with (
            self._client() as client,
            client.get(
                self.address,
                allow_redirects=False,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
                timeout=ClientTimeout(total=PATIENCE_SECONDS),
            ) as answer,
        ):
            return await _read(answer)


async def _read(answer: ClientResponse) -> Sequence[Jwk]:
    keys = published_keys(read_object(await read_bounded(answer, MOST_BYTES)))
    if keys is None:
        raise NotStrict("no set of keys")
    return keys
