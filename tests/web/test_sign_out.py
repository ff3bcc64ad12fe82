"""Signing out is final, and nobody else does it for you."""

from proxy.core.credentials import hash_secret
from proxy.store import sessions
from tests import feed
from tests.web.page_front import Pages


async def test_signing_out_ends_the_session_and_tells_the_relays(pages: Pages) -> None:
    before = await pages.store.read(feed.latest)
    answer = await pages.ask("POST", "/sign-out", "ada")
    assert (answer.status, answer.location) == (303, "/sign-in")
    assert answer.session == ""
    found = await pages.store.read(sessions.find_by_secret, hash_secret(pages.secrets["ada"]))
    assert found is not None
    assert found.ended == pages.clock()
    told = await pages.store.read(feed.since, before)
    assert [(change.kind, change.key) for change in told] == [("session", found.id)]


async def test_another_tab_cannot_undo_it(pages: Pages) -> None:
    await pages.ask("POST", "/sign-out", "ada")
    for path in ("/", "/start/ada/home", "/open/ada/home"):
        assert (await pages.ask("GET", path, "ada")).location.startswith("/sign-in")


async def test_a_link_signs_nobody_out(pages: Pages) -> None:
    answer = await pages.ask("GET", "/sign-out", "ada", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 200
    assert "Sign out?" in answer.text
    assert (await pages.ask("GET", "/", "ada")).status == 200


async def test_a_notebook_cannot_sign_its_reader_out(pages: Pages) -> None:
    await pages.ask("POST", "/sign-out", "ada", headers={"Sec-Fetch-Site": "same-site"})
    assert (await pages.ask("GET", "/", "ada")).status == 200


async def test_who_is_not_signed_in_goes_to_the_sign_in(pages: Pages) -> None:
    assert (await pages.ask("GET", "/sign-out")).location == "/sign-in"
    assert (await pages.ask("POST", "/sign-out")).location == "/sign-in"
