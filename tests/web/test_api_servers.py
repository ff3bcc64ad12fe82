import asyncio
from dataclasses import replace

import pytest

from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.policy import Workspaces
from proxy.store.records import ServerRecord
from proxy.web.api_servers import prefers_async
from tests.web.api_front import run_front

ADA = ServerName("ada", "home")
SERVER = "/api/servers/ada/home"


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_ten_starts_at_once_start_one_server(front):
    front.manager.may_settle.clear()
    asking = [asyncio.ensure_future(front.ask("POST", "/api/servers", "ada")) for _ in range(10)]
    while len(front.manager.starts) < 1:
        await asyncio.sleep(0.01)
    front.manager.may_settle.set()
    statuses = sorted([status for status, _, _ in await asyncio.gather(*asking)])
    assert statuses == [200] * 9 + [201]
    assert front.manager.starts == [ADA]


async def test_a_start_answers_only_when_it_is_ready_and_says_where(front):
    status, info, got = await front.ask("POST", "/api/servers", "ada", json={})
    assert status == 201
    assert got.headers["Location"] == SERVER
    assert info["state"] == "ready"
    assert info["base_url"] == "/user/ada/home/"
    port = front.settings.notebook_port
    assert info["url"] == f"http://127.0.0.1:{port}/user/ada/home/"
    assert (info["hostname"], info["port"], info["secure"]) == ("127.0.0.1", port, False)
    assert info["notebook_dir"].endswith("/notebooks/ada/home")
    assert "key" not in " ".join(info)


async def test_a_start_of_a_running_server_is_no_second_start(front):
    await front.ask("POST", "/api/servers", "ada")
    status, info, got = await front.ask("POST", "/api/servers", "ada")
    assert (status, info["state"]) == (200, "ready")
    assert "Location" not in got.headers
    assert len(front.manager.starts) == 1


async def test_a_failed_start_says_why_and_is_not_called_ready(front):
    front.manager.failure = "The port is taken."
    status, problem, got = await front.ask("POST", "/api/servers", "ada")
    assert status == 503
    assert got.content_type == "application/problem+json"
    assert "The port is taken." in problem["detail"]
    status, info, _ = await front.ask("GET", SERVER, "ada")
    assert (status, info["state"], info["reason"]) == (200, "failed", "The port is taken.")


async def test_a_start_that_is_not_waited_for_answers_while_it_starts(front):
    front.manager.may_settle.clear()
    headers = {"Prefer": "wait=5, Respond-Async"}
    status, info, got = await front.ask("POST", "/api/servers", "ada", headers=headers)
    assert (status, info["state"]) == (201, "starting")
    assert got.headers["Preference-Applied"] == "respond-async"


async def test_a_server_that_is_stopped_while_it_starts_is_no_success(front):
    front.manager.may_settle.clear()
    asking = asyncio.ensure_future(front.ask("POST", "/api/servers", "ada"))
    while not front.manager.starts:
        await asyncio.sleep(0.01)
    await front.manager.stop(ADA)
    front.manager.may_settle.set()
    status, problem, _ = await asking
    assert status == 503
    assert "stopped" in problem["detail"]


async def test_a_start_that_hangs_is_answered_at_last(front, monkeypatch):
    monkeypatch.setattr("proxy.web.api_servers._GRACE_SECONDS", -59.8)
    front.manager.may_settle.clear()
    status, problem, _ = await front.ask("POST", "/api/servers", "ada")
    assert status == 504
    assert "still starting" in problem["detail"]


async def test_a_stop_that_hangs_or_fails_is_no_success(front, monkeypatch):
    await front.ask("POST", "/api/servers", "ada")

    async def hang(_name, *, reason=""):
        await asyncio.sleep(30)

    async def fail(name, *, reason=""):
        return replace(front.manager.records[name], state=State.FAILED)

    monkeypatch.setattr("proxy.web.api_servers._GRACE_SECONDS", 0.1)
    monkeypatch.setattr(front.manager, "stop", hang)
    assert (await front.ask("DELETE", SERVER, "ada"))[0] == 504
    monkeypatch.setattr(front.manager, "stop", fail)
    assert (await front.ask("DELETE", SERVER, "ada"))[0] == 409


async def test_another_gateway_for_a_running_server_is_refused_and_not_ignored(front):
    wish = {"gateway-url": "http://one.example:8888"}
    assert (await front.ask("POST", "/api/servers", "ada", json=wish))[0] == 201
    assert (await front.ask("POST", "/api/servers", "ada", json=wish))[0] == 200
    wish = {"gateway-url": "http://two.example:8888"}
    assert (await front.ask("POST", "/api/servers", "ada", json=wish))[0] == 409


@pytest.mark.parametrize(
    "body",
    [
        {"gateway-url": "file:///etc/passwd"},
        {"gateway-url": "http://user:secret-word@gateway:8888"},
        {"gateway-url": "http://"},
        {"gateway-url": ""},
        {"gateway-url": "http://host:99999"},
        {"gateway-url": "http://host/\n--allow-root"},
        {"gateway-url": 8888},
        {"gateway_url": "http://host"},
        {"owner": "../ada"},
        {"workspace": "a/b"},
        {"surprise": 1},
        [],
        "ada",
    ],
)
async def test_a_wish_that_is_not_understood_starts_nothing(front, body):
    status, problem, _ = await front.ask("POST", "/api/servers", "ada", json=body)
    assert status == 422
    if isinstance(body, dict):
        assert f"“{next(iter(body))}”" in problem["detail"]
    assert "secret-word" not in problem["detail"]
    assert front.manager.starts == []


