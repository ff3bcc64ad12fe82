"""A person with a browser, as far as HTTP goes: cookies, forms' origins, kernels' messages."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, TCPConnector
from yarl import URL

from tests.system.installation import Installation

PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}


class Person:
    """Signs in, opens servers, runs cells."""

    def __init__(self, installation: Installation) -> None:
        self.at = installation
        self.browser = ClientSession(
            cookie_jar=CookieJar(unsafe=True), connector=TCPConnector(limit=0)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.browser.close()

    async def visit(self, url: str) -> tuple[int, str, str]:
        """Open a page; return status, final address and text."""
        async with self.browser.get(url, headers=PAGE) as answer:
            return answer.status, str(answer.url), await answer.text()

    async def post(self, path: str, **fields: str) -> int:
        """Submit a form of front."""
        headers = PAGE | {"Sec-Fetch-Site": "same-origin", "Origin": self.at.front}
        async with self.browser.post(self.at.front + path, data=fields, headers=headers) as answer:
            return answer.status

    async def api(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Call the control API as a page of front does."""
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.at.front}
        url = f"{self.at.front}/api/{path}"
        async with self.browser.request(method, url, headers=headers, **options) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def start_server(self) -> dict[str, Any]:
        status, info = await self.api("POST", "servers", json={})
        assert status in {200, 201}, info
        return dict(info)

    async def open_server(self, base: str) -> None:
        """Follow front's link into JupyterLab, which brings the pass."""
        _, owner, workspace = base.strip("/").split("/")
        status, url, text = await self.visit(f"{self.at.front}/open/{owner}/{workspace}/lab")
        assert status == 200, text
        assert url == f"{self.at.notebooks}{base}lab"
        assert "jupyter-config-data" in text

    async def jupyter(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Call Jupyter's API as JupyterLab does, with its XSRF token."""
        cookies = self.browser.cookie_jar.filter_cookies(URL(self.at.notebooks + path))
        headers = {"X-XSRFToken": cookies["_xsrf"].value} if "_xsrf" in cookies else {}
        headers |= {"Sec-Fetch-Mode": "cors", "Origin": self.at.notebooks}
        url = self.at.notebooks + path
        async with self.browser.request(method, url, headers=headers, **options) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith(("{", "[")) else text

    @asynccontextmanager
    async def kernel(self, base: str, path: str = "") -> AsyncIterator["Kernel"]:
        """Start a kernel, for a notebook at this path, and open its websocket."""
        body = {"path": path} if path else {}
        status, kernel = await self.jupyter("POST", f"{base}api/kernels", json=body)
        assert status == 201, kernel
        url = f"{self.at.notebooks}{base}api/kernels/{kernel['id']}/channels"
        async with self.browser.ws_connect(
            url, headers={"Origin": self.at.notebooks}, max_msg_size=0
        ) as socket:
            yield Kernel(kernel["id"], socket)


class Kernel:
    """A running kernel, spoken to over its websocket."""

    def __init__(self, id_: str, socket: ClientWebSocketResponse[Any]) -> None:
        self.id = id_
        self.socket = socket

    async def run(self, code: str, *, seconds: float = 30) -> str:
        """Execute a cell; return what it printed. Waits for `idle`: a reply may come earlier."""
        id_ = uuid.uuid4().hex
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        header = {"msg_id": id_, "msg_type": "execute_request", "version": "5.3"}
        header |= {"username": "", "session": id_, "date": ""}
        await self.socket.send_json(
            {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
                "channel": "shell",
                "buffers": [],
            }
        )
        printed = ""
        async with asyncio.timeout(seconds):
            while True:
                message = await self.socket.receive_json()
                if message["parent_header"].get("msg_id") != id_:
                    continue
                if message["msg_type"] == "stream":
                    printed += message["content"]["text"]
                if message["msg_type"] == "error":
                    printed += message["content"]["evalue"]
                state = message["content"].get("execution_state")
                if message["msg_type"] == "status" and state == "idle":
                    return printed
