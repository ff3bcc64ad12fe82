"""A platform registers itself: who is let, once, and what it is told when it goes wrong."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from proxy.core.credentials import hash_secret
from proxy.core.errors import Conflict
from proxy.store import platform_invitations, platforms
from proxy.store.platform_invitations import Invitation
from tests.auth.registering_platform import (
    TOKEN,
    RegisteringPlatform,
    running_registering_platform,
)
from tests.web.page_front import ORIGIN, Answer, Pages

CODE = "an-invitation-of-256-random-bits"


@pytest.fixture
async def platform() -> AsyncIterator[RegisteringPlatform]:
    async with running_registering_platform() as running:
        yield running


@pytest.fixture
async def invited(pages: Pages) -> Pages:
    """Somebody was invited, for a day."""
    invitation = Invitation(hash_secret(CODE), "Moodle of the school", pages.clock() + 86400)
    await pages.store.write(platform_invitations.add, invitation, pages.clock())
    return pages


def fields(platform: RegisteringPlatform, **changes: str) -> dict[str, str]:
    return {
        "invite": CODE,
        "openid_configuration": platform.address,
        "registration_token": TOKEN,
    } | changes


async def look(pages: Pages, wanted: dict[str, str]) -> Answer:
    return await pages.ask("GET", f"/lti/register?{urlencode(wanted)}")


async def press(pages: Pages, wanted: dict[str, str]) -> Answer:
    return await pages.ask("POST", "/lti/register", data=wanted)


async def test_to_look_asks_nobody_and_uses_nothing_up(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    seen = [await look(invited, fields(platform)) for _ in range(3)]
    page = seen[-1]
    assert [each.status for each in seen] == [200] * 3
    assert "Moodle of the school" in page.text
    assert platform.origin.removeprefix("http://") in page.text
    assert not platform.authorizations
    assert not await invited.store.read(platforms.list_all)


async def test_pressing_the_button_registers_each_with_the_other(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    page = await look(invited, fields(platform))
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    shown = {name: html.unescape(value) for name, value in found}
    assert shown == fields(platform)
    done = await press(invited, shown)
    assert done.status == 200, done.text
    assert "is registered" in done.text
    assert "<strong>Activate</strong>" in done.text  # what Moodle still waits for
    assert platform.origin in done.text  # what SIFU_LMS_ORIGINS lacks
    (kept,) = await invited.store.read(platforms.list_all)
    assert kept.entry.title == "Moodle of the school"
    assert (kept.entry.issuer, kept.entry.client) == (platform.origin, "client-1")
    assert kept.entry.deployments == ("7",)
    assert platform.asked[0]["redirect_uris"] == [f"{ORIGIN}/lti/launch"]


async def test_what_happened_is_an_event_without_anything_secret(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    with capture_logs() as logs:
        await look(invited, fields(platform))
        await press(invited, fields(platform))
        await press(invited, fields(platform))
    page = (await invited.ask("GET", "/api/events", "root", headers={"Accept": "*/*"})).text
    assert '"kind":"admin_platform_added"' in page
    assert '"by":"invitation"' in page
    for secret in (TOKEN, CODE):
        assert secret not in str(logs)
        assert secret not in page


async def test_a_platform_that_names_no_deployment_is_told_where_to_add_it(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    platform.answer = {"https://purl.imsglobal.org/spec/lti-tool-configuration": {}}
    done = await press(invited, fields(platform))
    assert done.status == 200
    assert "One thing is left" in done.text
    assert 'href="/admin/platforms"' in done.text
    (kept,) = await invited.store.read(platforms.list_all)
    assert kept.entry.deployments == ()
    page = (await invited.ask("GET", "/admin/platforms", "root")).text
    assert "no deployment yet" in page


async def test_an_invitation_holds_once(invited: Pages, platform: RegisteringPlatform) -> None:
    assert (await press(invited, fields(platform))).status == 200
    for again in (await press(invited, fields(platform)), await look(invited, fields(platform))):
        assert again.status == 403
        assert "used already" in again.text
    assert len(platform.asked) == 1


async def test_of_many_who_press_at_once_one_succeeds(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    done = await asyncio.gather(*(press(invited, fields(platform)) for _ in range(6)))
    assert sorted(each.status for each in done) == [200, 403, 403, 403, 403, 403]
    assert len(platform.asked) == 1
    assert len(await invited.store.read(platforms.list_all)) == 1


async def test_an_invitation_is_over_after_its_day(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    invited.clock.advance(86400)
    assert (await look(invited, fields(platform))).status == 403
    assert (await press(invited, fields(platform))).status == 403
    assert not platform.authorizations


@pytest.mark.parametrize("code", ["", "x", CODE[:-1], CODE + "x", "x" * 300, CODE.upper()])
async def test_who_was_not_invited_makes_us_ask_nobody(
    invited: Pages, platform: RegisteringPlatform, code: str
) -> None:
    wanted = fields(platform, invite=code)
    assert (await look(invited, wanted)).status == 403
    assert (await press(invited, wanted)).status == 403
    assert not platform.authorizations


async def test_a_part_that_comes_twice_is_refused(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    twice = urlencode([*fields(platform).items(), ("openid_configuration", "https://evil.example")])
    for page in (
        await invited.ask("GET", f"/lti/register?{twice}"),
        await invited.ask(
            "POST",
            "/lti/register",
            data=twice,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ):
        assert page.status == 400
    assert not platform.authorizations


@pytest.mark.parametrize(
    "address",
    [
        "http://moodle.example.org/openid",
        "https://user:word@moodle.example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//moodle.example.org",
        "https://moodle.example.org/\\x",
        "https://",
        "https://[::1",
        "x" * 3000,
    ],
)
async def test_an_address_that_may_not_be_asked_is_not(invited: Pages, address: str) -> None:
    wanted = {"invite": CODE, "openid_configuration": address}
    for page in (await look(invited, wanted), await press(invited, wanted)):
        assert page.status == 422
        assert "https://" in page.text
    # It was not used up.
    assert (await look(invited, {"invite": CODE})).status == 200


async def test_a_person_who_opens_the_invitation_is_told_what_it_is_for(invited: Pages) -> None:
    page = await look(invited, {"invite": CODE})
    assert page.status == 200
    assert "paste it there" in page.text
    assert "<form" not in page.text


@pytest.mark.parametrize(
    ("spoil", "status", "told"),
    [
        ({"describe": {"issuer": "https://canvas.instructure.com"}}, 422, "another host"),
        ({"describe": {"registration_endpoint": "ftp://x"}}, 422, "registration_endpoint"),
        ({"status": 401, "body": b"<b>token_already_used</b>"}, 502, "token_already_used"),
        ({"status": 500, "body": b"x" * 100_000}, 502, "status 500"),
        ({"answer": {"client_id": 7}}, 502, "no client id"),
        ({"answer": {"client_id": "a\nb"}}, 422, "client id"),
        ({"redirect": "https://evil.example/"}, 502, "status 302"),
        ({"document_body": b"x" * 300_000}, 502, "cannot be reached"),
    ],
)
async def test_what_goes_wrong_is_told_and_the_invitation_holds_on(
    invited: Pages, platform: RegisteringPlatform, spoil: dict[str, Any], status: int, told: str
) -> None:
    for name, value in spoil.items():
        setattr(platform, name, value)
    refused = await press(invited, fields(platform))
    assert (refused.status, told in html.unescape(refused.text)) == (status, True)
    assert "<b>token" not in refused.text
    assert ("Try again" in refused.text) == (status == 502)
    assert len(refused.text) < 10_000
    assert not await invited.store.read(platforms.list_all)
    for name in spoil:
        setattr(platform, name, getattr(RegisteringPlatform(), name))
    assert (await press(invited, fields(platform))).status == 200


async def test_an_invitation_outlives_a_failure_when_there_are_many_others(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    platform.hangs = asyncio.Event()
    platform.status = 500
    pressing = asyncio.create_task(press(invited, fields(platform)))
    while not platform.asked:
        await asyncio.sleep(0.01)
    with suppress(Conflict):
        for number in range(platform_invitations.MOST):
            other = Invitation(f"{number:064}", "Another", invited.clock() + 86400)
            await invited.store.write(platform_invitations.add, other, invited.clock())
    platform.hangs.set()
    assert (await pressing).status == 502
    assert (await look(invited, fields(platform))).status == 200


async def test_an_invitation_outlives_a_program_that_ends_while_it_is_used(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    await invited.store.write(platform_invitations.take, hash_secret(CODE), invited.clock())
    refused = await press(invited, fields(platform))
    assert refused.status == 403
    assert "in two minutes" in refused.text
    invited.clock.advance(platform_invitations.TAKEN_SECONDS)
    assert (await press(invited, fields(platform))).status == 200
    assert (await press(invited, fields(platform))).status == 403


async def test_who_lost_the_invitation_to_another_registers_nothing(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    platform.hangs = asyncio.Event()
    pressing = asyncio.create_task(press(invited, fields(platform)))
    while not platform.asked:
        await asyncio.sleep(0.01)
    later = invited.clock() + platform_invitations.TAKEN_SECONDS
    await invited.store.write(platform_invitations.take, hash_secret(CODE), later)
    platform.hangs.set()
    assert (await pressing).status == 403
    assert not await invited.store.read(platforms.list_all)


async def test_another_registration_is_never_overwritten(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    await press(invited, fields(platform))
    (first,) = await invited.store.read(platforms.list_all)
    again = Invitation(hash_secret("again"), "Another", invited.clock() + 86400)
    await invited.store.write(platform_invitations.add, again, invited.clock())
    platform.answer = {"client_id": "client-1"}
    platform.describe = {"jwks_uri": f"{platform.origin}/other-keys"}
    refused = await press(invited, fields(platform, invite="again"))
    assert refused.status == 409
    assert "registered here already" in refused.text
    assert await invited.store.read(platforms.list_all) == [first]


async def test_the_work_goes_to_its_end_when_the_browser_leaves(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    platform.hangs = asyncio.Event()
    asking = asyncio.create_task(press(invited, fields(platform)))
    while not platform.asked:
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.sleep(0.05)
    platform.hangs.set()
    async with asyncio.timeout(5):
        while not await invited.store.read(platforms.list_all):
            await asyncio.sleep(0.01)


async def test_the_page_may_stand_in_the_platforms_frame_or_window(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    for page in (
        await look(invited, fields(platform)),
        await look(invited, {"invite": "x"}),
        await press(invited, fields(platform)),
    ):
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors *")
        assert "unsafe" not in policy
        assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
        assert page.headers["Cache-Control"] == "no-store"


async def test_another_sites_page_cannot_press_the_button(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    refused = await invited.ask("POST", "/lti/register", data=fields(platform), headers=headers)
    assert refused.status == 403
    assert not platform.authorizations


async def test_a_script_is_answered_as_scripts_are(
    invited: Pages, platform: RegisteringPlatform
) -> None:
    wanted = fields(platform, invite="x")
    headers = {"Accept": "application/json"}
    refused = await invited.ask("POST", "/lti/register", data=wanted, headers=headers)
    assert refused.status == 403
    assert refused.headers["Content-Type"].startswith("application/problem+json")
