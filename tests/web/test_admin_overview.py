"""The overview: figures, curves and the same as numbers, message and maintenance."""

from proxy.core.history import Sample
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.web import keys
from proxy.web.admin_overview import curves, rows
from tests.web.page_front import Pages


def samples(now: float) -> list[Sample]:
    return [
        Sample(now - 3600 + 10 * number, number % 7, 0, number * 2**20, 1.5)
        for number in range(361)
    ]


async def test_nobody_but_administrators_sees_it(pages: Pages) -> None:
    for path in ("/admin", "/admin/servers", "/admin/users", "/admin/events", "/admin/live"):
        assert (await pages.ask("GET", path, "ada")).status == 403, path


async def test_servers_are_counted_and_the_queue_is_shown_in_its_order(pages: Pages) -> None:
    pages.server_is(State.READY)
    pages.server_is(State.QUEUED, ServerName("root", "home"), place=2)
    pages.server_is(State.QUEUED, ServerName("bob", "home"), place=1)
    page = (await pages.ask("GET", "/admin", "root")).text
    assert "<dt>Running</dt><dd>1</dd>" in page
    assert "<dt>Waiting</dt><dd>2</dd>" in page
    assert page.index('data-key="bob/home"') < page.index('data-key="root/home"')


async def test_the_curves_are_told_in_words_too(pages: Pages) -> None:
    for sample in samples(pages.clock()):
        pages.app[keys.OBSERVATORY].history.add(sample)
    page = (await pages.ask("GET", "/admin", "root")).text
    assert 'role="img"' in page
    assert "Servers that run, over 1 hour: now 3, at most 6, at least 0" in page
    assert '<th scope="row">' in page


async def test_an_empty_history_is_no_error(pages: Pages) -> None:
    for hours in ("", "?hours=24", "?hours=7", "?hours=x"):
        page = await pages.ask("GET", f"/admin{hours}", "root")
        assert page.status == 200
        assert "Nothing was measured yet." in page.text


def test_each_part_of_the_time_is_a_row_with_its_highest_values() -> None:
    shown = rows(samples(7200.0), 3600.0, 7200.0)
    assert len(shown) == 12
    assert shown[0].at == 3600.0
    assert all(row.cells[0] == "6" for row in shown)
    assert [curve.title for curve in curves([], 0.0, 1.0)] == [
        "Servers that run",
        "Memory of servers",
        "Requests a second",
    ]


async def test_a_message_is_shown_on_every_page_and_escaped(pages: Pages) -> None:
    sent = await pages.ask("POST", "/admin/notice", "root", data={"message": "At <b>18:00</b>"})
    assert (sent.status, sent.location) == (303, "/admin")
    for who, path in (("ada", "/"), ("ada", "/sign-out"), (None, "/sign-in"), ("ada", "/nothing")):
        assert "At &lt;b&gt;18:00&lt;/b&gt;" in (await pages.ask("GET", path, who)).text, path
    await pages.ask("POST", "/admin/notice", "root", data={"message": "At", "clear": "1"})
    assert 'class="banner"' not in (await pages.ask("GET", "/", "ada")).text


async def test_maintenance_begins_and_ends_and_every_page_says_so(pages: Pages) -> None:
    form = {"message": "Until <nine>.", "drain": "1"}
    await pages.ask("POST", "/admin/maintenance", "root", data=form)
    page = (await pages.ask("GET", "/", "ada")).text
    assert "Maintenance: no servers are started just now. Until &lt;nine&gt;." in page
    assert "stopped by 08:10 UTC" in page
    await pages.ask("POST", "/admin/maintenance/end", "root")
    assert "Maintenance:" not in (await pages.ask("GET", "/", "ada")).text


async def test_nobody_but_administrators_tells_or_switches_anything(pages: Pages) -> None:
    for path in ("/admin/notice", "/admin/maintenance", "/admin/maintenance/end"):
        assert (await pages.ask("POST", path, "ada", data={"message": "x"})).status == 403
    assert pages.app[keys.NOTICES].current is None
    assert pages.manager.maintenance.closed is None


async def test_the_part_that_changes_follows(pages: Pages) -> None:
    pages.server_is(State.READY)
    event = await pages.first_event("/admin/live?hours=6", "root")
    assert "<dt>Running</dt><dd>1</dd>" in event["part"]
    assert "over 6 hours" in event["part"]
    assert "<form" not in event["part"]  # what somebody is typing is never replaced
