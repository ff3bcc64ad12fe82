"""Signing in at GitHub, tried with a server that answers as it does, or badly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from proxy.auth.github import GitHub
from proxy.auth.outward import open_client
from proxy.core.errors import Forbidden, UpstreamBroken
from proxy.core.oidc import Client
from proxy.core.sign_in_flow import challenge_of, verifier_of

SECRET, FLOW = "the-browsers-secret", "f1"
TOKEN = "gho_a-token"


@dataclass
class FakeGitHub:
    """`answers` take the place of what it says at a path."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    challenge: str = ""
    site: str = ""

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if "token" in self.answers:
            return web.json_response(self.answers["token"])
        if challenge_of(form["code_verifier"]) != self.challenge or form["code"] != "good":
            return web.json_response({"error": "bad_verification_code"})
        return web.json_response({"access_token": TOKEN, "token_type": "bearer"})

    async def api(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append((path, request.headers.get("Authorization", "")))
        usual: dict[str, Any] = {
            "user": {"id": 7, "login": "ann"},
            "user/emails": [{"email": "ann@example.org", "primary": True, "verified": True}],
            "user/orgs": [{"login": "school"}],
        }
        answer = self.answers.get(path, usual[path])
        return answer if isinstance(answer, web.StreamResponse) else web.json_response(answer)


@asynccontextmanager
async def running() -> AsyncIterator[FakeGitHub]:
    fake = FakeGitHub()
    app = web.Application()
    app.router.add_post("/login/oauth/access_token", fake.token)
    app.router.add_get("/api/v3/{path:.*}", fake.api)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.site = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def fake() -> AsyncIterator[FakeGitHub]:
    async with running() as found:
        yield found


def github(fake: FakeGitHub, *scopes: str) -> GitHub:
    client = Client("c", "hush", "https://s.example/back", scopes or ("read:user", "user:email"))
    return GitHub(fake.site, client, open_client)


async def sign_in(fake: FakeGitHub, service: GitHub, code: str = "good") -> Any:
    address = await service.way_out("state", SECRET, FLOW)
    fake.challenge = parse_qs(urlsplit(address).query)["code_challenge"][0]
    return await service.redeem(code, SECRET, FLOW, None)


async def test_who_signs_in_there_is_known_here(fake: FakeGitHub) -> None:
    found = await sign_in(fake, github(fake))
    assert (found.issuer, found.subject, found.name) == (fake.site, "7", "ann")
    assert (found.email, found.is_email_verified) == ("ann@example.org", True)
    assert fake.forms[0]["code_verifier"] == verifier_of(SECRET, FLOW)
    assert {token for _, token in fake.asked} == {f"Bearer {TOKEN}"}


async def test_organisations_are_asked_for_only_if_they_are_in_the_scopes(fake: FakeGitHub) -> None:
    assert not (await sign_in(fake, github(fake))).groups
    assert "user/orgs" not in [path for path, _ in fake.asked]
    assert (await sign_in(fake, github(fake, "read:org"))).groups == {"school"}


async def test_a_code_of_another_browser_is_worth_nothing(fake: FakeGitHub) -> None:
    service = github(fake)
    await sign_in(fake, service)
    with pytest.raises(Forbidden) as refused:
        await service.redeem("good", "another-browser", FLOW, None)
    assert refused.value.detail == "no_token"


@pytest.mark.parametrize("token", [{}, [], {"access_token": 7}, {"access_token": "a\r\nX: y"}])
async def test_an_answer_without_a_token_signs_nobody_in(fake: FakeGitHub, token: Any) -> None:
    fake.answers["token"] = token
    with pytest.raises(Forbidden):
        await sign_in(fake, github(fake))


@pytest.mark.parametrize(
    ("path", "answer"),
    [("user", []), ("user", {"login": "ann"}), ("user/emails", {}), ("user/orgs", {})],
)
async def test_a_profile_that_is_none_signs_nobody_in(
    fake: FakeGitHub, path: str, answer: Any
) -> None:
    fake.answers[path] = answer
    with pytest.raises(Forbidden) as refused:
        await sign_in(fake, github(fake, "read:org"))
    assert refused.value.detail == "profile"


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500),
        web.Response(status=302, headers={"Location": "http://169.254.169.254/"}),
        web.Response(text="{" * 10),
        web.Response(text='{"id": 7, "id": 8, "login": "ann"}'),
        web.Response(text='"' + "a" * 300_000 + '"'),
    ],
)
async def test_a_broken_answer_is_said_to_be_theirs(fake: FakeGitHub, answer: web.Response) -> None:
    fake.answers["user"] = answer
    with pytest.raises(UpstreamBroken):
        await sign_in(fake, github(fake))
