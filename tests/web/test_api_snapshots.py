"""Snapshots by scripts: the same rules as on pages, and links for their owners alone."""

import json
from typing import Any

import pytest

from tests.web.page_front import Pages
from tests.web.sharing import PATH, QuickRenderer, home, quicken


@pytest.fixture
def quick(pages: Pages) -> QuickRenderer:
    home(pages)
    home(pages, "bob")
    return quicken(pages)


async def ask(pages: Pages, method: str, path: str, who: str, **options: Any) -> tuple[int, Any]:
    got = await pages.ask(method, path, who, **options)
    return got.status, json.loads(got.text)


async def test_one_is_made_listed_and_deleted(pages: Pages, quick: QuickRenderer) -> None:
    wish = {"path": PATH, "expires": "week", "title": "Means"}
    status, made = await ask(pages, "POST", "/api/snapshots", "ada", json=wish)
    assert status == 201
    assert (made["user"], made["path"], made["title"]) == ("ada", PATH, "Means")
    assert made["expires"] - made["created"] == 7 * 86_400
    path = made["url"].removeprefix(pages.settings.front_origin)
    assert (await pages.ask_bare("GET", path)).status == 200
    assert await ask(pages, "GET", "/api/snapshots", "ada") == (200, [made])
    status, _ = await ask(pages, "DELETE", f"/api/snapshots/{made['id']}", "ada")
    assert status == 200
    assert await ask(pages, "GET", "/api/snapshots", "ada") == (200, [])
    assert (await pages.ask_bare("GET", path)).status == 404


async def test_an_administrator_sees_all_of_them_and_no_link_but_their_own(
    pages: Pages, quick: QuickRenderer
) -> None:
    for who in ("ada", "bob"):
        await ask(pages, "POST", "/api/snapshots", who, json={"path": PATH})
    assert len((await ask(pages, "GET", "/api/snapshots", "ada"))[1]) == 1
    _, listed = await ask(pages, "GET", "/api/snapshots", "root")
    assert [(each["user"], each["url"]) for each in listed] == [("bob", ""), ("ada", "")]
    for each in listed:
        assert (await ask(pages, "DELETE", f"/api/snapshots/{each['id']}", "root"))[0] == 200


async def test_refusals_are_problems(pages: Pages, quick: QuickRenderer) -> None:
    for wish, status in (
        ({}, 422),
        ({"path": PATH, "expires": "for ever"}, 422),
        ({"path": PATH, "server": "bob/home"}, 403),
        ({"path": "a.py"}, 422),
        ({"path": "a.ipynb"}, 404),
        ({"path": PATH, "title": "x" * 500}, 422),
    ):
        assert (await ask(pages, "POST", "/api/snapshots", "ada", json=wish))[0] == status, wish
    for who, number in (("ada", "17"), ("bob", "x")):
        assert (await ask(pages, "DELETE", f"/api/snapshots/{number}", who))[0] == 404


async def test_one_that_is_over_is_not_listed(pages: Pages, quick: QuickRenderer) -> None:
    await ask(pages, "POST", "/api/snapshots", "ada", json={"path": PATH, "expires": "day"})
    pages.clock.advance(86_400)
    await pages.sign_in("ada")
    assert await ask(pages, "GET", "/api/snapshots", "ada") == (200, [])
