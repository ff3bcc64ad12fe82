"""A code is good once, for half a minute, and leads nowhere but to its own server."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from proxy.core.clock import system_clock
from proxy.core.credentials import hash_secret
from proxy.core.identity import SHARED
from proxy.core.tokens import Code, Pass, mint_code, mint_pass
from tests.relay.conftest import SECRET, Running, header_of, status_of

DOOR = "d" * 22


def make_code(
    target: str = "lab",
    *,
    id_: str = "c1",
    age: float = 0,
    secret: str = SECRET,
    door: str = DOOR,
    final: bool = False,
) -> str:
    now = system_clock()
    grant = Pass("session1", "ada", SHARED, now + 600)
    code = Code(grant, target, id_, now + 30 - age, door=hash_secret(door), final=final)
    return mint_code([secret], code)


async def enter(relay: Running, code: str, *, door: str = DOOR) -> bytes:
    cookie = f"sifu-door={door}" if door else ""
    target = f"/-/enter?code={quote(code)}"
    return await relay.ask(target, cookie=cookie, headers="Accept: */*\r\n")


async def test_a_code_becomes_a_pass_that_opens_the_server(relay: Running) -> None:
    answer = await enter(relay, make_code("lab/tree/a%20b.ipynb?x=1"))
    assert status_of(answer) == 303
    assert header_of(answer, "Location") == "/user/everyone/shared/lab/tree/a%20b.ipynb?x=1"
    cookie = str(header_of(answer, "Set-Cookie"))
    assert "Path=/user/everyone/shared/" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert header_of(answer, "Referrer-Policy") == "no-referrer"
    assert header_of(answer, "Cache-Control") == "no-store"
    assert status_of(await relay.ask(cookie=cookie.partition(";")[0])) == 200


async def test_a_code_is_good_once(relay: Running) -> None:
    code = make_code()
    assert status_of(await enter(relay, code)) == 303
    assert status_of(await enter(relay, code)) == 401


@pytest.mark.parametrize("age", [0, 31, 34])
async def test_a_code_is_good_once_in_its_last_seconds_too(relay: Running, age: float) -> None:
    code = make_code(age=age)
    assert status_of(await enter(relay, code)) == 303
    answer = await enter(relay, code)
    assert status_of(answer) == 401
    assert header_of(answer, "Set-Cookie") is None


@pytest.mark.parametrize("door", ["", "x" * 22])
async def test_somebody_elses_code_gives_no_pass_but_a_question_to_front(
    relay: Running, door: str
) -> None:
    answer = await enter(relay, make_code("lab?a=b&c"), door=door)
    assert status_of(answer) == 303
    there = urlsplit(str(header_of(answer, "Location")))
    assert f"{there.scheme}://{there.netloc}{there.path}" == (
        "http://127.0.0.1:3334/enter/everyone/shared"
    )
    cookie = str(header_of(answer, "Set-Cookie"))
    assert cookie.startswith("sifu-door=")
    assert "Path=/-/enter" in cookie
    held = cookie.partition("=")[2].partition(";")[0]
    if door:
        assert held == door  # several frames of one page share it
    assert parse_qs(there.query) == {"door": [hash_secret(held)], "target": ["lab?a=b&c"]}
    # What front then makes for this browser is taken.
    mine = make_code("lab?a=b&c", id_="c2", door=held, final=True)
    assert status_of(await enter(relay, mine, door=held)) == 303


async def test_a_browser_without_cookies_is_told_and_not_sent_in_circles(relay: Running) -> None:
    answer = await enter(relay, make_code(final=True), door="")
    assert status_of(answer) == 401
    assert b"cookies" in answer


async def test_frames_that_come_at_the_same_moment_agree_on_one_door(relay: Running) -> None:
    first, second = [await enter(relay, make_code(id_=f"a{n}"), door="") for n in range(2)]
    kept = str(header_of(second, "Set-Cookie")).partition("=")[2].partition(";")[0]
    asked = parse_qs(urlsplit(str(header_of(first, "Location"))).query)["door"]
    assert asked != [hash_secret(kept)]
    # The first one's door was overwritten meanwhile.
    again = await enter(relay, make_code(id_="b", door="x" * 22, final=True), door=kept)
    assert status_of(again) == 303
    assert header_of(again, "Set-Cookie") is None
    query = parse_qs(urlsplit(str(header_of(again, "Location"))).query)
    assert query["door"] == [hash_secret(kept)]
    assert status_of(await enter(relay, make_code(door=kept, final=True), door=kept)) == 303


async def test_asking_with_head_does_not_use_a_code_up(relay: Running) -> None:
    code = make_code()
    await relay.ask(f"/-/enter?code={code}", method="HEAD", cookie="")
    assert status_of(await enter(relay, code)) == 303


async def test_an_old_or_foreign_code_is_refused(relay: Running) -> None:
    assert status_of(await enter(relay, make_code(age=60))) == 401
    assert status_of(await enter(relay, make_code(secret="x" * 40))) == 401
    assert status_of(await enter(relay, "")) == 401


async def test_a_pass_is_not_a_code_and_a_code_is_not_a_pass(relay: Running) -> None:
    grant = Pass("session1", "ada", SHARED, system_clock() + 600)
    assert status_of(await enter(relay, mint_pass([SECRET], grant))) == 401
    assert status_of(await relay.ask(cookie=f"sifu-pass={make_code()}")) == 401


@pytest.mark.parametrize("target", ["../../x", "..%2fx", "a\\b", "\r\nX: y", "//evil/%2e%2e"])
async def test_a_code_with_a_hostile_target_leads_nowhere(relay: Running, target: str) -> None:
    answer = await enter(relay, make_code(target))
    assert status_of(answer) == 401
    assert header_of(answer, "Set-Cookie") is None
