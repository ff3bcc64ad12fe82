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


async def test_signing_out_everywhere_ends_every_session(pages: Pages) -> None:
    elsewhere = pages.secrets["ada"]
    await pages.sign_in("ada")
    answer = await pages.ask("POST", "/sign-out/everywhere", "ada")
    assert (answer.status, answer.location) == (303, "/sign-in")
    for secret in (elsewhere, pages.secrets["ada"]):
        home = await pages.ask("GET", "/", headers={"Cookie": f"sifu={secret}"})
        assert home.location.startswith("/sign-in")
    assert (await pages.ask("GET", "/", "bob")).status == 200


async def test_nobody_is_signed_out_everywhere_by_a_stranger(pages: Pages) -> None:
    assert (await pages.ask("POST", "/sign-out/everywhere")).location == "/sign-in"
    foreign = {"Sec-Fetch-Site": "same-site"}
    assert (await pages.ask("POST", "/sign-out/everywhere", "ada", headers=foreign)).status == 403
    assert (await pages.ask("GET", "/", "ada")).status == 200
