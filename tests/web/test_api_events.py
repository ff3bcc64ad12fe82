import asyncio
import json

import pytest
from aiohttp import ClientTimeout

from proxy.core.errors import StoreUnavailable
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.progress import Progress
from proxy.store.records import ServerRecord
from tests.web.api_front import run_front

ADA = ServerName("ada", "home")
EVENTS = "/api/servers/ada/home/events"
STARTING = Progress(State.STARTING, "Starting Jupyter", 30)


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        running.manager.records[ADA] = ServerRecord(ADA, State.STARTING)
        yield running


def follow(front):
    headers = {"Authorization": f"Bearer {front.bearers['ada']}"}
    return front.client.get(front.origin + EVENTS, headers=headers, timeout=ClientTimeout(total=10))


async def test_events_tell_each_step_and_end_after_the_last(front):
    failed = Progress(State.FAILED, "It did not start", 100, ("line one", "line\u2028two"))
    front.manager.steps = [STARTING, failed, STARTING]
    async with follow(front) as stream:
        assert stream.status == 200
        assert stream.content_type == "text/event-stream"
        assert stream.headers["X-Accel-Buffering"] == "no"
        text = (await stream.read()).decode()
    events = [json.loads(event.removeprefix("data: ")) for event in text.split("\n\n") if event]
    assert events == [
        {"state": "starting", "message": "Starting Jupyter", "percent": 30, "log": []},
        {
            "state": "failed",
            "message": "It did not start",
            "percent": 100,
            "log": ["line one", "line\u2028two"],
        },
    ]


async def test_silence_is_filled_with_comments(front, monkeypatch):
    front.manager.steps = [STARTING]
    streams = front.app.on_shutdown[-1].__self__
    monkeypatch.setattr(streams, "_heartbeat", 0.05)
    async with follow(front) as stream:
        await stream.content.readuntil(b"\n\n")
        assert await stream.content.readuntil(b"\n\n") == b": still at it\n\n"
        assert await stream.content.readuntil(b"\n\n") == b": still at it\n\n"


async def test_an_open_stream_does_not_hold_up_the_end_of_the_program(front):
    front.manager.steps = [STARTING]
    async with follow(front) as stream:
        await stream.content.readuntil(b"\n\n")
        async with asyncio.timeout(2):
            await front.runner.cleanup()
        assert await stream.content.read() == b""


async def test_a_stream_is_over_at_last_even_if_nothing_happens(front, monkeypatch):
    monkeypatch.setattr("proxy.web.api_events._STREAM_SECONDS", 0.2)
    async with follow(front) as stream:
        assert await stream.content.read() == b""


async def test_a_reader_that_leaves_is_let_go(front, monkeypatch):
    closed = asyncio.Event()

    async def steps(_name):
        try:
            while True:
                yield STARTING
                await asyncio.sleep(0.02)
        finally:
            closed.set()

    monkeypatch.setattr(front.manager, "progress", steps)
    async with follow(front) as stream:
        await stream.content.readuntil(b"\n\n")
    async with asyncio.timeout(5):
        await closed.wait()


async def test_a_store_that_breaks_in_the_middle_ends_the_stream(front, monkeypatch):
    async def steps(_name):
        yield STARTING
        raise StoreUnavailable

    monkeypatch.setattr(front.manager, "progress", steps)
    async with follow(front) as stream:
        assert (await stream.content.read()).count(b"data:") == 1


async def test_there_are_no_events_of_a_server_that_never_was(front):
    front.manager.records.clear()
    assert (await front.ask("GET", EVENTS, "ada"))[0] == 404


async def test_a_stream_is_not_opened_by_a_head_request(front):
    assert (await front.ask("HEAD", EVENTS, "ada"))[0] == 405
