"""An issuer that publishes keys, a real server: as good or as hostile as a test wants it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import ClientSession, DummyCookieJar, web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(key: rsa.RSAPrivateKey, name: str) -> dict[str, Any]:
    return dict(json.loads(RSAAlgorithm.to_jwk(key.public_key()))) | {"kid": name, "use": "sig"}


def signed(key: rsa.RSAPrivateKey, name: str, claims: dict[str, Any], **header: Any) -> str:
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": name} | header)


@dataclass
class Issuer:
    """`keys` are what it publishes; `answer` takes the place of that."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    answer: Handler | None = None
    asked: int = 0
    address: str = ""

    async def _publish(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        if self.answer is not None:
            return await self.answer(request)
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def running_issuer(*keys: dict[str, Any]) -> AsyncIterator[Issuer]:
    issuer = Issuer(list(keys))
    app = web.Application()
    app.router.add_get("/awkward/keys", issuer._publish)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    issuer.address = f"http://127.0.0.1:{port}/awkward/keys"
    yield issuer
    await runner.cleanup()


def client() -> ClientSession:
    return ClientSession(cookie_jar=DummyCookieJar())
