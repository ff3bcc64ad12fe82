"""Asking another service for JSON.

Promises: `PATIENCE_SECONDS` and `MOST_BYTES` for an answer, no redirects, JSON of one meaning;
whatever goes wrong is `UpstreamBroken` with one public sentence. Must not: log what was sent.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from aiohttp import ClientError, ClientResponse, ClientSession

from proxy.core.errors import UpstreamBroken
from proxy.core.strict_json import NotStrict, read_value

MOST_BYTES: Final = 256 * 1024
PATIENCE_SECONDS: Final = 10.0
_TRY_AGAIN: Final = "The sign-in service cannot be reached now. Try again in a minute."

OpenClient = Callable[[], AbstractAsyncContextManager[ClientSession]]


async def ask_json(
    open_client: OpenClient,
    method: str,
    address: str,
    *,
    statuses: Sequence[int] = (200,),
    headers: dict[str, str] | None = None,
    **options: Any,
) -> Any:
    """Return the answer's value; raises `UpstreamBroken` for another status too."""
    named = {"Accept": "application/json", "Accept-Encoding": "identity"} | (headers or {})
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            open_client() as client,
            client.request(
                method, address, allow_redirects=False, headers=named, **options
            ) as answer,
        ):
            return read_value(await read_bounded(answer, MOST_BYTES, statuses))
    except (ClientError, TimeoutError, OSError, NotStrict, ValueError) as problem:
        raise UpstreamBroken(_TRY_AGAIN, detail=f"{address}: {problem!r}") from problem


async def read_bounded(
    answer: ClientResponse, most: int, statuses: Sequence[int] = (200,)
) -> bytes:
    """Return a body of at most `most` bytes; raises `ValueError` for more, or another status."""
    if answer.status not in statuses:
        raise ValueError(f"answered {answer.status}")
    return await read_body(answer, most)


async def read_body(answer: ClientResponse, most: int) -> bytes:
    """Return a body of at most `most` bytes, whatever the status; raises `ValueError` for more."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > most:
            raise ValueError("longer than it may be")
    return bytes(body)
