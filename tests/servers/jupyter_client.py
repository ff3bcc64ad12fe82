"""Asks a real Jupyter over its unix socket, as the relay does, and runs code in its kernels."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    DummyCookieJar,
    UnixConnector,
)

from proxy.core.clock import system_clock
from proxy.core.tokens import AssertedIdentity, mint_identity
from proxy.store.records import ServerRecord

HOST = "notebooks.example.org"
XSRF = {"Cookie": "_xsrf=abc", "X-XSRFToken": "abc"}


class JupyterClient:
    """`headers` holds the signed identity of `user`."""

    def __init__(self, session: ClientSession, record: ServerRecord, user: str) -> None:
        self._session = session
        self._record = record
        who = AssertedIdentity(user, user.title(), str(record.name), system_clock() + 60)
        self.headers = {"X-Sifu-Identity": mint_identity(record.identity_key, who)}

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> tuple[int, Any]:
        """Return status and body; `headers` None means signed and with a good XSRF pair."""
        url = f"http://{HOST}{self._record.name.prefix}{path}"
        sent = self.headers | XSRF if headers is None else headers
        async with self._session.request(
            method, url, headers=sent, json=body, allow_redirects=False
        ) as response:
            text = await response.text()
            is_json = "json" in response.content_type
            return response.status, json.loads(text) if is_json and text else text

    @asynccontextmanager
    async def connect(self, path: str) -> AsyncIterator[ClientWebSocketResponse[Any]]:
        """Hold a websocket open, as a page does."""
        url = f"http://{HOST}{self._record.name.prefix}{path}"
        async with self._session.ws_connect(url, headers=self.headers) as socket:
            yield socket

    async def start_kernel(self) -> str:
        status, kernel = await self.ask("POST", "api/kernels", body={"name": "python3"})
        assert status == 201
        return str(kernel["id"])

    async def execute(self, kernel: str, code: str) -> str:
        """Run code and return the first thing it prints; it may go on running."""
        url = f"http://{HOST}{self._record.name.prefix}api/kernels/{kernel}/channels"
        message = {
            "header": {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"},
            "parent_header": {},
            "metadata": {},
            "channel": "shell",
            "content": {"code": code, "silent": False},
        }
        async with asyncio.timeout(30), self._session.ws_connect(url, headers=self.headers) as ws:
            await ws.send_json(message)
            async for received in ws:
                content = json.loads(received.data)
                if content["header"]["msg_type"] == "stream":
                    return str(content["content"]["text"])
        raise AssertionError("the kernel printed nothing")


@asynccontextmanager
async def client_of(record: ServerRecord, user: str = "ada") -> AsyncIterator[JupyterClient]:
    async with ClientSession(
        connector=UnixConnector(path=record.address), cookie_jar=DummyCookieJar()
    ) as session:
        yield JupyterClient(session, record, user)
