"""Large bodies and messages that go all the way, each compared with what was sent."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from time import monotonic

import aiohttp

from hazards.installation import Installation
from hazards.memory import MIB
from hazards.pattern import blocks, digest

_READ = 256 * 1024


class ContentChanged(Exception):
    """What arrived is not what was sent."""


class Transfers:
    """Each method returns what it measured."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    async def upload(self, size: int) -> str:
        """Send with a `Content-Length`; the server tells what it got."""
        return await self._upload(size, {"Content-Length": str(size)})

    async def upload_chunked(self, size: int) -> str:
        return await self._upload(size, {})

    async def download(self, word: str, size: int) -> str:
        """Ask for `bytes` (counted) or `chunked`."""
        began, got = monotonic(), hashlib.sha256()
        async with (
            _client() as client,
            client.get(
                self._installation.url(f"{word}/{size}"), headers=self._installation.headers()
            ) as response,
        ):
            while data := await response.content.read(_READ):
                got.update(data)
        return await self._compare(size, got.hexdigest(), monotonic() - began)

    async def message(self, size: int) -> str:
        """Send one websocket message and get it back."""
        sent = b"".join(blocks(size))
        async with _client() as client, self._websocket(client) as opened:
            began = monotonic()
            await opened.send_bytes(sent)
            if await opened.receive_bytes() != sent:
                raise ContentChanged("the message came back changed")
            return f"{size / MIB:.0f} MiB each way in {monotonic() - began:.1f} s"

    async def idle(self, seconds: float) -> str:
        """Leave a websocket alone, then use it."""
        async with _client() as client, self._websocket(client) as opened:
            await opened.send_str("before")
            await opened.receive_str()
            await asyncio.sleep(seconds)
            await opened.send_str("after")
            if await opened.receive_str() != "after":
                raise ContentChanged("the websocket came back changed")
        return f"echoes after {seconds / 60:.1f} minutes without a byte"

    def _websocket(
        self, client: aiohttp.ClientSession
    ) -> "aiohttp.client._WSRequestContextManager":
        url = self._installation.url("echo", scheme="ws")
        return client.ws_connect(url, headers=self._installation.headers(), max_msg_size=0)

    async def _upload(self, size: int, headers: dict[str, str]) -> str:
        async def content() -> AsyncIterator[bytes]:
            for block in blocks(size):
                yield block

        began = monotonic()
        headers |= self._installation.headers()
        async with (
            _client() as client,
            client.post(
                self._installation.url("digest"), data=content(), headers=headers
            ) as response,
        ):
            text = await response.text()
        arrived, _, got = text.partition(" ")
        if arrived != str(size):
            raise ContentChanged(f"{arrived} bytes of {size} arrived ({response.status})")
        return await self._compare(size, got, monotonic() - began)

    async def _compare(self, size: int, got: str, seconds: float) -> str:
        if got != await asyncio.to_thread(digest, size):
            raise ContentChanged("the content arrived changed")
        return (
            f"{size / MIB:.0f} MiB unchanged in {seconds:.1f} s, {size / MIB / seconds:.0f} MiB/s"
        )


def _client() -> aiohttp.ClientSession:
    limit = aiohttp.ClientTimeout(total=None, sock_read=120)
    return aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar())
