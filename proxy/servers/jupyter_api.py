"""Jupyter's own REST API, asked by front itself over the unix socket.

Front shows the same signed header that the relay does, as user `sifu`. What listens there may be
anything: people run their own code, and it can take the socket's place. Promises: an answer or None
within `CALL_SECONDS`, of which front holds `MOST_BYTES` at most; a Jupyter that answers nonsense is
one that did not answer. See
https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession, DummyCookieJar, StreamReader, UnixConnector

from proxy.core.clock import Clock
from proxy.core.culling import KernelSeen
from proxy.core.identity import ServerName
from proxy.core.tokens import IDENTITY_LIFETIME, AssertedIdentity, mint_identity

CALL_SECONDS: Final = 5.0
MOST_BYTES: Final = 1024 * 1024
IDENTITY_HEADER: Final = "X-Sifu-Identity"
# Jupyter wants a cookie and a header that agree. They protect credentials that a browser adds by
# itself; our signed header is none, so the value need not be secret.
_XSRF: Final = {"Cookie": "_xsrf=sifu", "X-XSRFToken": "sifu"}
_PLAIN: Final = {"Accept-Encoding": "identity"}
# An answer of another shape; OverflowError is a time beyond what the machine can count.
_BROKEN: Final = (TypeError, KeyError, ValueError, OverflowError, OSError)


class JupyterApi:
    """One server's API; `address` is its unix socket."""

    def __init__(self, name: ServerName, address: str, identity_key: str, clock: Clock) -> None:
        self._name = name
        self._address = address
        self._key = identity_key
        self._clock = clock

    async def answers(self) -> bool:
        """Did `/api/status` answer 200 with an object?"""
        return isinstance(await self._get("api/status"), dict)

    async def kernels(self) -> list[KernelSeen] | None:
        """Return the kernels and when they last did something, or None without a proper answer."""
        try:
            return [
                KernelSeen(_text(kernel["execution_state"]), _seconds(kernel["last_activity"]))
                for kernel in _objects(await self._get("api/kernels"))
            ]
        except _BROKEN:
            return None

    async def terminals(self) -> list[float] | None:
        """Return when each terminal last did something, or None without a proper answer.

        A Jupyter without terminals has no such address (404): then there are none.
        """
        try:
            found = _objects(await self._get("api/terminals", missing=b"[]"))
            return [_seconds(terminal["last_activity"]) for terminal in found]
        except _BROKEN:
            return None

    async def shutdown(self) -> bool:
        """Ask the server to end its kernels and itself; False if it did not take the wish."""
        return await self._ask("POST", "api/shutdown", _XSRF) is not None

    async def _get(self, path: str, *, missing: bytes | None = None) -> Any:
        """Return the JSON of the answer, whatever it is; None without one. `missing` is a 404's."""
        body = await self._ask("GET", path, {}, missing=missing)
        try:
            return None if body is None else json.loads(body)
        except (ValueError, RecursionError):
            return None

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], *, missing: bytes | None = None
    ) -> bytes | None:
        if not self._key:  # its files are gone: nobody can speak to it any more
            return None
        try:
            async with (
                asyncio.timeout(CALL_SECONDS),
                # What unpacks itself has no bound: a small answer can stand for gigabytes.
                ClientSession(
                    connector=UnixConnector(path=self._address),
                    cookie_jar=DummyCookieJar(),
                    auto_decompress=False,
                ) as session,
                session.request(
                    method,
                    f"http://localhost{self._name.prefix}{path}",
                    headers={**_PLAIN, IDENTITY_HEADER: self._identity(), **headers},
                    allow_redirects=False,
                ) as response,
            ):
                if response.status == 404:
                    return missing
                return await _read(response.content) if response.status == 200 else None
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


async def _read(content: StreamReader) -> bytes | None:
    """Return the whole body, or None if it is longer than a Jupyter's would be."""
    body = bytearray()
    while chunk := await content.read(MOST_BYTES):
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _objects(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, list) and all(isinstance(each, dict) for each in answer):
        return answer
    raise TypeError


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError


def _seconds(timestamp: Any) -> float:
    return datetime.fromisoformat(_text(timestamp)).timestamp()
