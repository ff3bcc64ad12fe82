"""A live page sends what changed, and ends with the session that opened it."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from proxy.core.lifecycle import State
from proxy.store import users
from proxy.web import keys
from proxy.web.live import LivePages
from tests.web.page_front import ORIGIN, OWN, Pages


@pytest.fixture
def quick(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """Looks twenty times a second; what was seen is never fresh."""
    monkeypatch.setattr("proxy.web.observatory.FRESH_SECONDS", 0.0)
    pages.app[keys.LIVE]._pause = 0.05
    return pages


async def lines(pages: Pages, path: str, who: str) -> AsyncIterator[str]:
    headers = OWN | {"Cookie": f"sifu={pages.secrets[who]}"}
    async with pages.client.get(ORIGIN + path, headers=headers) as got:
        assert got.status == 200
        async for line in got.content:
            if line.strip():
                yield line.decode().strip()


def part_of(line: str) -> str:
    return str(json.loads(line.removeprefix("data: "))["part"])


async def until_the_end(pages: Pages, path: str, who: str) -> list[str]:
    async with asyncio.timeout(10):
        return [line async for line in lines(pages, path, who)]


async def test_an_event_comes_when_something_changed_and_a_comment_when_not(quick: Pages) -> None:
    quick.server_is(State.STARTING)
    async with asyncio.timeout(10):
        seen = []
        async for line in lines(quick, "/live", "ada"):
            seen.append(line)
            if line.startswith(":"):
                quick.server_is(State.READY)
            if line.startswith("data:") and "Running" in part_of(line):
                break
    assert seen[0].startswith("data:")
    assert "Starting" in part_of(seen[0])
    assert ": nothing new" in seen


async def test_it_ends_with_the_session(quick: Pages) -> None:
    following = asyncio.ensure_future(until_the_end(quick, "/live", "ada"))
    await asyncio.sleep(0.2)
    assert not following.done()
    await quick.ask("POST", "/sign-out", "ada")
    assert await following


async def test_it_ends_when_its_reader_is_disabled_or_dismissed(quick: Pages) -> None:
    await quick.store.write(users.set_admin, quick.people["ada"], is_admin=True)
    following = asyncio.ensure_future(until_the_end(quick, "/admin/live", "ada"))
    await asyncio.sleep(0.2)
    await quick.store.write(users.set_admin, quick.people["ada"], is_admin=False)
    assert await following
    following = asyncio.ensure_future(until_the_end(quick, "/live", "bob"))
    await asyncio.sleep(0.2)
    await quick.store.write(users.disable, quick.people["bob"], quick.clock())
    assert await following


async def test_it_ends_when_the_program_stops(quick: Pages) -> None:
    following = asyncio.ensure_future(until_the_end(quick, "/live", "ada"))
    await asyncio.sleep(0.2)
    await quick.app[keys.LIVE].end(quick.app)
    assert await following


async def test_the_message_to_all_comes_along(quick: Pages) -> None:
    await quick.app[keys.NOTICES].post("At <b>18:00</b>")
    event = await quick.first_event("/live", "ada")
    assert "At &lt;b&gt;18:00&lt;/b&gt;" in event["banner"]


async def test_there_are_so_many_at_a_time_and_places_come_back(quick: Pages) -> None:
    quick.app[keys.LIVE]._most = 1
    for _ in range(3):
        assert await quick.first_event("/live", "ada")
        await asyncio.sleep(0.3)
    following = asyncio.ensure_future(until_the_end(quick, "/live", "ada"))
    await asyncio.sleep(0.2)
    refused = await quick.ask_bare("GET", "/live", headers=cookie(quick, "bob"))
    assert refused.status == 429
    assert "Retry-After" in refused.headers
    await quick.app[keys.LIVE].end(quick.app)
    await following


async def test_one_person_does_not_take_the_places_of_all(
    quick: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.web.live.MOST_EACH", 2)
    following = [asyncio.ensure_future(until_the_end(quick, "/live", "ada")) for _ in range(2)]
    await asyncio.sleep(0.2)
    refused = await quick.ask_bare("GET", "/live", headers=cookie(quick, "ada"))
    assert refused.status == 429
    assert await quick.first_event("/live", "bob")
    await quick.app[keys.LIVE].end(quick.app)
    assert all(await asyncio.gather(*following))


async def test_a_token_follows_no_page(pages: Pages) -> None:
    found = await pages.ask_bare("GET", "/live", headers={"Authorization": "Bearer sifu_x"})
    assert found.status == 401


async def test_a_broken_store_ends_the_stream_and_not_the_program(
    quick: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    from proxy.core.errors import StoreUnavailable

    async def fail(*_: object) -> None:
        raise StoreUnavailable("It is locked.")

    following = asyncio.ensure_future(until_the_end(quick, "/live", "ada"))
    await asyncio.sleep(0.2)
    monkeypatch.setattr(quick.manager, "get", fail)
    try:
        assert await following
    except aiohttp.ClientPayloadError:
        pytest.fail("the stream was cut instead of ended")


def cookie(pages: Pages, who: str) -> dict[str, str]:
    return OWN | {"Cookie": f"sifu={pages.secrets[who]}"}


def test_streams_are_counted_by_application() -> None:
    assert LivePages(most=3)._most == 3
