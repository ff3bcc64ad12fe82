"""Starting and stopping, by people with and without scripts."""

import re

import pytest

from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from tests.web.page_front import Pages


async def test_the_page_names_what_its_script_needs(pages: Pages) -> None:
    page = (await pages.ask("GET", "/start/ada/home?next=lab/tree/a%2520b.ipynb", "ada")).text
    assert 'data-action="/start/ada/home?next=lab/tree/a%2520b.ipynb"' in page
    assert 'data-events="/api/servers/ada/home/events"' in page
    assert 'data-way-on="/open/ada/home/lab/tree/a%20b.ipynb"' in page
    assert 'data-state="stopped"' in page


async def test_looking_starts_nothing(pages: Pages) -> None:
    await pages.ask("GET", "/start/ada/home", "ada")
    assert not pages.manager.starts


async def test_a_form_starts_and_comes_back_to_wait(pages: Pages) -> None:
    answer = await pages.ask("POST", "/start/ada/home?next=tree", "ada")
    assert (answer.status, answer.location) == (303, "/start/ada/home?next=tree")
    assert pages.manager.starts == [ServerName("ada", "home")]
    waiting = (await pages.ask("GET", answer.location, "ada")).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting


async def test_a_script_starts_and_gets_the_state(pages: Pages) -> None:
    answer = await pages.ask(
        "POST", "/start/ada/home", "ada", headers={"Accept": "application/json"}
    )
    assert answer.status == 202
    assert '"starting"' in answer.text


async def test_who_waits_is_told_the_place_and_may_leave(pages: Pages) -> None:
    pages.server_is(State.QUEUED, place=3)
    page = (await pages.ask("GET", "/start/ada/home", "ada")).text
    assert "You are number 3 in the queue." in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert re.search(r'<form [^>]*action="/stop/ada/home" data-part="leave" >', page)
    assert re.search(r'data-part="form" hidden>', page)


async def test_a_ready_server_is_opened_at_once(pages: Pages) -> None:
    pages.server_is(State.READY)
    assert (await pages.ask("GET", "/start/ada/home", "ada")).location == "/open/ada/home/lab"
    deep = await pages.ask("GET", "/start/ada/home?next=tree/x%3Fy%3D1", "ada")
    assert deep.location == "/open/ada/home/tree/x?y=1"


async def test_a_failure_shows_the_reason_and_the_log(pages: Pages) -> None:
    pages.server_is(State.FAILED, reason="Jupyter stopped by itself.")
    pages.manager.log = ("line <one>", "line two", "line three")
    page = (await pages.ask("GET", "/start/ada/home", "ada")).text
    assert "Jupyter stopped by itself." in page
    assert "line &lt;one&gt;\nline two" in page
    assert "Try again" in page
    assert "refresh" not in page


@pytest.mark.parametrize(
    "hostile",
    ["//evil.example", "https://evil.example", "\\evil", "a%0d%0aX:y", "%00", "<script>"],
)
async def test_the_way_on_stays_inside_the_server(pages: Pages, hostile: str) -> None:
    pages.server_is(State.READY)
    answer = await pages.ask("GET", f"/start/ada/home?next={hostile}", "ada")
    assert answer.location.startswith("/open/ada/home/")


async def test_others_may_not(pages: Pages) -> None:
    for method, path in (
        ("GET", "/start/ada/home"),
        ("POST", "/start/ada/home"),
        ("POST", "/stop/ada/home"),
    ):
        assert (await pages.ask(method, path, "bob")).status == 403
    assert not pages.manager.starts


async def test_an_administrator_may_but_is_not_led_inside(pages: Pages) -> None:
    await pages.ask("POST", "/start/ada/home", "root")
    assert pages.manager.starts == [ServerName("ada", "home")]
    pages.server_is(State.READY)
    assert (await pages.ask("GET", "/start/ada/home?next=tree", "root")).location == "/"


async def test_stopping_goes_home(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    answer = await pages.ask("POST", "/stop/ada/home", "ada")
    assert (answer.status, answer.location) == (303, "/")
    assert pages.manager.records[name].state is State.STOPPED


async def test_a_link_stops_nothing(pages: Pages) -> None:
    pages.server_is(State.READY)
    assert (await pages.ask("GET", "/stop/ada/home", "ada")).status == 405
