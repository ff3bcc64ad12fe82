"""A hostile platform's tokens, over real HTTP: each is refused by its own word."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from proxy.auth.key_sets import AGAIN_SECONDS
from proxy.core.slugs import make_slug
from proxy.store import platforms
from tests.auth.issuers import published, signed
from tests.conftest import FakeClock
from tests.core.launches import LTI, NONCE, TARGET, bad_launches
from tests.web.launched import refused
from tests.web.lti_platform import (
    KEY,
    OTHER_KEY,
    Classroom,
    running_platform,
)

ANN = make_slug("Ann Lee")
NOTEBOOK = "lab/tree/statistics/week%201/means.ipynb"
BAD = bad_launches()


def of_this_login(value: object, nonce: str) -> object:
    """Put this login's nonce where a prepared launch has the one of its own."""
    if isinstance(value, str):
        return value.replace(NONCE, nonce)
    return [of_this_login(each, nonce) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("claims", "word"), BAD, ids=[f"{n}-{word}" for n, (_, word) in enumerate(BAD)]
)
async def test_whatever_is_wrong_is_refused_with_its_own_word(
    room: Classroom, claims: dict[str, Any], word: str
) -> None:
    way = await room.login()
    said = {name: of_this_login(value, way.nonce) for name, value in claims.items()}
    await refused(room, await room.send(way, room.platform.sign(said)), word)


def test_there_are_many_bad_launches() -> None:
    assert len(BAD) >= 110


async def test_the_unregistered_deployment_is_named(room: Classroom) -> None:
    answer = await room.launch({LTI + "deployment_id": "1:8865aa05b4b7"})
    assert "“1:8865aa05b4b7”" in answer.text
    assert "Administration, Platforms" in answer.text


def unsigned(claims: dict[str, Any], header: dict[str, Any], signature: bytes = b"x") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


async def test_an_unsigned_launch_is_refused(room: Classroom) -> None:
    for name in ("none", "None", "NONE", "nOnE"):
        way = await room.login()
        token = unsigned(room.platform.claims(way.nonce), {"alg": name, "typ": "JWT"})
        await refused(room, await room.send(way, token), "algorithm")
        await refused(room, await room.send(way, token.rpartition(".")[0] + "."), "not_compact")


async def test_the_public_key_is_no_shared_secret(room: Classroom) -> None:
    public = KEY.public_key()
    kinds = [
        public.public_bytes(serialization.Encoding.PEM, form)
        for form in (
            serialization.PublicFormat.SubjectPublicKeyInfo,
            serialization.PublicFormat.PKCS1,
        )
    ]
    kinds.append(json.dumps(published(KEY, "k1")).encode())
    for secret in kinds:
        for algorithm in ("HS256", "HS384", "HS512"):
            way = await room.login()
            header = {"alg": algorithm, "kid": "k1", "typ": "JWT"}
            signing = unsigned(room.platform.claims(way.nonce), header).rpartition(".")[0]
            hashed = jwt.get_algorithm_by_name(algorithm)
            mark = hashed.sign(signing.encode(), secret)
            token = f"{signing}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
            await refused(room, await room.send(way, token), "algorithm")


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ({"jku": "https://evil.example/keys"}, "key_reference"),
        ({"x5u": "https://evil.example/keys"}, "key_reference"),
        ({"jwk": published(OTHER_KEY, "k1")}, "key_reference"),
        ({"crit": ["exp"]}, "critical"),
        ({"crit": []}, "critical"),
        ({"b64": False}, "critical"),
        ({"zip": "DEF"}, "critical"),
        ({"kid": ""}, "key_name"),
        ({"kid": 7}, "key_name"),
        ({"kid": "../../dev/null"}, "key"),
        ({"kid": "k1' OR 1=1"}, "key"),
        ({"kid": "k2"}, "key"),
        ({"alg": "RS384"}, "algorithm"),
        ({"alg": "ES256"}, "algorithm"),
        ({"alg": "PS256"}, "algorithm"),
        ({"alg": ["RS256"]}, "algorithm"),
    ],
)
async def test_a_header_chooses_nothing(room: Classroom, header: dict[str, Any], word: str) -> None:
    way = await room.login()
    whole = {"alg": "RS256", "kid": "k1", "typ": "JWT"} | header
    signing = unsigned(room.platform.claims(way.nonce), whole).rpartition(".")[0]
    mark = jwt.get_algorithm_by_name("RS256").sign(signing.encode(), KEY)
    token = f"{signing}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
    await refused(room, await room.send(way, token), word)


async def test_another_platforms_key_signs_nothing(room: Classroom) -> None:
    way = await room.login()
    claims = room.platform.claims(way.nonce)
    await refused(room, await room.send(way, signed(OTHER_KEY, "k1", claims)), "signature")


async def test_a_platform_cannot_launch_for_another(room: Classroom, clock: FakeClock) -> None:
    other = published(OTHER_KEY, "k1")
    async with running_platform(
        clock, TARGET, issuer="https://other.example", key=OTHER_KEY, keys=[other]
    ) as stranger:
        await stranger.register(room.pages.store)
        way = await room.login()
        claims = room.platform.claims(way.nonce)
        await refused(room, await room.send(way, stranger.sign(claims)), "signature")
        # And the other way round: at its own login it says that it is the first.
        home = Classroom(room.pages, stranger, room.registered)
        way = await home.login()
        token = stranger.sign(room.platform.claims(way.nonce))
        await refused(room, await home.send(way, token), "issuer")


async def test_a_signature_is_looked_at_before_the_claims(room: Classroom) -> None:
    way = await room.login()
    claims = room.platform.claims(way.nonce, iss="https://evil.example", exp=0)
    await refused(room, await room.send(way, signed(OTHER_KEY, "k1", claims)), "signature")


async def test_a_key_that_was_rotated_is_fetched(room: Classroom) -> None:
    assert (await room.launch()).status == 303
    room.platform.key, room.platform.keys = OTHER_KEY, [published(OTHER_KEY, "k1-new")]
    way = await room.login()
    token = signed(OTHER_KEY, "k1-new", room.platform.claims(way.nonce))
    room.pages.clock.advance(AGAIN_SECONDS + 1)
    assert (await room.send(way, token)).status == 303
    assert room.platform.asked == 2


async def test_invented_keys_do_not_make_us_ask_and_ask(room: Classroom) -> None:
    for number in range(5):
        way = await room.login()
        token = signed(KEY, f"invented-{number}", room.platform.claims(way.nonce))
        await refused(room, await room.send(way, token), "key")
    assert room.platform.asked == 1


async def test_a_platform_without_keys_is_said_to_be_away(room: Classroom) -> None:
    entry = room.platform.entry(keys="http://127.0.0.1:9/keys")
    await room.pages.store.write(platforms.replace, room.registered.id, entry)
    answer = await room.launch()
    await refused(room, answer, "keys")
    assert answer.status == 502
