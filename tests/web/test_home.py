"""The home page shows one's own, and others' to administrators alone."""

from pathlib import Path

import pytest

from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.core.policy import Workspaces
from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        (State.READY, ["Running", 'href="/open/ada/home/lab"', "/stop/ada/home"], ["/start/"]),
        (State.STARTING, ["Starting", 'href="/start/ada/home"', "/stop/"], ["/open/"]),
        (State.STOPPING, ["Stopping"], ["/open/", "/stop/", "/start/"]),
        (State.STOPPED, ["Stopped", 'action="/start/ada/home"'], ["/open/", "/stop/"]),
        (State.FAILED, ["Failed", "Try again", "no memory"], ["/open/", "/stop/"]),
    ],
)
async def test_each_state_offers_what_can_be_done(
    pages: Pages, state: State, shown: list[str], hidden: list[str]
) -> None:
    pages.server_is(state, reason="There was no memory left.")
    page = (await pages.ask("GET", "/", "ada")).text
    assert all(text in page for text in shown)
    assert not any(text in page for text in hidden)


async def test_a_server_that_never_ran_can_be_started(pages: Pages) -> None:
    assert 'action="/start/ada/home"' in (await pages.ask("GET", "/", "ada")).text


async def test_times_are_told_in_words_and_for_machines(pages: Pages) -> None:
    now = pages.clock()
    pages.server_is(State.READY, started=now - 7200, last_activity=now - 60)
    page = (await pages.ask("GET", "/", "ada")).text
    assert '<time datetime="2027-01-15T06:00:00Z">2 hours ago</time>' in page
    assert "1 minute ago" in page


async def test_nobody_sees_the_servers_of_others(pages: Pages) -> None:
    pages.server_is(State.READY, ServerName("bob", "home"))
    page = (await pages.ask("GET", "/", "ada")).text
    assert "bob" not in page


async def test_whoever_waits_is_told_their_place_and_may_leave(pages: Pages) -> None:
    pages.server_is(State.QUEUED, place=3)
    page = (await pages.ask("GET", "/", "ada")).text
    assert "You are number 3 in the queue." in page
    assert "Leave the queue" in page
    assert "/stop/ada/home" in page


async def test_one_reads_why_it_was_stopped(pages: Pages) -> None:
    pages.server_is(State.STOPPED, reason="Stopped after 2 hours without activity.")
    assert "Stopped after 2 hours without activity." in (await pages.ask("GET", "/", "ada")).text


async def test_memory_is_shown_as_it_is_used(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    pages.manager.used[name] = Usage(412 * 2**20, 1.0, 3, pages.clock())
    assert "412 MiB" in (await pages.ask("GET", "/", "ada")).text


async def test_the_log_is_there_to_unfold_and_is_text(pages: Pages) -> None:
    pages.server_is(State.READY, started=pages.clock())
    pages.manager.log = ("<b>line</b>",)
    page = (await pages.ask("GET", "/", "ada")).text
    assert "&lt;b&gt;line&lt;/b&gt;" in page
    assert 'data-log="/api/servers/ada/home/log?lines=20"' in page


async def test_the_part_that_changes_is_what_the_page_shows(pages: Pages) -> None:
    pages.server_is(State.READY, started=pages.clock())
    page = (await pages.ask("GET", "/", "ada")).text
    event = await pages.first_event("/live", "ada")
    assert 'href="/open/ada/home/lab"' in event["part"]
    assert event["part"].split("<details")[0] in page


async def test_administrators_find_the_way_and_others_do_not(pages: Pages) -> None:
    assert 'href="/admin"' in (await pages.ask("GET", "/", "root")).text
    assert "/admin" not in (await pages.ask("GET", "/", "ada")).text


async def test_the_shared_workspace_is_everybodys(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        pages.server_is(State.READY, SHARED)
        for who in ("ada", "root"):
            page = (await pages.ask("GET", "/", who)).text
            assert "Shared workspace" in page
            assert 'href="/open/everyone/shared/lab"' in page


async def test_names_are_escaped(pages: Pages) -> None:
    await pages.add("<b>eve</b>")
    await pages.sign_in("<b>eve</b>")
    page = (await pages.ask("GET", "/", "<b>eve</b>")).text
    assert "<b>eve" not in page
    assert "&lt;b&gt;eve" in page
