import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import jwt
import pytest

from proxy.auth.oidc import Oidc
from proxy.core.errors import Forbidden, UpstreamBroken
from proxy.core.id_token import hash_of
from proxy.core.oidc import Client
from tests.auth.issuers import client, new_key, published, signed
from tests.auth.openid_provider import CLIENT_ID, Provider, running_provider
from tests.conftest import FakeClock

BACK = "https://sifu.example.org/oidc/school/back"
BROWSER, FLOW = "the-browsers-secret", "f1"
OTHER_KEY = new_key()


@pytest.fixture
async def provider(clock: FakeClock) -> AsyncIterator[Provider]:
    async with running_provider(clock) as running:
        yield running


@pytest.fixture
def oidc(provider: Provider, clock: FakeClock) -> Oidc:
    return Oidc(provider.issuer, Client(CLIENT_ID, "hush", BACK), client, clock)


async def sign_in(oidc: Oidc, provider: Provider, **who: Any) -> Any:
    code = provider.authorize(await oidc.way_out("state", BROWSER, FLOW), **who)
    return await oidc.redeem(code, BROWSER, FLOW, None)


async def test_who_signs_in_there_is_known_here(oidc: Oidc, provider: Provider) -> None:
    found = await sign_in(
        oidc, provider, name="Ann Lee", email="ann@example.org", email_verified=True
    )
    assert (found.issuer, found.subject) == (provider.issuer, "248289")
    assert (found.name, found.email, found.is_email_verified) == (
        "Ann Lee",
        "ann@example.org",
        True,
    )
    assert "hush" not in str(provider.forms)  # it goes in a header


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"iss": "https://evil.example"}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": [CLIENT_ID, "another"]}, "authorized_party"),
        ({"azp": "another"}, "authorized_party"),
        ({"nonce": "of another browser"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "times"),
        ({"exp": 4_000_000_000}, "lifetime"),
        ({"iat": 1_800_001_000}, "early"),
        ({"iat": 1_799_990_000}, "old"),
        ({"at_hash": hash_of("another token", "RS256")}, "access_token"),
        ({"sub": ""}, "subject"),
        ({"sub": None}, "subject"),
    ],
)
async def test_a_token_with_one_thing_wrong_is_refused_by_its_word(
    oidc: Oidc, provider: Provider, changes: dict[str, Any], word: str
) -> None:
    provider.spoil = lambda claims: claims | changes
    with pytest.raises(Forbidden) as refusal:
        await sign_in(oidc, provider)
    assert refusal.value.detail == word
    assert "Try again" in refusal.value.public


def by_shared_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "hush" * 8, algorithm="HS256", headers={"kid": "k1"})


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none") + "AAAA"


@pytest.mark.parametrize(
    ("sign", "word"),
    [
        (by_shared_secret, "algorithm"),
        (unsigned, "algorithm"),
        (lambda claims: signed(OTHER_KEY, "k1", claims), "signature"),
        (lambda claims: signed(OTHER_KEY, "k2", claims), "key"),
        (
            lambda claims: signed(OTHER_KEY, "k1", claims, jku="https://evil.example"),
            "key_reference",
        ),
        (
            lambda claims: signed(OTHER_KEY, "k1", claims, x5u="https://evil.example"),
            "key_reference",
        ),
        (lambda claims: signed(OTHER_KEY, "k1", claims, jwk={"kty": "RSA"}), "key_reference"),
        (lambda claims: "a.b", "not_compact"),
        (lambda claims: "x" * 40_000, "too_long"),
    ],
)
async def test_a_token_that_is_not_the_issuers_is_refused_by_its_word(
    oidc: Oidc, provider: Provider, sign: Callable[[dict[str, Any]], str], word: str
) -> None:
    provider.sign = sign
    with pytest.raises(Forbidden) as refusal:
        await sign_in(oidc, provider)
    assert refusal.value.detail == word


async def test_a_key_that_changes_between_is_found(
    oidc: Oidc, provider: Provider, clock: FakeClock
) -> None:
    await sign_in(oidc, provider)
    clock.advance(60)
    provider.keys = [published(OTHER_KEY, "k2")]
    provider.sign = lambda claims: signed(OTHER_KEY, "k2", claims)
    assert (await sign_in(oidc, provider)).subject == "248289"


async def test_a_code_is_worth_nothing_to_another_browser_or_twice(
    oidc: Oidc, provider: Provider
) -> None:
    code = provider.authorize(await oidc.way_out("state", BROWSER, FLOW))
    with pytest.raises(Forbidden, match="not signed in") as refusal:
        await oidc.redeem(code, "another browser", FLOW, None)
    assert refusal.value.detail == "no_token invalid_grant"
    with pytest.raises(Forbidden):
        await oidc.redeem(code, BROWSER, FLOW, None)


