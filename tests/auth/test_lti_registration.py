"""Registering ourselves at a platform: real requests, hostile answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from proxy.auth import lti_registration
from proxy.auth.lti_registration import PlatformRegistrar
from proxy.auth.outward import open_client
from proxy.core.errors import SifuError, UnprocessableInput, UpstreamBroken
from proxy.core.lti_registration import Registered
from proxy.core.lti_tool_description import ToolAddresses
from tests.auth.registering_platform import (
    TOKEN,
    TOOL,
    RegisteringPlatform,
    running_registering_platform,
)

OWN = ToolAddresses("http://127.0.0.1:3334")
REGISTRAR = PlatformRegistrar(open_client, OWN)


@pytest.fixture
async def platform() -> AsyncIterator[RegisteringPlatform]:
    async with running_registering_platform() as running:
        yield running


async def test_a_platform_registers_us(platform: RegisteringPlatform) -> None:
    described = await REGISTRAR.describe(platform.address, TOKEN)
    assert await REGISTRAR.register(described, TOKEN) == Registered("client-1", "7")
    (asked,) = platform.asked
    assert asked["redirect_uris"] == [OWN.launch]
    assert asked[TOOL]["domain"] == "127.0.0.1"
    # Canvas wants the token for its description, too.
    assert platform.authorizations == [f"Bearer {TOKEN}"] * 2


async def test_without_a_token_none_is_made_up(platform: RegisteringPlatform) -> None:
    await REGISTRAR.register(await REGISTRAR.describe(platform.address, ""), "")
    assert platform.authorizations == ["", ""]


async def test_an_issuer_of_another_host_is_asked_nothing(platform: RegisteringPlatform) -> None:
    platform.describe = {"issuer": "https://canvas.instructure.com"}
    with pytest.raises(UnprocessableInput, match="another host"):
        await REGISTRAR.describe(platform.address, TOKEN)


async def test_a_redirect_is_not_followed(platform: RegisteringPlatform) -> None:
    platform.redirect = "http://169.254.169.254/latest/meta-data"
    with pytest.raises(UpstreamBroken, match="status 302"):
        await REGISTRAR.describe(platform.address, TOKEN)


async def test_an_installation_of_the_world_asks_no_program_of_its_own_machine(
    platform: RegisteringPlatform,
) -> None:
    registrar = PlatformRegistrar(open_client, ToolAddresses("https://sifu.example.org"))
    with pytest.raises(UnprocessableInput):
        await registrar.describe(platform.address, TOKEN)
    assert not platform.authorizations


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"issuer": NaN}',
        b'{"issuer": "a", "issuer": "b"}',
        b"[" * 100_000,
        b'{"x": "' + b"x" * lti_registration.MOST_BYTES + b'"}',
    ],
)
async def test_what_is_no_answer_is_refused(platform: RegisteringPlatform, body: bytes) -> None:
    platform.document_body = body
    with pytest.raises(SifuError):
        await REGISTRAR.describe(platform.address, TOKEN)


async def test_a_platform_that_does_not_answer_is_not_waited_for(
    platform: RegisteringPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lti_registration, "PATIENCE_SECONDS", 0.1)
    platform.hangs = asyncio.Event()
    described = await REGISTRAR.describe(platform.address, TOKEN)
    with pytest.raises(UpstreamBroken, match="too slowly"):
        await REGISTRAR.register(described, TOKEN)
    platform.hangs.set()


async def test_what_the_platform_says_is_told_in_one_line(platform: RegisteringPlatform) -> None:
    platform.status, platform.body = 401, b"token_already_used\n<script>" + b"x" * 5000
    described = await REGISTRAR.describe(platform.address, TOKEN)
    with pytest.raises(UpstreamBroken) as refusal:
        await REGISTRAR.register(described, TOKEN)
    assert "token_already_used <script>x" in refusal.value.public
    assert len(refusal.value.public) < 500


async def test_nobody_there_is_a_sentence_and_the_token_is_in_no_log() -> None:
    address = f"http://127.0.0.1:1/openid-configuration?registration_token={TOKEN}"
    with capture_logs() as logs, pytest.raises(UpstreamBroken) as refusal:
        await REGISTRAR.describe(address, TOKEN)
    assert TOKEN not in f"{logs} {refusal.value.public} {refusal.value.detail}"


async def test_an_answer_without_a_client_registers_nothing(platform: RegisteringPlatform) -> None:
    platform.answer = {"client_id": None}
    described = await REGISTRAR.describe(platform.address, TOKEN)
    with pytest.raises(UpstreamBroken, match="no client id"):
        await REGISTRAR.register(described, TOKEN)
