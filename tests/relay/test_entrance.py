"""A code is good once, for half a minute, and leads nowhere but to its own server."""

from urllib.parse import quote

import pytest

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED
from proxy.core.tokens import Code, Pass, mint_code, mint_pass
from tests.relay.conftest import SECRET, Running, header_of, status_of


def make_code(target: str = "lab", *, id_: str = "c1", age: float = 0, secret: str = SECRET) -> str:
    now = system_clock()
    grant = Pass("session1", "ada", SHARED, now + 600)
    return mint_code([secret], Code(grant, target, id_, now + 30 - age))


async def enter(relay: Running, code: str) -> bytes:
    return await relay.ask(f"/-/enter?code={quote(code)}", cookie="", headers="Accept: */*\r\n")


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
