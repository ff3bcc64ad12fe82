"""The installation as a whole: what is told, to whom, and what can be switched."""

import pytest

from proxy.core.events import EventKind
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.store import events
from proxy.store.events import Wanted
from proxy.store.records import ServerRecord
from proxy.web import keys
from tests.web.api_front import run_front

ADA, BOB = ServerName("ada", "home"), ServerName("bob", "home")


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


async def test_an_overview_counts_what_there_is(front):
    front.manager.records[ADA] = ServerRecord(ADA, State.READY)
    front.manager.records[BOB] = ServerRecord(BOB, State.QUEUED, place=1)
    front.manager.used[ADA] = Usage(100 * 2**20, 1.0, 3, front.clock())
    await front.app[keys.OBSERVATORY].sample()
    status, shown, _ = await front.ask("GET", "/api/overview", "root")
    assert status == 200
    assert (shown["states"]["ready"], shown["states"]["queued"]) == (1, 1)
    assert shown["queue"] == [{"owner": "bob", "workspace": "home", "place": 1}]
    assert shown["servers_memory"] == 100 * 2**20
    assert shown["memory_total"] > shown["memory_free"] > 0
    assert shown["disks"][0]["free"] > 0
    assert shown["versions"]["jupyterlab"]
    assert [sample["running"] for sample in shown["history"]] == [1]


async def test_a_server_says_what_it_uses(front, clock):
    front.manager.records[ADA] = ServerRecord(ADA, State.READY)
    front.manager.used[ADA] = Usage(50, 1.0, 3, clock())
    assert (await front.ask("GET", "/api/servers/ada/home", "ada"))[1]["memory"] == 50
    clock.advance(4)
    front.manager.used[ADA] = Usage(60, 2.0, 3, clock())
    (shown,) = (await front.ask("GET", "/api/servers", "ada"))[1]
    assert (shown["memory"], shown["cpu"], shown["place"]) == (60, 25.0, None)


async def test_everybody_reads_the_message_and_administrators_write_it(front):
    nothing = {"message": "", "since": None, "maintenance": False}
    assert (await front.ask("GET", "/api/notice", "ada"))[1] == nothing
    body = {"message": "Updates at <b>18:00</b>"}
    assert (await front.ask("PUT", "/api/notice", "ada", json=body))[0] == 403
    assert (await front.ask("PUT", "/api/notice", "root", json=body))[0] == 200
    _, shown, got = await front.ask("GET", "/api/notice", "ada")
    assert shown["message"] == "Updates at <b>18:00</b>"
    assert not [name for name in got.headers if name.lower().startswith("access-control")]
    assert (await front.ask("DELETE", "/api/notice", "root"))[1] == nothing


@pytest.mark.parametrize("message", ["", " ", "\n", "x" * 301, None, 7])
async def test_a_message_has_something_to_say(front, message):
    assert (await front.ask("PUT", "/api/notice", "root", json={"message": message}))[0] == 422


async def test_maintenance_begins_is_seen_and_ends(front):
    assert (await front.ask("GET", "/api/maintenance", "root"))[1]["on"] is False
    wish = {"on": True, "message": "Until nine.", "drain_seconds": 600}
    status, switch, _ = await front.ask("PUT", "/api/maintenance", "root", json=wish)
    assert (status, switch["on"], switch["message"]) == (200, True, "Until nine.")
    assert switch["stop_all_at"] == front.clock() + 600
    assert (await front.ask("GET", "/api/notice", "ada"))[1]["maintenance"] is True
    status, switch, _ = await front.ask("PUT", "/api/maintenance", "root", json={"on": False})
    assert switch == {"on": False, "since": None, "message": "", "stop_all_at": None}


async def test_idle_servers_are_stopped_and_counted(front):
    for name in (ADA, BOB):
        front.manager.records[name] = ServerRecord(name, State.READY)
    front.manager.idle = [ADA]
    assert (await front.ask("POST", "/api/servers/stop-idle", "ada"))[0] == 403
    status, told, _ = await front.ask("POST", "/api/servers/stop-idle", "root")
    assert (status, told) == (200, {"stopped": 1})
    assert front.manager.records[BOB].state is State.READY


async def test_each_act_is_an_event(front):
    await front.ask("PUT", "/api/notice", "root", json={"message": "Hello"})
    await front.ask("DELETE", "/api/notice", "root")
    await front.ask("PUT", "/api/maintenance", "root", json={"on": True, "drain_seconds": 0})
    await front.ask("PUT", "/api/maintenance", "root", json={"on": False})
    await front.ask("POST", "/api/servers/stop-idle", "root")
    await front.app[keys.EVENTS].write()
    found = await front.store.read(events.find_after, Wanted(user="root"), 0, limit=9)
    assert [(each.event.kind, dict(each.event.about)) for each in found] == [
        (EventKind.ADMIN_NOTICE_SET, {"message": "Hello", "by": "token"}),
        (EventKind.ADMIN_NOTICE_SET, {"by": "token"}),
        (EventKind.ADMIN_MAINTENANCE_SET, {"state": "drain", "by": "token"}),
        (EventKind.ADMIN_MAINTENANCE_SET, {"state": "off", "by": "token"}),
        (EventKind.ADMIN_IDLE_STOPPED, {"number": "0", "by": "token"}),
    ]
