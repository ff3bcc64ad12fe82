"""What happened, as a page."""

from proxy.core.events import EventKind
from proxy.web import keys
from proxy.web.admin_events import PAGE
from tests.web.page_front import Pages


def note(pages: Pages, number: int) -> None:
    for each in range(number):
        pages.app[keys.EVENTS].note(EventKind.SIGNED_IN, user=f"u{each}")


async def test_what_happened_this_moment_is_there_and_escaped(pages: Pages) -> None:
    about = {"id": "x", "label": "<b>mine</b>"}
    pages.app[keys.EVENTS].note(EventKind.TOKEN_CREATED, user="ada", about=about)
    page = (await pages.ask("GET", "/admin/events", "root")).text
    assert "token_created" in page
    assert "&lt;b&gt;mine&lt;/b&gt;" in page


async def test_older_ones_are_a_link_away_and_keep_the_filter(pages: Pages) -> None:
    note(pages, PAGE + 5)
    page = (await pages.ask("GET", "/admin/events?kind=signed_in&user=", "root")).text
    assert "/admin/events?kind=signed_in&amp;before=6" in page
    older = (await pages.ask("GET", "/admin/events?kind=signed_in&before=6", "root")).text
    assert older.count("<code>signed_in</code>") == 5
    assert "Older" not in older


async def test_the_exports_hold_what_is_shown(pages: Pages) -> None:
    note(pages, 1)
    page = (await pages.ask("GET", "/admin/events?user=u0&since=", "root")).text
    assert 'href="/api/events.csv?user=u0"' in page
    assert 'href="/api/events.jsonl?user=u0"' in page


async def test_a_filter_that_cannot_be_understood_is_told(pages: Pages) -> None:
    page = await pages.ask("GET", "/admin/events?since=soon", "root")
    assert page.status == 422
    assert "2027-01-31" in page.text


async def test_it_says_how_long_they_are_kept(pages: Pages) -> None:
    assert "Kept for 365 days" in (await pages.ask("GET", "/admin/events", "root")).text
