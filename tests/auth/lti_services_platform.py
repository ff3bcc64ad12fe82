"""The services of a learning platform, a real server: token, columns, scores, members.

It verifies our assertion with the keys that we publish. As good or as hostile as a test wants it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web

from proxy.auth.lti_keys import LtiKeys
from proxy.core.lti_platform import Platform, PlatformEntry

CLIENT = "client-7"
LINE_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
MEMBER = "http://purl.imsglobal.org/vocab/lis/v2/membership"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class PlatformServices:
    """`instead` takes the place of an answer, by the last word of its path."""

    keys: LtiKeys | None = None
    origin: str = ""
    instead: dict[str, Handler] = field(default_factory=dict)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    page: int = 2
    token_seconds: int = 3600
    seen_ids: set[str] = field(default_factory=set)

    @property
    def platform(self) -> Platform:
        entry = PlatformEntry(
            issuer=self.origin,
            client=CLIENT,
            title="Campus",
            authorization=f"{self.origin}/authorize",
            token=f"{self.origin}/token",
            keys=f"{self.origin}/keys",
            deployments=("1",),
        )
        return Platform(1, entry, 0.0)

    @property
    def line_items(self) -> str:
        return f"{self.origin}/course/7/lineitems?type=1"

    @property
    def members_url(self) -> str:
        return f"{self.origin}/course/7/members"

    def count(self, word: str) -> int:
        return len([path for _, path in self.asked if path.endswith(word)])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        word = request.path.rpartition("/")[2]
        if word in self.instead:
            return await self.instead[word](request)
        if word == "token":
            return await self._token(request)
        if word == "lineitems":
            return await self._line_items(request)
        if word == "scores":
            return await self._score(request)
        return await self._members(request)

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        try:
            claims = await self._verified(form["client_assertion"])
        except (jwt.PyJWTError, KeyError) as problem:
            return web.json_response(
                {"error": "invalid_client", "error_description": repr(problem)}, status=401
            )
        self.assertions.append(claims)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = set(form["scope"].split())
        return web.json_response(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self.token_seconds,
                "scope": form["scope"],
            }
        )

    async def _verified(self, assertion: str) -> dict[str, Any]:
        assert self.keys is not None
        published = jwt.PyJWKSet.from_dict(await self.keys.published())
        key = published[jwt.get_unverified_header(assertion)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            assertion,
            key,
            algorithms=["RS256"],
            audience=f"{self.origin}/token",
            # The clock is the test's.
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "jti"]},
        )
        if claims["iss"] != CLIENT or claims["sub"] != CLIENT or claims["jti"] in self.seen_ids:
            raise jwt.InvalidTokenError("not this client, or twice")
        self.seen_ids.add(claims["jti"])
        return claims

    def refusal(self, request: web.Request, scope: str) -> web.Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return web.json_response({"error": "invalid_token"}, status=401)
        if not any(each.endswith(scope) for each in self.tokens[token]):
            return web.json_response({"error": "insufficient_scope"}, status=403)
        return None

    async def _line_items(self, request: web.Request) -> web.Response:
        if refusal := self.refusal(request, "/scope/lineitem"):
            return refusal
        if request.method == "POST":
            assert request.content_type == LINE_ITEM
            await asyncio.sleep(0.01)
            made = await request.json()
            made["id"] = f"{self.origin}/course/7/items/{len(self.columns)}?type=1"
            self.columns.append(made)
            return web.json_response(made, status=201, content_type=LINE_ITEM)
        assert request.headers["Accept"] == LINE_ITEMS
        assert request.query["type"] == "1"
        wanted = request.query.get("resource_link_id")
        found = [each for each in self.columns if each.get("resourceLinkId") == wanted]
        return web.json_response(found, content_type=LINE_ITEMS)

    async def _score(self, request: web.Request) -> web.Response:
        if refusal := self.refusal(request, "/scope/score"):
            return refusal
        assert request.content_type == SCORE
        assert request.query_string == "type=1"
        score = await request.json()
        self.scores.append(score | {"column": request.path.removesuffix("/scores")})
        return web.Response(text="taken, and no JSON")

    async def _members(self, request: web.Request) -> web.Response:
        if refusal := self.refusal(request, "/scope/contextmembership.readonly"):
            return refusal
        assert request.headers["Accept"] == MEMBERS
        assert "limit" in request.query or "from" in request.query
        first = int(request.query.get("from", "0"))
        listed = self.members[first : first + self.page]
        headers = {}
        if first + self.page < len(self.members):
            address = f"{self.members_url}?from={first + self.page}"
            headers["Link"] = (
                f'<{self.origin}/differences>; rel="differences", <{address}>; rel="next"'
            )
        answer = {"id": str(request.url), "context": {"id": "7"}, "members": listed}
        return web.json_response(answer, headers=headers, content_type=MEMBERS)


def member(subject: str, name: str = "", role: str = "Learner", **more: Any) -> dict[str, Any]:
    return {"user_id": subject, "name": name, "roles": [f"{MEMBER}#{role}"]} | more


@asynccontextmanager
async def running_services(keys: LtiKeys | None = None) -> AsyncIterator[PlatformServices]:
    services = PlatformServices(keys)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", services.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    services.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield services
    await runner.cleanup()
