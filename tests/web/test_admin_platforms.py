"""Platforms by buttons and forms, without a script."""

import html
import re
from dataclasses import replace

import pytest

from proxy.store import platform_invitations, platforms
from tests.core.test_lti_platform import GOOD
from tests.web.page_front import ORIGIN, Pages

FORM = {
    "title": GOOD.title,
    "issuer": f" {GOOD.issuer}\t",
    "client": GOOD.client,
    "authorization": GOOD.authorization,
    "token": GOOD.token,
    "keys": GOOD.keys,
    "audience": "",
    "deployments": "1\r\n\r\n 2 \r\n",
}


async def test_only_administrators_come_here(pages: Pages) -> None:
    for method, path in (
        ("GET", "/admin/platforms"),
        ("POST", "/admin/platforms"),
        ("POST", "/admin/platforms/invitations"),
        ("POST", "/admin/platforms/1/remove"),
    ):
        assert (await pages.ask(method, path, "ada", data=None)).status == 403, path


async def test_what_to_paste_into_a_platform_stands_there(pages: Pages) -> None:
    page = (await pages.ask("GET", "/admin/platforms", "root")).text
    for path in ("login", "launch", "keys", "config.json"):
        assert f'value="{ORIGIN}/lti/{path}"' in page
    assert "No platform is registered yet." in page
    assert "SIFU_LMS_ORIGINS" in page


async def test_a_platform_is_registered_by_hand(pages: Pages) -> None:
    done = await pages.ask("POST", "/admin/platforms", "root", data=FORM)
    assert (done.status, done.location) == (303, "/admin/platforms")
    (kept,) = await pages.store.read(platforms.list_all)
    assert kept.entry == replace(GOOD, deployments=("1", "2"))
    page = (await pages.ask("GET", "/admin/platforms", "root")).text
    assert GOOD.title in page
    assert "0 people" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "The title is missing"),
        ({"keys": "http://moodle.example.org/keys"}, "The keys address has to begin with https://"),
        ({"deployments": "\r\n"}, "Name the deployments"),
        ({"issuer": '"><script>alert(1)</script>' + "x" * 255}, "The issuer"),
    ],
)
async def test_what_cannot_be_is_told_and_what_was_typed_is_kept(
    pages: Pages, change: dict[str, str], told: str
) -> None:
    page = await pages.ask("POST", "/admin/platforms", "root", data=FORM | change)
    assert page.status == 422
    assert told in html.unescape(page.text)
    assert f'value="{GOOD.client}"' in page.text
    assert "<script>alert" not in page.text
    assert not await pages.store.read(platforms.list_all)


async def test_the_same_client_twice_is_told(pages: Pages) -> None:
    await pages.ask("POST", "/admin/platforms", "root", data=FORM)
    page = await pages.ask("POST", "/admin/platforms", "root", data=FORM)
    assert page.status == 409
    assert "registered already" in page.text


async def test_a_platform_is_changed_and_a_mistake_stays_in_its_own_form(pages: Pages) -> None:
    added = await pages.store.write(platforms.add, GOOD, pages.clock())
    path = f"/admin/platforms/{added.id}/change"
    done = await pages.ask("POST", path, "root", data=FORM | {"deployments": "9"})
    assert done.status == 303
    (kept,) = await pages.store.read(platforms.list_all)
    assert kept.entry.deployments == ("9",)
    page = await pages.ask("POST", path, "root", data=FORM | {"token": "typed wrong"})
    assert page.status == 422
    assert page.text.count('value="typed wrong"') == 1
    assert '<details class="more" open>' in page.text


async def test_a_platform_that_registered_itself_gets_its_deployment_in_one_field(
    pages: Pages,
) -> None:
    added = await pages.store.write(platforms.add, replace(GOOD, deployments=()), pages.clock())
    path = f"/admin/platforms/{added.id}/deployment"
    assert f'action="{path}"' in (await pages.ask("GET", "/admin/platforms", "root")).text
    assert (await pages.ask("POST", path, "root", data={"deployment": " "})).status == 422
    assert (await pages.ask("POST", path, "root", data={"deployment": " 42:abc "})).status == 303
    (kept,) = await pages.store.read(platforms.list_all)
    assert kept.entry == replace(GOOD, deployments=("42:abc",))
    assert f'action="{path}"' not in (await pages.ask("GET", "/admin/platforms", "root")).text


async def test_a_platform_is_removed_after_a_question(pages: Pages) -> None:
    added = await pages.store.write(platforms.add, GOOD, pages.clock())
    page = (await pages.ask("GET", "/admin/platforms", "root")).text
    assert f'data-confirm="Remove {GOOD.title}?' in page
    done = await pages.ask("POST", f"/admin/platforms/{added.id}/remove", "root")
    assert done.status == 303
    assert not await pages.store.read(platforms.list_all)
    assert (await pages.ask("POST", f"/admin/platforms/{added.id}/remove", "root")).status == 404
    assert (await pages.ask("POST", f"/admin/platforms/{added.id}/dance", "root")).status == 404


async def test_an_invitation_is_shown_once_and_works(pages: Pages) -> None:
    done = await pages.ask("POST", "/admin/platforms/invitations", "root", data={"title": " M "})
    assert done.status == 200
    assert done.headers["Cache-Control"] == "no-store"
    (found,) = re.findall(r'value="([^"]+register\?invite=[^"]+)"', done.text)
    path = html.unescape(found).removeprefix(pages.settings.front_origin)
    assert path not in (await pages.ask("GET", "/admin/platforms", "root")).text
    page = await pages.ask("GET", path)
    assert page.status == 200
    assert "An invitation for M" in page.text


async def test_an_invitation_needs_a_title_and_there_are_not_too_many(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/admin/platforms/invitations"
    assert (await pages.ask("POST", path, "root", data={"title": " "})).status == 422
    monkeypatch.setattr(platform_invitations, "MOST", 1)
    assert (await pages.ask("POST", path, "root", data={"title": "M"})).status == 200
    assert (await pages.ask("POST", path, "root", data={"title": "M"})).status == 409
