"""Signed links: whose key decides, once, and each refusal has its word."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from proxy.auth.key_sets import KeySet
from proxy.auth.providers import Portal
from proxy.auth.signed_launches import find_signer, join_student, read_signed_link
from proxy.core.errors import Forbidden
from proxy.core.launch_link import Consumer
from proxy.core.portal_link import PortalTarget, sign
from proxy.store import users
from proxy.store.database import Store
from tests.auth.issuers import client, new_key, published, running_issuer, signed
from tests.conftest import FakeClock

ORIGIN = "https://sifu.example"
KEY, OTHER = b"k" * 32, b"o" * 32
PORTAL = Portal(Consumer("portal", {"stats"}), (OTHER, KEY))
RSA = new_key()


def claims(now: float, **changes: Any) -> dict[str, Any]:
    return {
        "iss": "portal",
        "aud": ORIGIN,
        "sub": "ann",
        "course": "stats",
        "notebook": "week 1/means.ipynb",
        "iat": now,
        "exp": now + 120,
        "jti": "1",
    } | changes


async def word_of(text: str, portal: Portal, store: Store, clock: FakeClock) -> str:
    with pytest.raises(Forbidden) as refused:
        await read(text, portal, store, clock)
    return refused.value.detail


async def read(text: str, portal: Portal, store: Store, clock: FakeClock) -> Any:
    portals = {portal.consumer.name: portal}
    _, launch = await read_signed_link(text, portals, origin=ORIGIN, store=store, clock=clock)
    return launch


async def test_a_link_works_once(store: Store, clock: FakeClock) -> None:
    text = jwt.encode(claims(clock()), KEY)
    launch = await read(text, PORTAL, store, clock)
    assert (launch.subject, launch.course, launch.notebook) == ("ann", "stats", "week 1/means")
    assert await word_of(text, PORTAL, store, clock) == "used"
    again = jwt.encode(claims(clock(), jti="2"), OTHER)
    assert await read(again, PORTAL, store, clock)


async def test_a_link_that_is_refused_is_not_used_up(store: Store, clock: FakeClock) -> None:
    bad = jwt.encode(claims(clock(), course="physics"), KEY)
    assert await word_of(bad, PORTAL, store, clock) == "course"
    assert await read(jwt.encode(claims(clock()), KEY), PORTAL, store, clock)


async def test_each_refusal_has_its_word(store: Store, clock: FakeClock) -> None:
    now = clock()
    rows = {
        jwt.encode(claims(now), b"x" * 32): "signature",
        jwt.encode(claims(now, iss="other"), KEY): "consumer",
        jwt.encode(claims(now), KEY * 2, algorithm="HS512"): "algorithm",
        jwt.encode(claims(now), "", algorithm="none"): "not_compact",
        jwt.encode(claims(now), RSA, algorithm="RS256"): "algorithm",
        jwt.encode(claims(now), KEY, headers={"jku": "https://evil.example"}): "key_reference",
        jwt.encode(claims(now, aud="https://other.example"), KEY): "audience",
        jwt.encode(claims(now, exp=now - 61, iat=now - 200), KEY): "expired",
        jwt.encode(claims(now, exp=now + 400), KEY): "lifetime",
        jwt.encode(claims(now, sub=""), KEY): "subject",
        jwt.encode(claims(now, jti=""), KEY): "id",
        jwt.encode(claims(now, notebook="../../etc"), KEY): "notebook",
        jwt.encode(claims(now, course="../x"), KEY): "course",
        jwt.encode(claims(now, role="teacher"), KEY): "role",
        "a.b": "not_compact",
        "a" * 40_000: "too_long",
    }
    assert {text: await word_of(text, PORTAL, store, clock) for text in rows} == rows


async def test_published_keys_and_shared_ones_are_not_mixed(store: Store, clock: FakeClock) -> None:
    async with running_issuer(published(RSA, "k1")) as issuer:
        portal = Portal(Consumer("portal"), (), KeySet(issuer.address, client, clock))
        assert await read(signed(RSA, "k1", claims(clock())), portal, store, clock)
        # The oldest trick: the public key taken for a shared one.
        pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        head, body = jwt.encode(claims(clock(), jti="2"), KEY).split(".")[:2]
        tricked = jwt.get_algorithm_by_name("HS256")
        forged = jwt.utils.base64url_encode(tricked.sign(f"{head}.{body}".encode(), pem)).decode()
        assert await word_of(f"{head}.{body}.{forged}", portal, store, clock) == "algorithm"
        other = signed(new_key(), "k1", claims(clock(), jti="3"))
        assert await word_of(other, portal, store, clock) == "signature"


def test_the_portal_whose_key_fits_and_whose_course_it_is() -> None:
    target, now = PortalTarget("stats", "a", "ann"), 1000.0
    another = Portal(Consumer("another", {"physics"}), (KEY,))
    anything = Portal(Consumer("anything"), (b"z" * 32,))
    signature = sign(KEY, target, 1600)
    found = find_signer(target, "1600", signature, [another, anything, PORTAL], now)
    assert found is PORTAL
    for portals in ([another], [anything], []):
        with pytest.raises(Forbidden) as refused:
            find_signer(target, "1600", signature, portals, now)
        assert refused.value.detail == "signature"
    with pytest.raises(Forbidden) as refused:
        find_signer(target, "1600", signature, [PORTAL, anything], 1661.0)
    assert refused.value.detail == "expired"


async def test_two_portals_people_of_one_name_are_two(store: Store, clock: FakeClock) -> None:
    other = Portal(Consumer("other"), (KEY,))
    one = await join_student(store, PORTAL, "ann", "Ann", clock)
    two = await join_student(store, other, "ann", "Ann", clock)
    assert one.id != two.id
    assert (await join_student(store, PORTAL, "ann", "", clock)).id == one.id


async def test_an_account_that_was_closed_stays_closed(store: Store, clock: FakeClock) -> None:
    ann = await join_student(store, PORTAL, "ann", "Ann", clock)
    await store.write(users.disable, ann, clock())
    with pytest.raises(Forbidden) as refused:
        await join_student(store, PORTAL, "ann", "Ann", clock)
    assert refused.value.detail == "disabled"
