"""Accounts: who may change which, and what ends with it."""

import asyncio

import pytest

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.store import events, users
from proxy.store.events import Wanted
from proxy.store.records import ServerRecord
from proxy.web import keys
from tests import feed
from tests.web.api_front import run_front

ADA = ServerName("ada", "home")


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def person(front, name):
    return await front.store.read(users.find, name)


async def noted(front):
    await front.app[keys.EVENTS].write()
    found = await front.store.read(events.find_after, Wanted(), 0, limit=100)
    return [(each.event.kind, each.event.user, dict(each.event.about)) for each in found]


async def test_a_disabled_person_is_out_and_their_server_stops(front):
    front.manager.records[ADA] = ServerRecord(ADA, State.READY)
    session = await front.sign_in("ada")
    status, told, _ = await front.ask(
        "PUT", "/api/users/ada/disabled", "root", json={"disabled": True}
    )
    assert status == 200
    assert "may not sign in" in told["message"]
    assert front.manager.records[ADA].state is State.STOPPED
    assert (await front.ask("GET", "/api/me", headers=session))[0] == 401
    assert (await front.ask("GET", "/api/me", "ada"))[0] == 401
    changed = [(each.kind, each.key) for each in await front.store.read(feed.since, 0)]
    assert ("user", "ada") in changed
    assert {kind for kind, _ in changed} == {"session", "token", "user"}


async def test_whoever_is_let_in_again_signs_in_anew(front):
    old = await front.sign_in("ada")
    for disabled in (True, False):
        body = {"disabled": disabled}
        status, _, _ = await front.ask("PUT", "/api/users/ada/disabled", "root", json=body)
        assert status == 200
    assert (await front.ask("GET", "/api/me", headers=old))[0] == 401
    assert (await front.ask("GET", "/api/me", headers=await front.sign_in("ada")))[0] == 200


async def test_a_session_that_was_opened_in_the_same_moment_is_worth_nothing(front):
    await front.ask("PUT", "/api/users/ada/disabled", "root", json={"disabled": True})
    late = await front.sign_in("ada")
    assert (await front.ask("GET", "/api/me", headers=late))[0] == 401


async def test_nobody_shuts_themselves_out(front):
    await front.add("second", admin=True)
    for method, path, body in (
        ("PUT", "/api/users/root/disabled", {"disabled": True}),
        ("DELETE", "/api/users/root", None),
    ):
        status, problem, _ = await front.ask(method, path, "root", json=body)
        assert status == 409
        assert "your own account" in problem["detail"]
    assert not (await person(front, "root")).is_disabled


async def test_the_last_administrator_keeps_the_role(front):
    session = await front.sign_in("root")
    path = "/api/users/root/role"
    status, problem, _ = await front.ask("PUT", path, json={"admin": False}, headers=session)
    assert status == 409
    assert "last administrator" in problem["detail"]
    ada = "/api/users/ada/role"
    assert (await front.ask("PUT", ada, json={"admin": True}, headers=session))[0] == 200
    status, shown, _ = await front.ask("PUT", path, json={"admin": False}, headers=session)
    assert (status, shown["admin"]) == (200, False)
    assert (await front.ask("GET", "/api/users", headers=session))[0] == 403


async def test_of_two_administrators_who_dismiss_each_other_one_stays(front):
    await front.add("second", admin=True)
    answers = await asyncio.gather(
        front.ask("PUT", "/api/users/second/disabled", "root", json={"disabled": True}),
        front.ask("PUT", "/api/users/root/disabled", "second", json={"disabled": True}),
    )
    assert sorted(status for status, _, _ in answers) in ([200, 401], [200, 409])
    everybody = await front.store.read(users.list_all)
    assert any(user.is_admin and not user.is_disabled for user in everybody)


async def test_a_token_makes_no_administrator_in_any_way(front):
    await front.add("former", admin=True)
    await front.ask("PUT", "/api/users/former/disabled", "root", json={"disabled": True})
    for path, body in (
        ("/api/users/ada/role", {"admin": True}),
        ("/api/users/former/disabled", {"disabled": False}),
    ):
        assert (await front.ask("PUT", path, "root", json=body))[0] == 403
    assert not (await person(front, "ada")).is_admin
    assert (await person(front, "former")).is_disabled


async def test_somebody_is_signed_out_everywhere_and_may_come_back(front):
    sessions = [await front.sign_in("ada") for _ in range(2)]
    assert (await front.ask("DELETE", "/api/users/ada/sessions", "root"))[0] == 200
    for session in sessions:
        assert (await front.ask("GET", "/api/me", headers=session))[0] == 401
    assert (await front.ask("GET", "/api/me", headers=await front.sign_in("ada")))[0] == 200


async def test_each_act_is_an_event_and_says_that_it_was_a_token(front):
    await front.ask("PUT", "/api/users/ada/disabled", "root", json={"disabled": True})
    await front.ask("PUT", "/api/users/ada/disabled", "root", json={"disabled": False})
    await front.ask("DELETE", "/api/users/ada/sessions", "root")
    await front.ask("DELETE", "/api/users/ada", "root")
    by = {"whom": "ada", "by": "token"}
    assert await noted(front) == [
        (EventKind.ADMIN_USER_DISABLED, "root", by),
        (EventKind.ADMIN_USER_ENABLED, "root", by),
        (EventKind.ADMIN_SIGNED_OUT, "root", by),
        (EventKind.ADMIN_USER_REMOVED, "root", by),
    ]


async def test_a_refused_act_is_no_event(front):
    await front.ask("PUT", "/api/users/ada/role", "root", json={"admin": True})
    await front.ask("DELETE", "/api/users/root", "root")
    assert await noted(front) == []


async def test_what_a_removed_account_left_running_can_still_be_stopped(front):
    await front.ask("DELETE", "/api/users/ada", "root")
    front.manager.records[ADA] = ServerRecord(ADA, State.READY)
    assert (await front.ask("POST", "/api/servers", "root", json={"owner": "ada"}))[0] == 404
    assert (await front.ask("DELETE", "/api/servers/ada/home", "root"))[0] == 200
    assert front.manager.records[ADA].state is State.STOPPED
