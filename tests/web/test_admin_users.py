"""People: made, disabled, let in, dismissed, each by a button without a script."""

import html
import re

import pytest

from proxy.store import users
from proxy.web import admin_users
from tests.auth.people import PASSWORD, add_user
from tests.web.page_front import Pages


def link_in(page: str) -> str:
    (found,) = re.findall(r'<input class="copy" readonly value="([^"]+)"', page)
    return html.unescape(found)


async def test_everybody_stands_there_with_role_and_state(pages: Pages) -> None:
    await pages.store.write(users.disable, pages.people["bob"], 1.0)
    page = (await pages.ask("GET", "/admin/users", "root")).text
    assert "Administrator" in page
    assert '<span class="badge">disabled</span>' in page
    assert "/admin/users/bob/enable" in page
    assert "/admin/users/ada/disable" in page
    assert "/admin/users/root/disable" not in page  # nobody shuts themselves out
    assert "/admin/users/root/remove" not in page


async def test_whoever_is_added_with_a_password_signs_in_with_it(pages: Pages) -> None:
    form = {"name": "eva", "password": "another password"}
    done = await pages.ask("POST", "/admin/users", "root", data=form)
    assert (done.status, done.location) == (303, "/admin/users")
    got = await pages.ask("POST", "/sign-in", data=form)
    assert (got.status, got.location) == (303, "/")


async def test_whoever_is_added_without_one_gets_a_link_that_is_shown_once(pages: Pages) -> None:
    done = await pages.ask("POST", "/admin/users", "root", data={"name": "eva", "admin": "1"})
    assert done.status == 200
    assert done.headers["Cache-Control"] == "no-store"
    path = link_in(done.text).removeprefix(pages.settings.front_origin)
    assert path not in (await pages.ask("GET", "/admin/users", "root")).text
    got = await pages.ask("GET", path)
    assert (got.status, got.location) == (303, "/")
    eva = await pages.store.read(users.find, "eva")
    assert eva is not None
    assert eva.is_admin


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "ada"}, "There is a user “ada” already."),
        ({"name": ""}, "may not be empty"),
        ({"name": "a\u202eb"}, "control characters"),
        ({"name": "eva", "password": "short"}, "8 characters or more"),
    ],
)
async def test_what_cannot_be_is_told_and_the_name_kept(
    pages: Pages, form: dict[str, str], sentence: str
) -> None:
    page = await pages.ask("POST", "/admin/users", "root", data=form)
    assert page.status in {409, 422}
    assert sentence in html.unescape(page.text)
    assert len(await pages.store.read(users.list_all)) == 3
    assert "short" not in page.text


async def test_each_button_does_what_it_says(pages: Pages) -> None:
    for act, check in (
        ("promote", lambda user: user.is_admin),
        ("demote", lambda user: not user.is_admin),
        ("disable", lambda user: user.is_disabled),
        ("enable", lambda user: not user.is_disabled),
    ):
        done = await pages.ask("POST", f"/admin/users/ada/{act}", "root")
        assert (done.status, done.location) == (303, "/admin/users"), act
        assert check(await pages.store.read(users.find, "ada")), act
    await pages.sign_in("ada")
    await pages.ask("POST", "/admin/users/ada/sign-out", "root")
    assert (await pages.app_session("ada")).ended is not None
    await pages.ask("POST", "/admin/users/ada/remove", "root")
    assert await pages.store.read(users.find, "ada") is None


async def test_a_link_signs_in_whom_it_was_made_for(pages: Pages) -> None:
    page = (await pages.ask("POST", "/admin/users/ada/link", "root")).text
    got = await pages.ask("GET", link_in(page).removeprefix(pages.settings.front_origin))
    pages.secrets["ada"] = got.session
    assert (await pages.app_session("ada")).user.name == "ada"


async def test_a_link_made_before_is_worth_nothing_after_a_disabling(pages: Pages) -> None:
    page = (await pages.ask("POST", "/admin/users/ada/link", "root")).text
    await pages.ask("POST", "/admin/users/ada/disable", "root")
    got = await pages.ask("GET", link_in(page).removeprefix(pages.settings.front_origin))
    assert got.status == 403


async def test_the_right_password_of_a_disabled_account_is_told_why(pages: Pages) -> None:
    await pages.ask("POST", "/admin/users/ada/disable", "root")
    right = await pages.ask("POST", "/sign-in", data={"name": "ada", "password": PASSWORD})
    wrong = await pages.ask("POST", "/sign-in", data={"name": "ada", "password": "not this"})
    assert (right.status, wrong.status) == (403, 403)
    assert "This account is closed." in right.text
    assert "This account is closed." not in wrong.text


async def test_the_last_administrator_is_refused_in_words(pages: Pages) -> None:
    page = await pages.ask("POST", "/admin/users/root/demote", "root")
    assert page.status == 409
    assert "last administrator" in page.text


async def test_what_is_no_act_and_who_is_nobody_are_not_found(pages: Pages) -> None:
    assert (await pages.ask("POST", "/admin/users/ada/explode", "root")).status == 404
    assert (await pages.ask("POST", "/admin/users/nobody/disable", "root")).status == 404
    assert (await pages.ask("POST", "/admin/users/bob/promote", "ada")).status == 403


async def test_many_people_come_in_pages_and_are_found_by_name(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        await add_user(pages.store, f"pupil {number:02}")
    monkeypatch.setattr(admin_users, "PAGE", 10)

    async def names(query: str) -> tuple[list[str], dict[str, str]]:
        page = (await pages.ask("GET", f"/admin/users{query}", "root")).text
        ways = re.findall(r'href="([^"]+)" rel="(prev|next)"', page)
        found = re.findall(r'<span class="who">([^<]+)</span>', page)
        return found, {rel: html.unescape(way) for way, rel in ways}

    seen: list[str] = []
    query = ""
    while True:
        found, ways = await names(query)
        seen += found
        if "next" not in ways:
            break
        query = ways["next"].removeprefix("/admin/users")
    everybody = await pages.store.read(users.list_all)
    assert seen == [user.name for user in everybody]
    assert "prev" in ways
    assert await names("?name=PUPIL+2") == ([f"pupil {number}" for number in range(20, 25)], {})
    for nonsense in ("?from=-1", "?from=x", "?from=999999999999", "?name=nobody&from=7"):
        found, _ = await names(nonsense)
        assert len(found) <= 10
