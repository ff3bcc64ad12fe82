"""Signing in at another service, with a browser of our own: state, cookies, events, accounts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import select

from proxy.auth.oidc import Oidc
from proxy.auth.outward import open_client
from proxy.auth.providers import ReadyProviders, SignInProvider
from proxy.core.allow_rules import AllowRules, People
from proxy.core.events import EventKind
from proxy.core.oidc import Client
from proxy.store import events, users
from proxy.store.database import Store
from proxy.store.events import Wanted
from proxy.store.tables import used_codes
from proxy.web import keys
from proxy.web.audit import REFUSAL_RATE
from tests.auth.openid_provider import CLIENT_ID, Provider, running_provider
from tests.conftest import FakeClock
from tests.web.page_front import ORIGIN, Answer, Pages, run_pages
from tests.web.test_audit import noted

RULES = AllowRules(
    people=People(domains=frozenset({"example.org"})), admins=People(groups=frozenset({"ops"}))
)


@dataclass
class School:
    """A front and the service that vouches for its people."""

    pages: Pages
    provider: Provider

    async def set_out(self, way_on: str = "/open/ann/home/lab", name: str = "school") -> Answer:
        return await self.pages.ask("GET", f"/oidc/{name}/sign-in?next={quote(way_on)}")

    async def come_back(self, way: Answer, cookie: str | None = None, **who: Any) -> Answer:
        known = {"email": "ann@example.org", "email_verified": True, "preferred_username": "ann"}
        code = self.provider.authorize(way.location, **(known | who))
        return await self.back(f"code={code}&state={state_of(way)}", cookie or cookie_of(way))

    async def back(self, query: str, cookie: str = "", name: str = "school") -> Answer:
        # The browser comes from another site.
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "null", "Accept": "text/html"}
        if cookie:
            headers["Cookie"] = cookie
        return await self.pages.ask_bare("GET", f"/oidc/{name}/back?{query}", headers=headers)

    async def reasons(self) -> list[str]:
        events = await noted(self.pages, EventKind.SIGN_IN_FAILED)
        return [each.about["reason"] for each in events]


def state_of(way: Answer) -> str:
    return parse_qs(urlsplit(way.location).query)["state"][0]


def cookie_of(way: Answer) -> str:
    (cookie,) = way.cookies
    return cookie.partition(";")[0]


@pytest.fixture
async def school(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[School]:
    async with running_provider(clock) as provider:
        client = Client(CLIENT_ID, "hush", f"{ORIGIN}/oidc/school/back")
        named = {
            name: SignInProvider(
                name,
                f"Sign in with {name}",
                RULES,
                Oidc(provider.issuer, client, open_client, clock),
            )
            for name in ("school", "other")
        }
        async with run_pages(store, clock, tmp_path, providers=ReadyProviders(named)) as pages:
            yield School(pages, provider)


async def test_the_sign_in_page_offers_it_and_keeps_the_way_on(school: School) -> None:
    page = await school.pages.ask("GET", "/sign-in?next=/open/ann/home/lab?a=1%26b=2")
    assert "Sign in with school" in page.text
    assert 'href="/oidc/school/sign-in?next=/open/ann/home/lab%3Fa%3D1%26b%3D2"' in page.text


async def test_who_signs_in_there_is_signed_in_here_and_goes_on(school: School) -> None:
    way = await school.set_out()
    assert way.location.startswith(f"{school.provider.issuer}/authorize?")
    answer = await school.come_back(way)
    assert (answer.status, answer.location) == (303, "/open/ann/home/lab")
    session = next(each for each in answer.cookies if each.startswith("sifu="))
    home = await school.pages.ask("GET", "/", headers={"Cookie": session.partition(";")[0]})
    assert "Hello, ann" in home.text
    # The cookie of the way is gone.
    assert any("sifu-flow-" in each and "Max-Age=0" in each for each in answer.cookies)


async def test_the_same_person_keeps_the_account_under_another_address(school: School) -> None:
    await school.come_back(await school.set_out())
    before = len(await school.pages.store.read(users.list_all))
    answer = await school.come_back(
        await school.set_out(), email="ann.lee@example.org", preferred_username="ann.lee"
    )
    assert answer.status == 303
    assert len(await school.pages.store.read(users.list_all)) == before


async def test_an_address_of_somebody_here_gives_nobody_their_account(school: School) -> None:
    answer = await school.come_back(await school.set_out(), preferred_username="root")
    assert answer.status == 303
    everybody = await school.pages.store.read(users.list_all)
    (added,) = [each for each in everybody if each.name.startswith("root-")]
    assert not added.is_admin


async def test_roles_follow_the_rules(school: School) -> None:
    await school.come_back(await school.set_out(), groups=["ops"])
    found = await school.pages.store.read(users.find, "ann")
    assert found is not None
    assert found.is_admin
    await school.come_back(await school.set_out(), groups=[])
    found = await school.pages.store.read(users.find, "ann")
    assert found is not None
    assert not found.is_admin


async def test_who_is_not_allowed_stays_out_and_it_is_noted(school: School) -> None:
    for email, verified in (("ann@evil.example", True), ("ann@example.org", False)):
        way = await school.set_out()
        answer = await school.come_back(way, email=email, email_verified=verified)
        assert answer.status == 403
        assert "does not let that account in" in answer.text
    assert await school.reasons() == ["not_allowed"] * 2


async def test_another_browsers_way_back_is_refused(school: School) -> None:
    ours, theirs = await school.set_out(), await school.set_out()
    assert (await school.come_back(ours, cookie="sifu-nothing=1")).status == 403
    assert (await school.come_back(ours, cookie=cookie_of(theirs))).status == 403
    name = cookie_of(ours).partition("=")[0]
    assert (await school.come_back(ours, cookie=f"{name}=another-secret")).status == 403
    doubled = f"{cookie_of(ours)}; {name}=planted"
    assert (await school.come_back(ours, cookie=doubled)).status == 403
    assert await school.reasons() == [
        "state: no browser",
        "state: no browser",
        "state: another browser",
        "state: no browser",
    ]


async def test_who_has_no_good_code_writes_nothing(school: School) -> None:
    way = await school.set_out()
    for query in ("", "&code=junk", "&error=access_denied"):
        await school.back(f"state={state_of(way)}{query}", cookie_of(way))
    used = select(used_codes)
    assert not await school.pages.store.read(lambda c: c.execute(used).all())


async def test_a_flood_of_refusals_does_not_drown_the_events(school: School) -> None:
    for _ in range(REFUSAL_RATE.burst + 20):
        await school.back("code=x")
    assert len(await noted_all(school)) == REFUSAL_RATE.burst
    school.pages.clock.now += 61
    await school.back("code=x")
    assert len(await noted_all(school)) == REFUSAL_RATE.burst + 1


async def noted_all(school: School) -> list[object]:
    await school.pages.app[keys.EVENTS].write()
    wanted = Wanted(kind=EventKind.SIGN_IN_FAILED)
    return list(await school.pages.store.read(events.find_after, wanted, 0, limit=1000))


async def test_what_looks_ahead_does_not_set_out(school: School) -> None:
    headers = {"Sec-Purpose": "prefetch"}
    answer = await school.pages.ask("GET", "/oidc/school/sign-in", headers=headers)
    assert (answer.status, answer.cookies) == (503, [])


async def test_a_way_is_ended_once(school: School) -> None:
    way = await school.set_out()
    assert (await school.come_back(way)).status == 303
    assert (await school.come_back(way)).status == 403
    assert await school.reasons() == ["state: used before"]


async def test_a_way_that_took_too_long_is_begun_again(school: School) -> None:
    way = await school.set_out()
    school.pages.clock.now += 620
    assert (await school.come_back(way)).status == 403
    assert await school.reasons() == ["state: expired"]


async def test_a_state_of_another_service_is_refused(school: School) -> None:
    way = await school.set_out()
    query = f"code=x&state={state_of(way)}"
    assert (await school.back(query, cookie_of(way), name="other")).status == 403
    assert await school.reasons() == ["state: of another service"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "state: none, or several"),
        ("code=x", "state: none, or several"),
        ("code=x&state=nonsense", "state: not signed by us for this purpose"),
        ("code=x&state={state}&state={state}", "state: none, or several"),
        ("state={state}", "no_code"),
        ("state={state}&error=access_denied&error_description=<b>evil</b>", "no_code"),
        ("code=a&code=b&state={state}", "no_code"),
        ("code=" + "a" * 4097 + "&state={state}", "no_code"),
        ("code=wrong&state={state}", "no_token invalid_grant"),
    ],
)
async def test_a_bad_way_back_has_its_word(school: School, query: str, word: str) -> None:
    way = await school.set_out()
    answer = await school.back(query.format(state=state_of(way)), cookie_of(way))
    assert answer.status == 403
    assert "evil" not in answer.text
    assert await school.reasons() == [word]


@pytest.mark.parametrize("changes", [{"nonce": "x"}, {"aud": "x"}, {"iss": "https://x.example"}])
async def test_a_bad_token_has_its_word(school: School, changes: dict[str, str]) -> None:
    school.provider.spoil = lambda claims: claims | changes
    assert (await school.come_back(await school.set_out())).status == 403
    words = {"nonce": "nonce", "aud": "audience", "iss": "issuer"}
    assert await school.reasons() == [words[next(iter(changes))]]


async def test_a_service_that_is_away_is_said_to_be(school: School) -> None:
    school.provider.describe = {"issuer": "https://evil.example"}
    answer = await school.set_out()
    assert answer.status == 502
    assert "cannot be reached" in answer.text


async def test_two_tabs_that_set_out_do_not_take_each_others_cookie(school: School) -> None:
    one, two = await school.set_out("/open/ann/home/a"), await school.set_out("/open/ann/home/b")
    both = f"{cookie_of(one)}; {cookie_of(two)}"
    assert (await school.come_back(two, cookie=both)).location == "/open/ann/home/b"
    assert (await school.come_back(one, cookie=both)).location == "/open/ann/home/a"


async def test_a_browser_keeps_a_few_dozen_ways_at_most(school: School) -> None:
    jar: list[str] = []
    for _ in range(40):
        headers = {"Cookie": "; ".join(jar)} if jar else {}
        answer = await school.pages.ask("GET", "/oidc/school/sign-in", headers=headers)
        gone = {c.partition("=")[0] for c in answer.cookies if "Max-Age=0" in c}
        jar = [each for each in jar if each.partition("=")[0] not in gone]
        jar += [c.partition(";")[0] for c in answer.cookies if "Max-Age=0" not in c]
    assert len(jar) == 30


async def test_a_name_that_nobody_has_is_not_found(school: School) -> None:
    assert (await school.set_out(name="nobody")).status == 404
    assert (await school.back("code=x&state=y", name="nobody")).status == 404


async def test_no_secret_is_in_an_address(school: School) -> None:
    way = await school.set_out()
    secret = cookie_of(way).partition("=")[2]
    assert secret not in way.location
    assert "hush" not in way.location


async def test_a_folder_that_is_there_is_nobodys_who_is_called_like_it(school: School) -> None:
    (school.pages.app[keys.SETTINGS].notebooks / "eve").mkdir(parents=True)
    await school.come_back(
        await school.set_out(), email="eve@example.org", preferred_username="eve"
    )
    assert await school.pages.store.read(users.find, "eve") is None
    assert await school.pages.store.read(users.find, "eve-2") is not None
