"""Columns, scores and members, with a platform as good or as hostile as it may be."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from proxy.auth import lti_services
from proxy.auth.lti_keys import LtiKeys
from proxy.auth.lti_services import ColumnWish, LtiServices, Roster
from proxy.auth.outward import open_client
from proxy.auth.platform_tokens import PlatformTokens
from proxy.core.lti_arrival import SCORE_SCOPE
from proxy.core.lti_messages import (
    LINE_ITEM_SCOPE,
    LINE_ITEMS_SCOPE,
    ScoreReport,
    line_item_body,
)
from proxy.core.lti_roles import CourseRole
from proxy.core.score_retry import ServiceFault
from tests.auth.lti_services_platform import PlatformServices, member, running_services
from tests.auth.people import CountedRandom
from tests.conftest import FakeClock

ALL = frozenset({LINE_ITEM_SCOPE, SCORE_SCOPE})
REPORT = ScoreReport("person-1", 8.0, 10.0, "Good", 1_800_000_000.25)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> LtiKeys:
    return LtiKeys(tmp_path_factory.mktemp("keys") / "keys.pem")


@pytest.fixture
def ours(keys: LtiKeys, clock: FakeClock) -> LtiServices:
    tokens = PlatformTokens(keys, open_client, clock, CountedRandom())
    return LtiServices(tokens, open_client)


def wish(services: PlatformServices, *, scopes: frozenset[str] = ALL, link: str = "link-1") -> Any:
    body = line_item_body("means", most=10, resource_link=link, course="stats", notebook="means")
    return ColumnWish(services.line_items, link, scopes, body)


async def test_a_column_is_made_once_and_then_found(keys: LtiKeys, ours: LtiServices) -> None:
    async with running_services(keys) as services:
        first = await ours.find_or_create_line_item(services.platform, wish(services))
        again = await ours.find_or_create_line_item(services.platform, wish(services))
        assert first == again == f"{services.origin}/course/7/items/0?type=1"
        (made,) = services.columns
        assert (made["label"], made["scoreMaximum"], made["tag"]) == ("means", 10, "sifu")
        assert made["resourceLinkId"] == "link-1"


async def test_a_column_of_another_link_is_not_taken(keys: LtiKeys, ours: LtiServices) -> None:
    async def all_of_them(request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return await services._line_items(request)
        return web.json_response(services.columns)

    async with running_services(keys) as services:
        services.instead["lineitems"] = all_of_them
        services.columns = [{"id": f"{services.origin}/items/9", "resourceLinkId": "link-2"}]
        got = await ours.find_or_create_line_item(services.platform, wish(services))
        assert got == f"{services.origin}/course/7/items/1?type=1"


async def test_where_we_may_only_read_none_is_made(keys: LtiKeys, ours: LtiServices) -> None:
    async with running_services(keys) as services:
        only = wish(services, scopes=frozenset({LINE_ITEMS_SCOPE}))
        services.instead["lineitems"] = lambda request: plain([])
        got = await ours.find_or_create_line_item(services.platform, only)
        assert isinstance(got, ServiceFault)
        assert got.is_final
        assert "names no column" in got.sentence
        none = wish(services, scopes=frozenset({SCORE_SCOPE}))
        got = await ours.find_or_create_line_item(services.platform, none)
        assert isinstance(got, ServiceFault)
        assert services.count("lineitems") == 1


async def plain(value: Any, **headers: str) -> web.Response:
    return web.json_response(value, headers=headers)


async def test_a_column_elsewhere_is_not_believed(keys: LtiKeys, ours: LtiServices) -> None:
    evil = {"id": "https://evil.example/items/1", "resourceLinkId": "link-1"}
    async with running_services(keys) as services:
        services.instead["lineitems"] = lambda request: plain(
            evil if request.method == "POST" else [evil]
        )
        got = await ours.find_or_create_line_item(services.platform, wish(services))
        assert isinstance(got, ServiceFault)


async def test_a_score_arrives_as_the_specification_wants_it(
    keys: LtiKeys, ours: LtiServices
) -> None:
    async with running_services(keys) as services:
        address = f"{services.origin}/course/7/items/0?type=1"
        assert await ours.post_score(services.platform, address, REPORT) is None
        (score,) = services.scores
        assert score == {
            "userId": "person-1",
            "scoreGiven": 8.0,
            "scoreMaximum": 10.0,
            "comment": "Good",
            "timestamp": "2027-01-15T08:00:00.250Z",
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "column": "/course/7/items/0",
        }


async def test_a_token_that_has_ended_is_asked_for_once_anew(
    keys: LtiKeys, ours: LtiServices
) -> None:
    async with running_services(keys) as services:
        address = f"{services.origin}/course/7/items/0?type=1"
        await ours.post_score(services.platform, address, REPORT)
        services.tokens.clear()
        assert await ours.post_score(services.platform, address, REPORT) is None
        assert services.count("token") == 2
        assert len(services.scores) == 2


async def test_a_platform_that_takes_no_token_is_asked_twice_and_no_more(
    keys: LtiKeys, ours: LtiServices
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=401)

    async with running_services(keys) as services:
        services.instead["scores"] = refuse
        got = await ours.post_score(services.platform, f"{services.origin}/items/0", REPORT)
        assert isinstance(got, ServiceFault)
        assert not got.is_final
        assert services.count("scores") == 2


async def test_an_old_token_that_is_forbidden_is_asked_for_once_anew(
    keys: LtiKeys, ours: LtiServices
) -> None:
    """Open edX says 403 to a token that it does not know any more."""
    async with running_services(keys) as services:

        async def take_newest(request: web.Request) -> web.StreamResponse:
            is_newest = (
                request.headers["Authorization"] == f"Bearer token-{len(services.tokens) - 1}"
            )
            return await services._score(request) if is_newest else web.Response(status=403)

        services.instead["scores"] = take_newest
        address = f"{services.origin}/course/7/items/0?type=1"
        assert await ours.post_score(services.platform, address, REPORT) is None
        services.tokens["token-1"] = set()
        assert await ours.post_score(services.platform, address, REPORT) is None
        assert services.count("token") == 2


async def test_what_is_forbidden_with_a_fresh_token_is_refused_for_good(
    keys: LtiKeys, ours: LtiServices
) -> None:
    async def forbid(_: web.Request) -> web.Response:
        return web.Response(status=403)

    async with running_services(keys) as services:
        services.instead["scores"] = forbid
        got = await ours.post_score(services.platform, f"{services.origin}/items/0", REPORT)
        assert isinstance(got, ServiceFault)
        assert (got.is_final, got.status) == (True, 403)
        assert services.count("scores") == 2


async def test_members_come_page_by_page(keys: LtiKeys, ours: LtiServices) -> None:
    async with running_services(keys) as services:
        services.members = [
            member("t", "Tess", "Instructor"),
            member("a", "Ann"),
            member("a", "Ann"),
            member("b", status="Inactive"),
            member("c", given_name="Cee", family_name="Dee"),
        ]
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, Roster)
        assert got.is_whole
        assert [(each.subject, each.name, each.role) for each in got.members] == [
            ("t", "Tess", CourseRole.TEACHER),
            ("a", "Ann", CourseRole.STUDENT),
            ("c", "Cee Dee", CourseRole.STUDENT),
        ]
        assert services.count("members") == 3


async def test_a_list_without_end_is_bounded(keys: LtiKeys, ours: LtiServices) -> None:
    async def endless(request: web.Request) -> web.Response:
        number = int(request.query.get("page", "0"))
        link = f"<{services.members_url}?page={number + 1}>; rel=next"
        return await plain({"members": [member(f"m{number}")]}, Link=link)

    async with running_services(keys) as services:
        services.instead["members"] = endless
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, Roster)
        assert not got.is_whole
        assert len(got.members) == services.count("members") == lti_services.MOST_PAGES


async def test_too_many_members_are_cut(
    keys: LtiKeys, ours: LtiServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lti_services, "MOST_MEMBERS", 3)
    async with running_services(keys) as services:
        services.members = [member(f"m{number}") for number in range(9)]
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, Roster)
        assert (len(got.members), got.is_whole) == (3, False)


@pytest.mark.parametrize(
    "link",
    [
        "<https://evil.example/members>; rel=next",
        "<http://169.254.169.254/latest/meta-data>; rel=next",
        "<//evil.example/members>; rel=next",
        "<http://127.0.0.1:1/members>; rel=next",
        "<https://127.0.0.1/members>; rel=next",
        "<file:///etc/passwd>; rel=next",
        "<\\\\evil.example>; rel=next",
        "<http://[::1>; rel=next",
        "<>; rel=next",
        "<?>; rel=next",
    ],
)
async def test_a_page_leads_nowhere_else(keys: LtiKeys, ours: LtiServices, link: str) -> None:
    async with running_services(keys) as services:
        services.instead["members"] = lambda _: plain({"members": [member("a")]}, Link=link)
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, ServiceFault), link
        assert services.count("members") <= 2


@pytest.mark.parametrize("value", [[], {}, {"members": {}}, {"members": "a"}, 7, None, "a"])
async def test_what_is_no_list_of_members_is_a_sentence(
    keys: LtiKeys, ours: LtiServices, value: object
) -> None:
    async with running_services(keys) as services:
        services.instead["members"] = lambda _: plain(value)
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, ServiceFault)
        assert got.sentence == "What Campus answered cannot be read."


async def test_pages_that_drip_have_an_end(
    keys: LtiKeys, ours: LtiServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lti_services, "PATIENCE_SECONDS", 0.2)

    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        number = int(request.query.get("page", "0"))
        link = f"<{services.members_url}?page={number + 1}>; rel=next"
        return await plain({"members": []}, Link=link)

    async with running_services(keys) as services:
        services.instead["members"] = slow
        got = await ours.list_members(services.platform, services.members_url)
        assert isinstance(got, ServiceFault)
        assert services.count("members") < 6
