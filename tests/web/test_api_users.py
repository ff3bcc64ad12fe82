import asyncio

import pytest
from yarl import URL

from proxy.auth.passwords import Passwords
from proxy.core.errors import UpstreamSlow
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import users
from proxy.store.records import ServerRecord
from tests.web.api_front import run_front

ADA = ServerName("ada", "home")


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_only_administrators_manage_accounts(front):
    for method, path, body in (
        ("GET", "/api/users", None),
        ("POST", "/api/users", {"name": "eve", "admin": True}),
        ("GET", "/api/users/root", None),
        ("DELETE", "/api/users/bob", None),
        ("PUT", "/api/users/root/password", {"password": "a new password"}),
        ("PUT", "/api/users/ada/password", {"password": "a new password"}),
    ):
        status, problem, _ = await front.ask(method, path, "ada", json=body)
        assert (status, problem["status"]) == (403, 403), path
    names = [user.name for user in await front.store.read(users.list_all)]
    assert names == ["ada", "bob", "root"]


async def test_a_created_account_signs_in_and_its_password_is_nowhere_in_the_answer(front):
    wish = {"name": "eva müller", "password": "correct horse"}
    status, user, got = await front.ask("POST", "/api/users", "root", json=wish)
    assert status == 201
    assert got.headers["Location"] == "/api/users/eva%20m%C3%BCller"
    assert (user["admin"], user["has_password"]) == (False, True)
    assert "horse" not in str(user)
    passwords = Passwords(front.store, clock=front.clock)
    person = await passwords.check("eva müller", "correct horse")
    assert person is not None
    assert person.slug == user["slug"]
    assert (await front.ask("GET", got.headers["Location"], "root"))[:2] == (200, user)


async def test_a_name_that_is_taken_is_a_conflict(front):
    assert (await front.ask("POST", "/api/users", "root", json={"name": "ada"}))[0] == 409


@pytest.mark.parametrize("name", ["", " ada", "a\nb", "a\u202eb", "x" * 129, ".", ".."])
async def test_a_name_that_would_deceive_or_cannot_be_addressed_is_refused(front, name):
    status, problem, _ = await front.ask("POST", "/api/users", "root", json={"name": name})
    assert status == 422
    assert "“name”" in problem["detail"]


@pytest.mark.parametrize("name", ["a/b", "100%", "a?b#c", "..%2f", "-", "ada;x", "a+b"])
async def test_a_strange_name_is_addressed_exactly(front, name):
    _, made, got = await front.ask("POST", "/api/users", "root", json={"name": name})
    location = got.headers["Location"]
    url = URL(front.origin + location, encoded=True)
    headers = {"Authorization": f"Bearer {front.bearers['root']}"}
    async with front.client.get(url, headers=headers) as found:
        assert (found.status, (await found.json())["slug"]) == (200, made["slug"])
    async with front.client.delete(url, headers=headers) as removed:
        assert removed.status == 200
    assert {user["name"] for user in (await front.ask("GET", "/api/users", "root"))[1]} == {
        "root",
        "ada",
        "bob",
    }


async def test_the_last_administrator_stays(front):
    status, problem, _ = await front.ask("DELETE", "/api/users/root", "root")
    assert status == 409
    assert "last administrator" in problem["detail"]
    await front.add("second", admin=True)
    answers = await asyncio.gather(
        front.ask("DELETE", "/api/users/root", "root"),
        front.ask("DELETE", "/api/users/second", "root"),
    )
    assert sorted(status for status, _, _ in answers) in ([200, 401], [200, 409])
    assert any(user.is_admin for user in await front.store.read(users.list_all))


async def test_a_removed_persons_server_token_and_session_end(front):
    await front.ask("POST", "/api/servers", "ada")
    session = await front.sign_in("ada")
    status, answer, _ = await front.ask("DELETE", "/api/users/ada", "root")
    assert status == 200
    assert "files are kept" in answer["message"]
    assert front.manager.records[ADA].state is State.STOPPED
    assert (await front.ask("GET", "/api/me", "ada"))[0] == 401
    assert (await front.ask("GET", "/api/me", headers=session))[0] == 401
    assert (await front.ask("GET", "/api/users/ada", "root"))[0] == 404
    assert (await front.ask("DELETE", "/api/users/ada", "root"))[0] == 404


async def test_a_server_that_will_not_stop_is_named_and_the_account_is_gone_all_the_same(
    front, monkeypatch
):
    front.manager.records[ADA] = ServerRecord(ADA, State.READY)
    front.manager.records[ServerName("bob", "home")] = ServerRecord(
        ServerName("bob", "home"), State.READY
    )

    async def refuse(name):
        raise UpstreamSlow("It hangs.")

    monkeypatch.setattr(front.manager, "stop", refuse)
    status, answer, _ = await front.ask("DELETE", "/api/users/ada", "root")
    assert status == 200
    assert "ada/home" in answer["message"]
    assert "bob" not in answer["message"]
    assert front.manager.records[ServerName("bob", "home")].state is State.READY


async def test_a_new_password_ends_the_sessions_of_the_old_one(front):
    session = await front.sign_in("ada")
    body = {"password": "another password"}
    assert (await front.ask("GET", "/api/me", headers=session))[0] == 200
    assert (await front.ask("PUT", "/api/users/ada/password", "root", json=body))[0] == 200
    assert (await front.ask("GET", "/api/me", headers=session))[0] == 401
    passwords = Passwords(front.store, clock=front.clock)
    assert await passwords.check("ada", "another password") is not None
    assert (await front.ask("PUT", "/api/users/eve/password", "root", json=body))[0] == 404


async def test_a_token_leaves_nothing_of_an_administrator_behind(front):
    wish = {"name": "eve", "admin": True, "password": "a new password"}
    change = {"password": "a new password"}
    for method, path, body in (
        ("POST", "/api/users", wish),
        ("PUT", "/api/users/root/password", change),
    ):
        status, problem, _ = await front.ask(method, path, "root", json=body)
        assert status == 403
        assert "browser" in problem["detail"]
    names = [user.name for user in await front.store.read(users.list_all)]
    assert names == ["ada", "bob", "root"]
    passwords = Passwords(front.store, clock=front.clock)
    assert await passwords.check("root", "a new password") is None


async def test_a_signed_in_administrator_makes_another(front):
    session = await front.sign_in("root")
    wish = {"name": "eve", "admin": True}
    status, made, _ = await front.ask("POST", "/api/users", json=wish, headers=session)
    assert (status, made["admin"]) == (201, True)
    change = {"password": "a new password"}
    path = "/api/users/eve/password"
    assert (await front.ask("PUT", path, json=change, headers=session))[0] == 200


async def test_one_learns_who_one_is_and_by_which_credential(front):
    _, me, _ = await front.ask("GET", "/api/me", "root")
    assert (me["name"], me["admin"], me["credential"]) == ("root", True, "token")
    _, me, _ = await front.ask("GET", "/api/me", headers=await front.sign_in("ada"))
    assert (me["name"], me["admin"], me["credential"]) == ("ada", False, "session")
