"""Launches in frames: what the platform's storage keeps, what a page may tell, empty frames."""

import asyncio
from html import unescape
from re import search
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from proxy.core.slugs import make_slug
from tests.core.launches import LTI, bad_launches
from tests.web.launched import refused
from tests.web.lti_platform import (
    COURSE,
    Begun,
    Classroom,
    begun,
)
from tests.web.page_front import Answer

ANN = make_slug("Ann Lee")
NOTEBOOK = "lab/tree/statistics/week%201/means.ipynb"
BAD = bad_launches()


async def test_two_frames_without_any_cookie_take_nothing_from_each_other(
    room: Classroom,
) -> None:
    page: dict[str, Any] = {"dest": "iframe", "cookie": ""}
    ways = []
    for _ in range(2):
        said = room.platform.login(lti_storage_target="_parent")
        answer = await room.ask("POST", "/lti/login", data=said, dest="iframe")
        assert answer.status == 200
        ways.append(begun_by_page(answer))
    tokens = [
        room.platform.sign(room.platform.claims(way.nonce, **{LTI + "custom": COURSE}))
        for way in ways
    ]
    asking = await asyncio.gather(
        *(room.send(way, token, **page) for way, token in zip(ways, tokens, strict=True))
    )
    assert all('data-lti="recall"' in answer.text for answer in asking)
    # What another site's page tells of a secret counts for nothing, be it right or not.
    for way in ways:
        told = await room.send(ways[0], tokens[0], form={"secret": secret_of(way)}, **page)
        await refused(room, told, "browser")
    # Our own page is told the other's secret first, which brings nobody in.
    page |= {"headers": {"Sec-Fetch-Site": "same-origin"}}
    crossed = await room.send(ways[0], tokens[0], form={"secret": secret_of(ways[1])}, **page)
    await refused(room, crossed, "state: another browser")
    answers = await asyncio.gather(
        *(
            room.send(way, token, form={"secret": secret_of(way)}, **page)
            for way, token in zip(ways, tokens, strict=True)
        )
    )
    for answer in answers:
        assert answer.status == 303
        assert answer.location.startswith(f"/lti/arrived?to=%2Fopen%2F{ANN}%2Fhome%2Flab")


async def test_the_storage_is_asked_once(room: Classroom) -> None:
    said = room.platform.login(lti_storage_target="_parent")
    answer = await room.ask("POST", "/lti/login", data=said, dest="iframe")
    way = begun_by_page(answer)
    token = room.platform.sign(room.platform.claims(way.nonce))
    answer = await room.send(way, token, "", form={"secret": ""}, dest="iframe")
    await refused(room, answer, "browser")


async def test_without_storage_and_without_a_cookie_nobody_comes_in(room: Classroom) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    await refused(room, await room.send(way, token, ""), "browser")
    # Nor by a secret of the form, where no storage was asked for.
    ours = {"Sec-Fetch-Site": "same-origin"}
    answer = await room.send(way, token, "", form={"secret": "x" * 43}, headers=ours)
    await refused(room, answer, "browser")


@pytest.mark.parametrize("origin", ["notebook", "null"])
async def test_a_notebooks_page_launches_nobody_even_with_a_planted_cookie(
    room: Classroom, origin: str
) -> None:
    way = await room.login()
    token = room.platform.sign(room.platform.claims(way.nonce))
    said = room.pages.settings.notebook_origin if origin == "notebook" else "null"
    for dest in ("document", "iframe", "empty"):
        answer = await room.send(
            way, token, dest=dest, origin=said, headers={"Sec-Fetch-Site": "same-site"}
        )
        await refused(room, answer, "browser")
    assert (await room.send(way, token)).status == 303


async def test_a_frame_that_stays_empty_is_told_to_the_operator(room: Classroom) -> None:
    answer = await room.launch(dest="iframe")
    assert answer.status == 303
    assert await room.reasons() == [f"frame {room.platform.address}"]


async def test_a_frame_of_a_listed_page_is_nothing_to_tell(room: Classroom) -> None:
    way = await room.login(dest="iframe", cookie="__Host-sifu-flow-try=1")
    token = room.platform.sign(room.platform.claims(way.nonce))
    lms = "https://lms.example.org"
    assert (await room.send(way, token, dest="iframe", origin=lms)).status == 303
    assert await room.reasons() == []


async def test_a_page_of_another_origin_than_its_platform_is_told_by_its_own(
    room: Classroom,
) -> None:
    path = f"/lti/login?{urlencode(room.platform.login())}"
    headers = {"Referer": "https://other.example/course"}
    cookie = "__Host-sifu-flow-try=1"
    answer = await room.ask("GET", path, cookie, dest="iframe", headers=headers)
    way = begun(answer, answer.location)
    assert await room.reasons() == []
    token = room.platform.sign(room.platform.claims(way.nonce))
    lms = "https://lms.example.org"
    assert (await room.send(way, token, dest="iframe", origin=lms)).status == 303
    assert await room.reasons() == ["frame https://other.example"]


def begun_by_page(answer: Answer) -> Begun:
    """Read a login's way on from the page that stores the secret first; cookies are not kept."""
    found = search(r'data-onward="([^"]*)"', answer.text)
    assert found is not None
    query = urlsplit(unescape(found[1])).query
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    return Begun(asked, "", answer)


def secret_of(way: Begun) -> str:
    found = search(r'data-secret="([^"]*)"', way.answer.text)
    assert found is not None
    return found[1]
