"""Jupyter's own REST API, asked by front itself over the unix socket.

Front shows the same signed header that the relay does, as user `sifu`. Promises: an answer or None
within `CALL_SECONDS`; a Jupyter that answers nonsense is one that did not answer. See
https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession, DummyCookieJar, UnixConnector

from proxy.core.clock import Clock
from proxy.core.culling import KernelSeen
from proxy.core.identity import ServerName
from proxy.core.tokens import IDENTITY_LIFETIME, AssertedIdentity, mint_identity

CALL_SECONDS: Final = 5.0
IDENTITY_HEADER: Final = "X-Sifu-Identity"
# Jupyter wants a cookie and a header that agree. They protect credentials that a browser adds by
# itself; our signed header is none, so the value need not be secret.
_XSRF: Final = {"Cookie": "_xsrf=sifu", "X-XSRFToken": "sifu"}


class JupyterApi:
    """One server's API; `address` is its unix socket."""

    def __init__(self, name: ServerName, address: str, identity_key: str, clock: Clock) -> None:
        self._name = name
        self._address = address
        self._key = identity_key
        self._clock = clock

    async def answers(self) -> bool:
        """Did `/api/status` answer 200?"""
        return await self._get("api/status") is not None

    async def kernels(self) -> list[KernelSeen] | None:
        """Return the kernels and when they last did something, or None without a proper answer."""
        answer = await self._get("api/kernels")
        try:
            return [
                KernelSeen(str(kernel["execution_state"]), _seconds(kernel["last_activity"]))
                for kernel in answer
            ]
        except (TypeError, KeyError, ValueError):
            return None

    async def terminals(self) -> list[float]:
        """Return when each terminal last did something; none without a proper answer."""
        answer = await self._get("api/terminals")
        try:
            return [_seconds(terminal["last_activity"]) for terminal in answer]
        except (TypeError, KeyError, ValueError):
            return []

    async def shutdown(self) -> bool:
        """Ask the server to end its kernels and itself; False if it did not take the wish."""
        return await self._ask("POST", "api/shutdown", _XSRF) is not None

    async def _get(self, path: str) -> Any:
        return await self._ask("GET", path, {})

    async def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> Any:
        if not self._key:  # its files are gone: nobody can speak to it any more
            return None
        try:
            async with (
                asyncio.timeout(CALL_SECONDS),
                ClientSession(
                    connector=UnixConnector(path=self._address), cookie_jar=DummyCookieJar()
                ) as session,
                session.request(
                    method,
                    f"http://localhost{self._name.prefix}{path}",
                    headers={IDENTITY_HEADER: self._identity(), **headers},
                    allow_redirects=False,
                ) as response,
            ):
                if response.status != 200:
                    return None
                return await response.json(content_type=None) or {}
        except (ClientError, OSError, TimeoutError, ValueError):
            return None

    def _identity(self) -> str:
        who = AssertedIdentity(
            user="sifu",
            display_name="Sifu",
            server=str(self._name),
            expires=self._clock() + IDENTITY_LIFETIME,
        )
        return mint_identity(self._key, who)


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
