"""Asking another service: bounds, redirects, JSON of one meaning."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from proxy.auth import asking
from proxy.auth.asking import ask_json
from proxy.auth.outward import open_client
from proxy.core.errors import UpstreamBroken

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/x"

    yield start
    for runner in runners:
        await runner.cleanup()


def answering(**options: Any) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(**options)

    return answer


async def test_a_value_of_any_kind_comes_back(serve: Any) -> None:
    for text, value in (("[1]", [1]), ('{"a": 1}', {"a": 1}), ('"x"', "x")):
        address = await serve(answering(text=text))
        assert await ask_json(open_client, "GET", address) == value


@pytest.mark.parametrize(
    "options",
    [
        {"status": 404, "text": "{}"},
        {"status": 302, "headers": {"Location": "http://169.254.169.254/"}},
        {"text": '{"a": 1, "a": 2}'},
        {"text": "NaN"},
        {"text": "[" * 100_000},
        {"body": b"\xff"},
        {"text": '"' + "a" * asking.MOST_BYTES + '"'},
        {"body": b"\x1f\x8b", "headers": {"Content-Encoding": "gzip"}},
    ],
)
async def test_what_is_broken_is_theirs(serve: Any, options: dict[str, Any]) -> None:
    with pytest.raises(UpstreamBroken) as broken:
        await ask_json(open_client, "GET", await serve(answering(**options)))
    assert broken.value.status == 502


async def test_an_answer_that_never_ends_ends(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 0.3)

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b" ")
            await asyncio.sleep(0.05)

    with pytest.raises(UpstreamBroken):
        await ask_json(open_client, "GET", await serve(drip))


async def test_nobody_there_is_said_to_be_away() -> None:
    with pytest.raises(UpstreamBroken) as broken:
        await ask_json(open_client, "GET", "http://127.0.0.1:1/")
    assert "cannot be reached" in broken.value.public


async def test_what_was_sent_is_in_no_message(serve: Any) -> None:
    address = await serve(answering(status=500))
    with pytest.raises(UpstreamBroken) as broken:
        await ask_json(open_client, "POST", address, data={"code": "hush-hush"})
    assert "hush" not in str(broken.value.detail)