async def test_somebody_elses_server_can_be_neither_started_nor_seen_nor_stopped(front):
    await front.ask("POST", "/api/servers", "ada")
    wish = {"owner": "ada"}
    assert (await front.ask("POST", "/api/servers", "bob", json=wish))[0] == 403
    for method, path in (
        ("GET", SERVER),
        ("DELETE", SERVER),
        ("GET", SERVER + "/log"),
        ("GET", SERVER + "/events"),
    ):
        status, problem, _ = await front.ask(method, path, "bob")
        assert status == 403, path
        assert "somebody else" in problem["detail"]
    assert (await front.ask("GET", "/api/servers", "bob"))[1] == []
    assert front.manager.records[ADA].state is State.READY


async def test_an_administrator_sees_and_stops_everybodys(front):
    await front.ask("POST", "/api/servers", "ada")
    assert [info["owner"] for info in (await front.ask("GET", "/api/servers", "root"))[1]] == [
        "ada"
    ]
    assert (await front.ask("DELETE", SERVER, "root"))[0] == 200


async def test_a_server_for_a_person_who_does_not_exist_is_not_made(front):
    assert (await front.ask("POST", "/api/servers", "root", json={"owner": "eve"}))[0] == 404
    assert (await front.ask("POST", "/api/servers", "ada", json={"workspace": "new"}))[0] == 404
    assert front.manager.starts == []


async def test_what_does_not_run_is_not_found(front):
    for method in ("GET", "DELETE"):
        assert (await front.ask(method, SERVER, "ada"))[0] == 404
    await front.ask("POST", "/api/servers", "ada")
    assert (await front.ask("DELETE", SERVER, "ada"))[:2] == (
        200,
        {"message": "The server was shut down."},
    )
    for method in ("GET", "DELETE"):
        assert (await front.ask(method, SERVER, "ada"))[0] == 404
    assert (await front.ask("GET", "/api/servers", "ada"))[:2] == (200, [])


async def test_a_dead_server_is_reported_failed_and_can_be_cleared_and_started_again(front):
    await front.ask("POST", "/api/servers", "ada")
    record = front.manager.records[ADA]
    front.manager.records[ADA] = replace(record, state=State.FAILED, reason="It died.", pid=None)
    status, info, _ = await front.ask("GET", SERVER, "ada")
    assert (status, info["state"], info["reason"], info["pid"]) == (200, "failed", "It died.", None)
    assert (await front.ask("POST", "/api/servers", "ada"))[0] == 201
    front.manager.records[ADA] = replace(record, state=State.FAILED, reason="Again.")
    assert (await front.ask("DELETE", SERVER, "ada"))[0] == 200
    assert (await front.ask("GET", SERVER, "ada"))[0] == 404


@pytest.mark.parametrize("path", ["/api/servers/..%2Fada/home", "/api/servers/ADA/home"])
async def test_a_path_that_is_no_name_is_not_looked_up(front, path):
    assert (await front.ask("GET", path, "ada"))[0] == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 3), ("?lines=2", 2), ("?lines=1000", 3)],
)
async def test_a_log_is_as_long_as_asked_for(front, query, expected):
    front.manager.records[ADA] = ServerRecord(ADA, State.FAILED)
    status, log, _ = await front.ask("GET", f"{SERVER}/log{query}", "ada")
    assert (status, len(log["lines"])) == (200, expected)


@pytest.mark.parametrize("lines", ["", "0", "-5", "1001", "9" * 5000, "²", "1.5", "1&lines=2"])
async def test_a_number_of_lines_that_is_none_is_refused(front, lines):
    front.manager.records[ADA] = ServerRecord(ADA, State.FAILED)
    status, problem, _ = await front.ask("GET", f"{SERVER}/log?lines={lines}", "ada")
    assert (status, "“lines”" in problem["detail"]) == (422, True)


async def test_a_log_stays_readable_after_the_stop(front):
    front.manager.records[ADA] = ServerRecord(ADA, State.STOPPED)
    assert (await front.ask("GET", f"{SERVER}/log", "ada"))[0] == 200


async def test_in_a_shared_installation_everybody_means_the_shared_server(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path, workspaces=Workspaces.SHARED) as front:
        status, info, got = await front.ask("POST", "/api/servers", "ada")
        assert (status, info["base_url"]) == (201, "/user/everyone/shared/")
        assert info["notebook_dir"] == str(tmp_path / "notebooks")
        assert got.headers["Location"] == "/api/servers/everyone/shared"
        assert (await front.ask("POST", "/api/servers", "bob"))[0] == 200
        assert front.manager.starts == [SHARED]
        assert (await front.ask("POST", "/api/servers", "ada", json={"owner": "ada"}))[0] == 404


async def test_a_page_of_the_notebooks_cannot_start_or_stop(front):
    headers = await front.sign_in("ada")
    for foreign in ("same-site", "cross-site", "none"):
        evil = headers | {"Sec-Fetch-Site": foreign}
        for method, path in (("POST", "/api/servers"), ("DELETE", SERVER)):
            assert (await front.ask(method, path, headers=evil))[0] == 403
    evil = {"Cookie": headers["Cookie"], "Origin": front.settings.notebook_origin}
    assert (await front.ask("POST", "/api/servers", headers=evil))[0] == 403
    assert (await front.ask("POST", "/api/servers", headers={"Cookie": headers["Cookie"]}))[
        0
    ] == 403
    assert front.manager.starts == []
    assert (await front.ask("POST", "/api/servers", headers=headers))[0] == 201


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["respond-async"], True),
        (["return=minimal, respond-async; x=1"], True),
        (["return=minimal", "RESPOND-ASYNC"], True),
        (["respond-async-not"], False),
        ([], False),
    ],
)
def test_preferences_are_read_as_a_list_without_case(headers, expected):
    assert prefers_async(headers) is expected
