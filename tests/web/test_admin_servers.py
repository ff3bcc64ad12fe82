"""Every server with what it uses, and the ways to stop it."""

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from tests.web.page_front import Pages

BOB = ServerName("bob", "home")


async def test_a_row_tells_whose_it_is_and_what_it_uses(pages: Pages) -> None:
    now = pages.clock()
    name = pages.server_is(State.READY, BOB, started=now - 7200, last_activity=now - 120)
    pages.manager.used[name] = Usage(412 * 2**20, 1.0, 3, now)
    page = (await pages.ask("GET", "/admin/servers", "root")).text
    for text in ("bob", "Running", "412 MiB", "2 hours ago", "2 minutes ago", "/stop/bob/home"):
        assert text in page, text
    assert "/open/bob/home" not in page
    assert page.count('scope="col"') == 7
    assert '<th role="rowheader" scope="row">' in page


async def test_those_that_are_stopped_are_shown_on_demand(pages: Pages) -> None:
    pages.server_is(State.STOPPED, BOB, reason="Stopped after 2 hours without activity.")
    assert "/start/bob/home" not in (await pages.ask("GET", "/admin/servers", "root")).text
    page = (await pages.ask("GET", "/admin/servers?all=1", "root")).text
    assert "/start/bob/home" in page
    assert "without activity" in page


async def test_stopping_leads_back_to_the_page_it_was_done_on(pages: Pages) -> None:
    pages.server_is(State.READY, BOB)
    done = await pages.ask("POST", "/stop/bob/home", "root", data={"next": "/admin/servers?all=1"})
    assert (done.status, done.location) == (303, "/admin/servers?all=1")
    started = await pages.ask("POST", "/start/bob/home", "root", data={"next": "/admin/servers"})
    assert started.location == "/admin/servers"
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example"):
        pages.server_is(State.READY, BOB)
        done = await pages.ask("POST", "/stop/bob/home", "root", data={"next": evil})
        assert done.location == "/"


async def test_a_server_whose_account_is_gone_is_named_and_can_be_stopped(pages: Pages) -> None:
    pages.server_is(State.READY, ServerName("gone", "home"))
    page = (await pages.ask("GET", "/admin/servers", "root")).text
    assert "the account is gone" in page
    assert (await pages.ask("POST", "/stop/gone/home", "root")).status == 303
    assert pages.manager.records[ServerName("gone", "home")].state is State.STOPPED


async def test_idle_ones_are_stopped_together_and_their_number_is_told(pages: Pages) -> None:
    pages.server_is(State.READY, BOB)
    pages.server_is(State.READY)
    pages.manager.idle = [BOB]
    done = await pages.ask("POST", "/admin/servers/stop-idle", "root")
    assert done.location == "/admin/servers?stopped=1"
    assert (
        "One server was idle and stopped." in (await pages.ask("GET", done.location, "root")).text
    )
    assert pages.manager.records[BOB].state is State.STOPPED
    for odd in ("x", "", "99999999", "٣"):
        page = await pages.ask("GET", f"/admin/servers?stopped={odd}", "root")
        assert "idle and stopped." not in page.text


async def test_the_part_that_changes_follows(pages: Pages) -> None:
    pages.server_is(State.READY, BOB)
    assert "/stop/bob/home" in (await pages.first_event("/admin/servers/live", "root"))["part"]