@pytest.mark.parametrize("answer", [{}, {"id_token": 7}, {"error": "x" * 500}])
async def test_an_answer_without_a_token_signs_nobody_in(
    oidc: Oidc, provider: Provider, answer: dict[str, Any]
) -> None:
    provider.answer = answer
    with pytest.raises(Forbidden) as refusal:
        await sign_in(oidc, provider)
    assert len(refusal.value.detail) <= 100


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
async def test_an_issuer_that_describes_itself_badly_is_not_used(
    oidc: Oidc, provider: Provider, changes: dict[str, Any]
) -> None:
    provider.describe = changes
    with pytest.raises(UpstreamBroken):
        await oidc.way_out("state", BROWSER, FLOW)


async def test_an_issuer_that_is_away_is_told_and_what_was_known_goes_on(
    provider: Provider, oidc: Oidc, clock: FakeClock
) -> None:
    before = await oidc.way_out("state", BROWSER, FLOW)
    provider.describe = {"issuer": "https://evil.example"}
    clock.advance(4000)
    assert await oidc.way_out("state", BROWSER, FLOW) == before
    away = Oidc("http://127.0.0.1:9", Client(CLIENT_ID, "", BACK), client, clock)
    with pytest.raises(UpstreamBroken, match="cannot be reached"):
        await away.way_out("state", BROWSER, FLOW)


async def test_an_issuer_that_hangs_is_asked_once_and_nobody_stands_in_line(
    provider: Provider, oidc: Oidc, clock: FakeClock
) -> None:
    asked = provider.described
    ways = await asyncio.gather(*(oidc.way_out("state", BROWSER, FLOW) for _ in range(20)))
    assert (len(set(ways)), provider.described - asked) == (1, 1)
    provider.hold.clear()
    clock.advance(4000)
    looking = asyncio.ensure_future(oidc.way_out("state", BROWSER, FLOW))
    while not oidc._describing.locked():
        await asyncio.sleep(0)
    # One looks again; the others go on with what is known.
    assert await oidc.way_out("state", BROWSER, FLOW) == ways[0]
    provider.hold.set()
    assert await looking == ways[0]


async def test_one_that_never_answered_is_not_asked_by_everybody(clock: FakeClock) -> None:
    away = Oidc("http://127.0.0.1:9", Client(CLIENT_ID, "", BACK), client, clock)
    tried = []
    for _ in range(3):
        with pytest.raises(UpstreamBroken):
            await away.way_out("state", BROWSER, FLOW)
        tried.append(away._tried)
        clock.advance(20)
    assert tried == [tried[0], tried[0], tried[0] + 40]


async def test_an_answer_of_another_issuer_is_not_redeemed(oidc: Oidc, provider: Provider) -> None:
    for names_itself in (False, True):
        provider.describe = {"authorization_response_iss_parameter_supported": names_itself}
        fresh = Oidc(provider.issuer, oidc._client, client, oidc._clock)
        bad = ["https://evil.example", provider.issuer + "/", *([None] if names_itself else [])]
        for said in bad:
            code = provider.authorize(await fresh.way_out("state", BROWSER, FLOW))
            with pytest.raises(Forbidden) as refusal:
                await fresh.redeem(code, BROWSER, FLOW, said)
            assert refusal.value.detail == "issuer"
            assert code in provider.codes
        code = provider.authorize(await fresh.way_out("state", BROWSER, FLOW))
        found = await fresh.redeem(code, BROWSER, FLOW, provider.issuer)
        assert found.subject == "248289"


async def test_what_a_strict_issuer_leaves_out_is_asked_for(oidc: Oidc, provider: Provider) -> None:
    provider.describe = {"userinfo_endpoint": f"{provider.issuer}/people"}
    provider.people = {"sub": "248289", "preferred_username": "ann", "iss": "https://evil.example"}
    found = await sign_in(oidc, provider)
    assert (found.name, found.issuer) == ("ann", provider.issuer)
    # What rules ask for is asked for beside a name.
    provider.people = {"sub": "248289", "email": "ann@example.org", "email_verified": True}
    asking = Oidc(provider.issuer, oidc._client, client, oidc._clock, needs={"email"})
    assert (await sign_in(asking, provider, name="Ann")).email == "ann@example.org"
    # Who is named already is not asked for.
    provider.people = {"sub": "another"}
    assert (await sign_in(oidc, provider, name="Ann Lee")).name == "Ann Lee"
    with pytest.raises(Forbidden) as refusal:
        await sign_in(oidc, provider)
    assert refusal.value.detail == "subject"
