"""A learning platform that registers tools, a real server: well, or with one thing wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "a-registration-token"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@dataclass
class RegisteringPlatform:
    """`describe` changes the document, `answer` what comes back; `asked` is what it was sent."""

    origin: str = ""
    describe: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    body: bytes | None = None
    document_body: bytes | None = None
    redirect: str = ""
    hangs: asyncio.Event | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it describes itself."""
        return f"{self.origin}/openid-configuration"

    async def _document(self, request: web.Request) -> web.StreamResponse:
        self.authorizations.append(request.headers.get("Authorization", ""))
        if self.redirect:
            return web.Response(status=302, headers={"Location": self.redirect})
        if self.document_body is not None:
            return web.Response(body=self.document_body, content_type="application/json")
        document = {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/keys",
            "registration_endpoint": f"{self.origin}/register",
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "moodle",
                "messages_supported": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
            },
        }
        return web.json_response(document | self.describe)

    async def _register(self, request: web.Request) -> web.StreamResponse:
        self.authorizations.append(request.headers.get("Authorization", ""))
        self.asked.append(await request.json())
        if self.hangs is not None:
            await self.hangs.wait()
        if self.body is not None:
            return web.Response(status=self.status, body=self.body)
        answer = self.asked[-1] | {"client_id": f"client-{len(self.asked)}"}
        answer[TOOL] = {**answer[TOOL], "deployment_id": "7"}
        return web.json_response(answer | self.answer, status=self.status)


@asynccontextmanager
async def running_registering_platform() -> AsyncIterator[RegisteringPlatform]:
    platform = RegisteringPlatform()
    app = web.Application()
    app.router.add_get("/openid-configuration", platform._document)
    app.router.add_post("/register", platform._register)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield platform
    await runner.cleanup()
