"""Launches that come back by another way, twice, too late, or in another form than they may."""

import asyncio
import base64
import json

import jwt
import pytest
from sqlalchemy import insert, select

from proxy.core.lti_refusals import sentence_of
from proxy.core.sign_in_flow import LIFETIME
from proxy.core.slugs import make_slug
from proxy.store import platforms, used_codes, users
from proxy.store.tables import used_codes as used_table
from tests.auth.issuers import signed
from tests.core.launches import bad_launches
from tests.web.launched import refused
from tests.web.lti_platform import (
    KEY,
    OTHER_KEY,
    Begun,
    Classroom,
)

ANN = make_slug("Ann Lee")
NOTEBOOK = "lab/tree/statistics/week%201/means.ipynb"
BAD = bad_launches()


async def test_a_launch_is_of_one_use(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    assert (await room.send(way, token)).status == 303
    await refused(room, await room.send(way, token), "used")
    again = room.platform.sign(room.platform.claims(way.nonce, iat=room.platform.now() - 1))
    await refused(room, await room.send(way, again), "used")


async def test_not_even_in_the_last_seconds_of_its_state(room: Classroom) -> None:
    way = await room.login()
    room.pages.clock.advance(LIFETIME + 4)
    token = room.platform.sign(room.platform.claims(way.nonce))
    assert (await room.send(way, token)).status == 303
    await refused(room, await room.send(way, token), "used")


async def test_of_many_at_once_one_succeeds(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    answers = await asyncio.gather(*(room.send(way, token) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [303] + [403] * 7


async def test_a_refused_launch_does_not_use_the_login_up(room: Classroom) -> None:
    way = await room.login()
    claims = room.platform.claims(way.nonce)
    await refused(room, await room.send(way, signed(OTHER_KEY, "k1", claims)), "signature")
    count = await room.pages.store.read(lambda c: len(c.execute(select(used_table)).all()))
    assert count == 0
    assert (await room.send(way, room.platform.sign(claims))).status == 303


async def test_a_state_of_another_browser_is_refused(room: Classroom) -> None:
    attacker, victim = await room.login(), await room.login()
    token = room.platform.sign(room.platform.claims(attacker.nonce))
    await refused(room, await room.send(attacker, token, victim.cookie), "browser")
    name = attacker.cookie.partition("=")[0]
    forged = f"{name}={victim.cookie.partition('=')[2]}"
    await refused(room, await room.send(attacker, token, forged), "state: another browser")


async def test_a_cookie_of_another_way_brings_nobody_in(room: Classroom) -> None:
    first, second = await room.login(), await room.login()
    token = room.platform.sign(room.platform.claims(first.nonce))
    crossed = Begun(first.asked | {"state": second.state}, second.cookie, second.answer)
    await refused(room, await room.send(crossed, token), "nonce")


async def test_a_cookie_that_comes_twice_is_none(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    twice = f"{way.cookie}; {way.cookie}"
    await refused(room, await room.send(way, token, twice), "browser")


@pytest.mark.parametrize("state", ["", "x", "a.b.c", None])
async def test_without_a_state_of_ours_nothing_is_read(room: Classroom, state: str | None) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    form = {"id_token": token} | ({} if state is None else {"state": state})
    answer = await room.ask("POST", "/lti/launch", way.cookie, data=form)
    assert answer.status == 403
    assert (await room.reasons())[0].startswith("state: ")


async def test_an_old_state_is_refused(room: Classroom) -> None:
    way = await room.login()
    room.pages.clock.advance(LIFETIME + 6)
    token = room.platform.sign(room.platform.claims(way.nonce))
    await refused(room, await room.send(way, token), "state: expired")


async def test_what_comes_twice_in_the_form_is_refused(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    other = room.platform.sign(room.platform.claims(way.nonce, sub="person-2"))
    fields = [("id_token", token), ("id_token", other), ("state", way.state)]
    answer = await room.ask("POST", "/lti/launch", way.cookie, data=fields)
    await refused(room, answer, "form")
    fields = [("id_token", token), ("state", way.state), ("state", way.state)]
    answer = await room.ask("POST", "/lti/launch", way.cookie, data=fields)
    await refused(room, answer, "state: none, or several")
    fields = [("id_token", token), ("state", way.state), ("secret", "a"), ("secret", "b")]
    answer = await room.ask("POST", "/lti/launch", way.cookie, data=fields)
    await refused(room, answer, "form")


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c.d", "é.é.é", "a.b.c"])
async def test_what_is_no_token_is_refused(room: Classroom, token: str) -> None:
    way = await room.login()
    answer = await room.send(way, token)
    assert answer.status == 403
    assert (await room.reasons())[0] in {"form", "not_compact", "encoding", "header"}


async def test_what_is_too_large_is_refused(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce, filler="x" * 30_000))
    await refused(room, await room.send(way, token), "too_long")
    answer = await room.send(way, "x" * 60_000)
    await refused(room, answer, "form")
    assert answer.status == 413


async def test_many_fields_and_other_kinds_of_forms_are_refused(room: Classroom) -> None:
    way = await room.login()
    answer = await room.send(way, "x", form={f"f{number}": "" for number in range(40)})
    assert answer.status == 400
    answer = await room.ask("POST", "/lti/launch", way.cookie, json={"id_token": "x"})
    assert answer.status == 415


async def test_a_claim_that_stands_there_twice_is_refused(room: Classroom) -> None:
    way = await room.login()
    claims = json.dumps(room.platform.claims(way.nonce))
    header = json.dumps({"alg": "RS256", "kid": "k1"})
    doubled = claims[:-1] + ', "sub": "person-2"}'
    signing = ".".join(
        base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in (header, doubled)
    )
    mark = jwt.get_algorithm_by_name("RS256").sign(signing.encode(), KEY)
    token = f"{signing}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
    await refused(room, await room.send(way, token), "claims")


async def test_a_disabled_account_stays_out(room: Classroom) -> None:
    await room.launch()
    user = await room.pages.store.read(users.find, "Ann Lee")
    assert user is not None
    await room.pages.store.write(users.disable, user, room.pages.clock())
    answer = await room.launch()
    await refused(room, answer, "disabled")
    assert "disabled" in answer.text


async def test_a_platform_that_was_removed_in_between_is_refused(room: Classroom) -> None:
    way = await room.login()
    await room.pages.store.write(platforms.remove, room.registered.id)
    token = room.platform.sign(room.platform.claims(way.nonce))
    await refused(room, await room.send(way, token), "removed")


async def test_a_deployment_that_was_removed_in_between_is_refused(room: Classroom) -> None:
    way = await room.login()
    entry = room.platform.entry(deployments=("2",))
    await room.pages.store.write(platforms.replace, room.registered.id, entry)
    token = room.platform.sign(room.platform.claims(way.nonce))
    await refused(room, await room.send(way, token), "deployment")


async def test_what_is_remembered_of_launches_is_bounded(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(used_codes, "MOST", 3)
    rows = [{"id": f"other:{n}", "expires": room.pages.clock() + 60} for n in range(3)]
    await room.pages.store.write(lambda c: c.execute(insert(used_table), rows).close())
    answer = await room.launch()
    await refused(room, answer, "busy")
    assert answer.status == 429
    assert "Retry-After" in answer.headers
    room.pages.clock.advance(181)
    assert (await room.launch()).status == 303


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("login_required", "platform_signed_out"),
        ("interaction_required", "platform_signed_out"),
        ("access_denied", "platform_refused"),
        ("<script>alert(1)</script>", "platform_refused"),
    ],
)
async def test_what_the_platform_says_went_wrong_is_told_in_our_words(
    room: Classroom, error: str, word: str
) -> None:
    way = await room.login()
    said = {"error": error, "error_description": "Call +1 555 0100 now", "state": way.state}
    answer = await room.ask("POST", "/lti/launch", way.cookie, data=said)
    await refused(room, answer, word)
    assert "555" not in answer.text
    assert error not in answer.text
    assert sentence_of(word)[:40] in answer.text
