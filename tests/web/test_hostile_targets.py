"""Hundreds of texts that would lead elsewhere, wherever an address of ours takes one."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urljoin, urlsplit

import jwt
import pytest

from proxy.auth.oidc import Oidc
from proxy.auth.outward import open_client
from proxy.auth.providers import Portal, ReadyProviders, SignInProvider
from proxy.core.allow_rules import AllowRules
from proxy.core.launch_link import Consumer
from proxy.core.oidc import Client
from proxy.store.database import Store
from tests.auth.openid_provider import CLIENT_ID, Provider, running_provider
from tests.auth.people import PASSWORD
from tests.conftest import FakeClock
from tests.hostile_targets import hostile_targets
from tests.web.page_front import NOTEBOOK_PORT, ORIGIN, PORT, Answer, Pages, run_pages

HOSTILE = list(hostile_targets())
KEY = b"k" * 32
OURS = {f"127.0.0.1:{PORT}", f"127.0.0.1:{NOTEBOOK_PORT}"}


@pytest.fixture
async def provider(clock: FakeClock) -> AsyncIterator[Provider]:
    async with running_provider(clock) as running:
        yield running


@pytest.fixture
async def pages(
    provider: Provider, store: Store, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Pages]:
    client = Client(CLIENT_ID, "hush", f"{ORIGIN}/oidc/school/back")
    service = Oidc(provider.issuer, client, open_client, clock)
    providers = ReadyProviders(
        services={"school": SignInProvider("school", "School", AllowRules(True), service)},
        portals={"portal": Portal(Consumer("portal"), (KEY,))},
    )
    async with run_pages(store, clock, tmp_path, providers=providers) as running:
        yield running


def lands(location: str) -> str:
    """Return the host where a browser goes: it drops blanks and reads `\\` as `/`."""
    seen = re.sub(r"[\t\n\r]", "", location).strip("".join(map(chr, range(33))))
    there = urlsplit(urljoin(ORIGIN + "/sign-in", seen.replace("\\", "/")))
    return there.netloc if there.scheme == "http" else f"{there.scheme}:"


def stays(answer: Answer) -> bool:
    """Is this no way off our origins?"""
    location = answer.headers.get("Location")
    return location is None or (location.isascii() and lands(location) in OURS)


def query(**values: str) -> str:
    return urlencode(values, errors="replace")


def test_the_browser_of_these_tests_is_led_off_where_a_browser_is() -> None:
    for text in ("//evil", "/\\evil", "/\t/evil", " https://evil", "https:evil", "javascript:x"):
        assert lands(text) not in OURS
    assert lands("/open/ann/home") in OURS
    assert len(set(HOSTILE)) >= 300


async def test_after_a_sign_in(pages: Pages) -> None:
    for hostile in HOSTILE:
        signed_in = await pages.ask("GET", f"/sign-in?{query(next=hostile)}", "ada")
        assert signed_in.status == 303
        assert stays(signed_in), hostile
    for hostile in HOSTILE[::10]:
        form = {"name": "ada", "password": PASSWORD, "next": hostile}
        answer = await pages.ask("POST", "/sign-in", data=query(**form), headers=FORM)
        assert answer.status in {303, 429}
        assert stays(answer), hostile


FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": "203.0.113.7"}


async def test_after_a_sign_in_elsewhere(pages: Pages, provider: Provider) -> None:
    for hostile in HOSTILE:
        way = await pages.ask("GET", f"/oidc/school/sign-in?{query(next=hostile)}")
        assert way.location.startswith(f"{provider.issuer}/authorize?")
        code = provider.authorize(way.location, name="ann")
        state = parse_qs(urlsplit(way.location).query)["state"][0]
        headers = {"Cookie": way.cookies[-1].partition(";")[0]}
        answer = await pages.ask(
            "GET", f"/oidc/school/back?code={code}&state={state}", headers=headers
        )
        assert answer.status == 303
        assert stays(answer), hostile


async def test_a_signed_links_course_and_notebook(pages: Pages) -> None:
    now = pages.clock()
    for number, hostile in enumerate(HOSTILE):
        for place in ({"course": hostile}, {"course": "stats", "notebook": hostile}):
            claims = {"iss": "portal", "aud": ORIGIN, "sub": "eve", "iat": now, "exp": now + 60}
            try:
                text = jwt.encode(claims | place | {"jti": f"{number}-{len(place)}"}, KEY)
            except UnicodeEncodeError:
                continue
            answer = await pages.ask("GET", f"/launch?jwt={text}")
            assert answer.status in {303, 403}
            assert stays(answer), hostile
            if answer.status == 303:
                assert answer.location.startswith("/open/eve/home/lab/tree/")
                assert not re.search(r"/\.{0,2}(/|$)", answer.location.removeprefix("/"))


async def test_an_address_of_a_portal(pages: Pages) -> None:
    for hostile in HOSTILE:
        text = quote(hostile, safe="/", errors="replace")
        for path in (f"{text}/a/ada", f"stats/{text}/ada", f"stats/a/{text}"):
            answer = await pages.ask("GET", f"/ipythonExercice/{path}", "ada")
            assert answer.status in {303, 400, 404}
            assert stays(answer), hostile


async def test_the_way_on_from_a_start(pages: Pages) -> None:
    for hostile in HOSTILE:
        page = await pages.ask("GET", f"/start/ada/home?{query(next=hostile)}", "ada")
        assert page.status in {200, 303, 400}
        assert stays(page), hostile
        for way in re.findall(r'data-way-on="([^"]*)"', page.text):
            assert lands(way) in OURS, hostile
