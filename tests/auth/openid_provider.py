"""An OpenID provider, a real server: it signs in whom a test says, well or with one thing wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from proxy.core.sign_in_flow import challenge_of
from tests.auth.issuers import new_key, published, signed

CLIENT_ID = "sifu"
Claims = dict[str, Any]


@dataclass
class Provider:
    """`spoil` changes claims, `sign` makes the token of them, `describe` changes the document.

    `people` is what its UserInfo tells.
    """

    key: rsa.RSAPrivateKey
    now: Callable[[], float]
    issuer: str = ""
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    describe: Claims = field(default_factory=dict)
    answer: Claims | None = None
    people: Claims = field(default_factory=dict)
    described: int = 0
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    keys: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, Claims] = field(default_factory=dict)

    def authorize(self, address: str, **who: Any) -> str:
        """Do what the person does there; return the code that comes back with the browser."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**asked, "who": who}
        return code

    async def _description(self, request: web.Request) -> web.Response:
        self.described += 1
        await self.hold.wait()
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(document | self.describe)

    async def _publish(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys or [published(self.key, "k1")]})

    async def _tell(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer an-access-token":
            return web.json_response({"error": "invalid_token"}, status=401)
        return web.json_response(self.people)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.answer is not None:
            return web.json_response(self.answer)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or challenge_of(form["code_verifier"]) != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims = self.spoil(self._claims(asked))
        token = self.sign(claims) if self.sign else signed(self.key, "k1", claims)
        return web.json_response({"access_token": "an-access-token", "id_token": token})

    def _claims(self, asked: dict[str, Any]) -> Claims:
        now = self.now()
        return {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "248289",
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
        } | dict(asked["who"])


@asynccontextmanager
async def running_provider(now: Callable[[], float]) -> AsyncIterator[Provider]:
    provider = Provider(new_key(), now)
    provider.hold.set()
    app = web.Application()
    app.router.add_get("/realms/school/.well-known/openid-configuration", provider._description)
    app.router.add_get("/realms/school/keys", provider._publish)
    app.router.add_get("/realms/school/people", provider._tell)
    app.router.add_post("/realms/school/token", provider._token)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}/realms/school"
    yield provider
    await runner.cleanup()
