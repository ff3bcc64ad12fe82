"""One request to a platform: bounded, unfollowed, and every failure a sentence."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from proxy.auth import lti_requests
from proxy.auth.lti_requests import (
    MOST_BYTES,
    ServiceAnswer,
    ServiceRequest,
    Unauthorized,
    ask,
)
from proxy.auth.outward import open_client
from proxy.core.score_retry import ServiceFault
from tests.auth.lti_services_platform import Handler, PlatformServices, running_services


async def asked(services: PlatformServices, answer: Handler, **more: Any) -> object:
    services.instead["odd"] = answer
    request = ServiceRequest("GET", f"{services.origin}/odd")
    return await ask(open_client, services.platform, replace(request, **more))


def answering(text: str = "{}", status: int = 200, **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status, headers=headers)

    return answer


async def hanging(_: web.Request) -> web.Response:
    await asyncio.sleep(5)
    return web.Response()


async def dripping(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(500):
        await answer.write(b" ")
        await asyncio.sleep(0.01)
    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b" " * 65536)


async def test_an_answer_comes_with_its_links() -> None:
    async with running_services() as services:
        got = await asked(services, answering('{"a": 1}', Link="<x>; rel=next"))
        assert got == ServiceAnswer({"a": 1}, ["<x>; rel=next"])


@pytest.mark.parametrize(
    ("status", "final"),
    [
        *((status, True) for status in (400, 403, 404, 422)),
        *((status, False) for status in (302, 304, 408, 409, 429, 500, 502, 503)),
    ],
)
async def test_which_statuses_are_final(status: int, final: bool) -> None:
    async with running_services() as services:
        got = await asked(services, answering(status=status, Location="http://127.0.0.1:1/"))
        assert isinstance(got, ServiceFault)
        assert got.is_final is final
        assert got.is_conflict is (status == 409)
        assert got.sentence == f"Campus did not take it: it answered {status}."


async def test_no_redirect_is_followed() -> None:
    async with running_services() as services:
        target = f"{services.origin}/latest/meta-data"
        await asked(services, answering(status=307, Location=target))
        assert services.count("meta-data") == 0


@pytest.mark.parametrize(
    "answer",
    [
        answering("no JSON"),
        answering('{"a": NaN}'),
        answering('{"a": 1, "a": 2}'),
        answering("\xff"),
        answering("[" * 100_000),
        answering("1" * 400),
        answering(" " * (MOST_BYTES + 1)),
        endless,
        hanging,
        dripping,
    ],
)
async def test_what_cannot_be_read_is_tried_again(
    answer: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lti_requests, "PATIENCE_SECONDS", 0.5)
    async with running_services() as services:
        got = await asked(services, answer)
        assert isinstance(got, ServiceFault)
        assert not got.is_final
        assert "cannot be reached now, or its answer cannot be read" in got.sentence


async def test_nobody_there_is_tried_again() -> None:
    async with running_services() as services:
        platform = services.platform
    got = await ask(open_client, platform, ServiceRequest("GET", platform.entry.token))
    assert isinstance(got, ServiceFault)
    assert not got.is_final


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://lms.example.org/scores",
        "file:///etc/passwd",
        "https://a@lms.example.org/",
        "",
    ],
)
async def test_other_addresses_are_never_asked(address: str) -> None:
    async with running_services() as services:
        got = await ask(open_client, services.platform, ServiceRequest("GET", address))
        assert isinstance(got, ServiceFault)
        assert got.is_final


async def test_a_platform_elsewhere_names_nothing_on_this_machine() -> None:
    async with running_services() as services:
        entry = replace(services.platform.entry, token="https://lms.example.org/token")
        platform = replace(services.platform, entry=entry)
        got = await ask(open_client, platform, ServiceRequest("GET", services.members_url))
        assert isinstance(got, ServiceFault)
        assert got.is_final
        assert services.asked == []


async def test_an_answer_that_nobody_needs_is_not_read() -> None:
    async with running_services() as services:
        got = await asked(services, answering("no JSON"), is_answered=False)
        assert got == ServiceAnswer(None, ())


async def test_a_token_that_is_not_taken_is_told_apart() -> None:
    async with running_services() as services:
        with pytest.raises(Unauthorized):
            await asked(services, answering(status=401), token="t")
        got = await asked(services, answering(status=401))
        assert isinstance(got, ServiceFault)
        assert not got.is_final
