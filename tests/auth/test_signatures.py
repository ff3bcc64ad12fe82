import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from proxy.auth.signatures import is_signed
from proxy.core.token_shape import PUBLIC_KEY_ALGORITHMS, UnverifiedToken, read_shape
from tests.auth.issuers import new_key, published, signed

KEY, OTHER = new_key(), new_key()
PUBLISHED = published(KEY, "k1")


def shape(text: str) -> UnverifiedToken:
    found = read_shape(text, PUBLIC_KEY_ALGORITHMS | {"HS256"})
    assert isinstance(found, UnverifiedToken)
    return found


async def test_what_one_of_the_keys_has_signed_is_signed() -> None:
    token = shape(signed(KEY, "k1", {"sub": "ann"}))
    assert await is_signed(token, [PUBLISHED])
    assert await is_signed(token, [published(OTHER, "k1"), PUBLISHED])


async def test_what_another_key_has_signed_is_not() -> None:
    token = shape(signed(OTHER, "k1", {"sub": "ann"}))
    assert not await is_signed(token, [PUBLISHED])
    assert not await is_signed(token, [])


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_changed_token_is_not_signed(part: int) -> None:
    good = signed(KEY, "k1", {"sub": "ann"}).split(".")
    other = signed(OTHER, "k1", {"sub": "bob"}, typ="other").split(".")
    mixed = [*good[:part], other[part], *good[part + 1 :]]
    assert not await is_signed(shape(".".join(mixed)), [PUBLISHED])


@pytest.mark.parametrize("as_text", ["pem", "jwk"])
async def test_a_public_key_is_no_shared_secret(as_text: str) -> None:
    """The classic: HS256 with the published key as its secret."""
    pem = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    secret = pem if as_text == "pem" else json.dumps(PUBLISHED).encode()
    signer = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head = jwt.encode({"sub": "ann"}, "s" * 32, algorithm="HS256", headers={"kid": "k1"})
    signing_input = head.rpartition(".")[0]
    signature = jwt.utils.base64url_encode(signer.sign(signing_input.encode(), secret)).decode()
    assert not await is_signed(shape(f"{signing_input}.{signature}"), [PUBLISHED])


@pytest.mark.parametrize(
    "key", [{}, {"kty": "RSA"}, {"kty": "RSA", "n": "x", "e": "y"}, {"kty": 7}]
)
async def test_a_key_that_is_none_signs_nothing(key: dict[str, object]) -> None:
    assert not await is_signed(shape(signed(KEY, "k1", {})), [key])
