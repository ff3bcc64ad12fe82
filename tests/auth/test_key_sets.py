import asyncio

import pytest
from aiohttp import web

from proxy.auth import key_sets
from proxy.auth.key_sets import AGAIN_SECONDS, FRESH_SECONDS, STALE_SECONDS, KeySet
from proxy.core.errors import UpstreamBroken
from tests.auth.issuers import client, new_key, published, running_issuer
from tests.conftest import FakeClock

FIRST, SECOND = (published(new_key(), name) for name in ("k1", "k2"))


async def test_keys_are_fetched_once_for_all_who_ask(clock: FakeClock) -> None:
    async with running_issuer(FIRST) as issuer:
        keys = KeySet(issuer.address, client, clock)
        found = await asyncio.gather(*(keys.find("k1", "RS256") for _ in range(20)))
        assert found == [[FIRST]] * 20
        clock.advance(FRESH_SECONDS)
        await keys.find("k1", "RS256")
        assert issuer.asked == 1
        clock.advance(1)
        await keys.find("k1", "RS256")
        assert issuer.asked == 2


async def test_a_key_that_is_new_is_found_at_once(clock: FakeClock) -> None:
    async with running_issuer(FIRST) as issuer:
        keys = KeySet(issuer.address, client, clock)
        await keys.find("k1", "RS256")
        issuer.keys = [SECOND]
        clock.advance(AGAIN_SECONDS + 1)
        assert await keys.find("k2", "RS256") == [SECOND]
        assert await keys.find("k1", "RS256") == []


async def test_invented_names_of_keys_make_us_ask_seldom(clock: FakeClock) -> None:
    async with running_issuer(FIRST) as issuer:
        keys = KeySet(issuer.address, client, clock)
        for number in range(50):
            assert await keys.find(f"invented {number}", "RS256") == []
        assert issuer.asked == 1
        clock.advance(AGAIN_SECONDS + 1)
        await keys.find("invented", "RS256")
        assert issuer.asked == 2


async def test_while_the_issuer_is_away_what_was_known_holds_for_a_day(clock: FakeClock) -> None:
    async with running_issuer(FIRST) as issuer:
        keys = KeySet(issuer.address, client, clock)
        await keys.find("k1", "RS256")
    clock.advance(STALE_SECONDS)
    assert await keys.find("k1", "RS256") == [FIRST]
    clock.advance(AGAIN_SECONDS + 1)
    with pytest.raises(UpstreamBroken):
        await keys.find("k1", "RS256")


async def too_long(_: web.Request) -> web.StreamResponse:
    return web.Response(text='{"keys": []}' + " " * key_sets.MOST_BYTES)


async def elsewhere(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("http://127.0.0.1:1/keys")


async def twice(_: web.Request) -> web.StreamResponse:
    return web.Response(text='{"keys": [], "keys": []}')


async def broken(_: web.Request) -> web.StreamResponse:
    return web.json_response({"keys": [FIRST]}, status=500)


async def no_set(_: web.Request) -> web.StreamResponse:
    return web.json_response([FIRST])


async def silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


@pytest.mark.parametrize("answer", [too_long, elsewhere, twice, broken, no_set, silent])
async def test_an_issuer_that_misbehaves_gives_no_keys(
    clock: FakeClock, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_sets, "PATIENCE_SECONDS", 0.3)
    async with running_issuer(FIRST) as issuer:
        issuer.answer = answer  # type: ignore[assignment]
        keys = KeySet(issuer.address, client, clock)
        with pytest.raises(UpstreamBroken):
            await keys.find("k1", "RS256")
        with pytest.raises(UpstreamBroken):
            await keys.find("k1", "RS256")
        assert issuer.asked == 1


async def test_another_kind_of_address_is_never_asked(clock: FakeClock) -> None:
    with pytest.raises(UpstreamBroken):
        await KeySet("file:///etc/passwd", client, clock).find(None, "RS256")
