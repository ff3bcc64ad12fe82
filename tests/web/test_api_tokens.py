import pytest

from proxy.web.api_tokens import MAX_TOKENS
from tests.web.api_front import run_front


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def make(front, name, **wish):
    headers = await front.sign_in(name)
    return await front.ask("POST", "/api/tokens", headers=headers, json={"label": "script"} | wish)


async def use(front, secret):
    headers = {"Authorization": f"Bearer {secret}"}
    return (await front.ask("GET", "/api/me", headers=headers))[0]


async def test_a_token_is_shown_once_and_stops_working_when_it_is_revoked(front):
    status, token, got = await make(front, "ada")
    assert status == 201
    assert got.headers["Cache-Control"] == "no-store"
    assert token["token"].startswith("sifu_")
    assert await use(front, token["token"]) == 200
    _, listed, _ = await front.ask("GET", "/api/tokens", "ada")
    assert token["id"] in {other["id"] for other in listed}
    assert token["token"] not in str(listed)
    assert all("token" not in other for other in listed)
    path = f"/api/tokens/{token['id']}"
    assert (await front.ask("DELETE", path, "ada"))[0] == 200
    assert await use(front, token["token"]) == 401
    assert (await front.ask("DELETE", path, "ada"))[0] == 404
    _, listed, _ = await front.ask("GET", "/api/tokens", "ada")
    assert token["id"] not in {other["id"] for other in listed}


async def test_somebody_elses_token_is_neither_seen_nor_revoked(front):
    _, token, _ = await make(front, "ada")
    _, listed, _ = await front.ask("GET", "/api/tokens", "bob")
    assert {other["user"] for other in listed} == {"bob"}
    assert (await front.ask("DELETE", f"/api/tokens/{token['id']}", "bob"))[0] == 404
    assert await use(front, token["token"]) == 200


async def test_an_administrator_sees_and_revokes_everybodys(front):
    _, token, _ = await make(front, "ada")
    _, listed, _ = await front.ask("GET", "/api/tokens", "root")
    assert {other["user"] for other in listed} == {"root", "ada", "bob"}
    assert (await front.ask("DELETE", f"/api/tokens/{token['id']}", "root"))[0] == 200
    assert await use(front, token["token"]) == 401


async def test_a_token_ends_on_its_day(front, clock):
    _, token, _ = await make(front, "ada", expires_in_days=1)
    clock.advance(86_399)
    assert await use(front, token["token"]) == 200
    clock.advance(1)
    assert await use(front, token["token"]) == 401


async def test_a_stolen_token_cannot_prolong_itself(front):
    status, problem, _ = await front.ask("POST", "/api/tokens", "ada", json={"label": "more"})
    assert status == 403
    assert "Sign in" in problem["detail"]


@pytest.mark.parametrize(
    "wish",
    [
        {"label": ""},
        {"label": "x" * 129},
        {"label": "a\x1b[31m"},
        {"expires_in_days": 0},
        {"expires_in_days": -1},
        {"expires_in_days": 1.5},
        {"expires_in_days": True},
        {"expires_in_days": 10**30},
        {"user": "root"},
    ],
)
async def test_a_wish_that_makes_no_sense_makes_no_token(front, wish):
    assert (await make(front, "ada", **wish))[0] == 422


async def test_a_script_that_runs_wild_is_stopped(front):
    headers = await front.sign_in("ada")
    for _ in range(MAX_TOKENS - 1):
        answer = await front.ask("POST", "/api/tokens", headers=headers, json={"label": "wild"})
        assert answer[0] == 201
    assert (await make(front, "ada"))[0] == 409
    assert (await make(front, "bob"))[0] == 201
