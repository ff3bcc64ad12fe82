"""Access tokens: asked for once, kept while they hold, never believed blindly."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from proxy.auth import platform_tokens
from proxy.auth.lti_keys import LtiKeys
from proxy.auth.outward import open_client
from proxy.auth.platform_tokens import PlatformTokens
from proxy.core.lti_messages import SKEW
from proxy.core.score_retry import ServiceFault
from tests.auth.lti_services_platform import CLIENT, running_services
from tests.auth.people import CountedRandom
from tests.conftest import FakeClock

SCOPES = ["https://b.example/score", "https://a.example/lineitem"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> LtiKeys:
    return LtiKeys(tmp_path_factory.mktemp("keys") / "keys.pem")


@pytest.fixture
def tokens(keys: LtiKeys, clock: FakeClock) -> PlatformTokens:
    return PlatformTokens(keys, open_client, clock, CountedRandom())


async def test_the_platform_can_verify_who_asks(
    keys: LtiKeys, tokens: PlatformTokens, clock: FakeClock
) -> None:
    async with running_services(keys) as services:
        assert await tokens.get(services.platform, SCOPES) == "token-0"
        (form,), (claims,) = services.forms, services.assertions
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"].endswith("client-assertion-type:jwt-bearer")
    assert form["scope"] == "https://a.example/lineitem https://b.example/score"
    assert (claims["iss"], claims["sub"]) == (CLIENT, CLIENT)
    assert (claims["iat"], claims["exp"]) == (clock.now - SKEW, clock.now + 60)


async def test_many_who_ask_at_once_wait_for_one(keys: LtiKeys, tokens: PlatformTokens) -> None:
    async with running_services(keys) as services:
        asked = [tokens.get(services.platform, SCOPES) for _ in range(10)]
        assert set(await asyncio.gather(*asked)) == {"token-0"}
        assert services.count("token") == 1


async def test_one_for_each_set_of_scopes_and_each_platform(
    keys: LtiKeys, tokens: PlatformTokens
) -> None:
    async with running_services(keys) as services:
        platform = services.platform
        named = [
            await tokens.get(platform, SCOPES[:1]),
            await tokens.get(platform, SCOPES),
            await tokens.get(platform, reversed(SCOPES)),
            await tokens.get(replace(platform, id=2), SCOPES),
        ]
        assert named == ["token-0", "token-1", "token-1", "token-2"]


async def test_it_is_kept_until_shortly_before_it_ends(
    keys: LtiKeys, tokens: PlatformTokens, clock: FakeClock
) -> None:
    async with running_services(keys) as services:
        services.token_seconds = 100
        await tokens.get(services.platform, SCOPES)
        clock.advance(69)
        assert await tokens.get(services.platform, SCOPES) == "token-0"
        clock.advance(1)
        assert await tokens.get(services.platform, SCOPES) == "token-1"


async def test_one_that_was_forgotten_is_asked_for_anew(
    keys: LtiKeys, tokens: PlatformTokens
) -> None:
    async with running_services(keys) as services:
        tokens.forget(services.platform, str(await tokens.get(services.platform, SCOPES)))
        assert await tokens.get(services.platform, SCOPES) == "token-1"


async def test_one_that_holds_for_no_time_is_used_once(
    keys: LtiKeys, tokens: PlatformTokens
) -> None:
    async with running_services(keys) as services:
        services.token_seconds = 10
        assert await tokens.get(services.platform, SCOPES) == "token-0"
        assert await tokens.get(services.platform, SCOPES) == "token-1"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": "a b"},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "é"},
        {"access_token": 7},
        {"access_token": "a" * 8193},
        {"access_token": "a", "token_type": "mac"},
        {"access_token": "a", "token_type": 1},
        [],
        "a",
    ],
)
async def test_an_odd_token_is_none(keys: LtiKeys, tokens: PlatformTokens, answer: object) -> None:
    async def odd(_: web.Request) -> web.Response:
        return web.json_response(answer)

    async with running_services(keys) as services:
        services.instead["token"] = odd
        got = await tokens.get(services.platform, SCOPES)
        assert isinstance(got, ServiceFault)
        assert not got.is_final


async def test_a_refusal_is_mended_there_and_tried_again(tokens: PlatformTokens) -> None:
    async with running_services() as services:
        services.instead["token"] = lambda _: refuse()
        got = await tokens.get(services.platform, SCOPES)
        assert isinstance(got, ServiceFault)
        assert not got.is_final
        assert "address of our keys" in got.sentence


async def refuse() -> web.Response:
    return web.json_response({"error": "invalid_client"}, status=400)


async def test_they_are_bounded(
    keys: LtiKeys, tokens: PlatformTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_tokens, "MOST", 3)
    async with running_services(keys) as services:
        for number in range(5):
            await tokens.get(replace(services.platform, id=number), SCOPES)
        assert len(tokens._kept) == 3
        assert await tokens.get(replace(services.platform, id=4), SCOPES) == "token-4"


async def test_without_a_key_nothing_is_asked(clock: FakeClock, tmp_path: Path) -> None:
    broken = LtiKeys(tmp_path / "gone" / "keys.pem")
    tokens = PlatformTokens(broken, open_client, clock, CountedRandom())
    async with running_services() as services:
        got = await tokens.get(services.platform, SCOPES)
        assert isinstance(got, ServiceFault)
        assert services.asked == []
