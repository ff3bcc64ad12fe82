import base64

import pytest

from proxy.core.verification_keys import MOST_KEYS, fitting_keys, published_keys


def number(length: int) -> str:
    return base64.urlsafe_b64encode(b"\xab" * length).rstrip(b"=").decode()


RSA = {"kty": "RSA", "kid": "r1", "n": number(256), "e": "AQAB"}
EC = {"kty": "EC", "kid": "e1", "crv": "P-256", "x": number(32), "y": number(32)}
ED = {"kty": "OKP", "kid": "d1", "crv": "Ed25519", "x": number(32)}
ALL = [RSA, EC, ED]


@pytest.mark.parametrize(
    ("name", "algorithm", "keys"),
    [
        ("r1", "RS256", [RSA]),
        ("r1", "PS512", [RSA]),
        ("e1", "ES256", [EC]),
        ("d1", "EdDSA", [ED]),
        (None, "RS256", [RSA]),
        (None, "ES384", []),
        ("r1", "ES256", []),
        ("e1", "RS256", []),
        ("unknown", "RS256", []),
        ("r1", "HS256", []),
        ("r1", "none", []),
    ],
)
def test_the_key_that_is_named_verifies_what_it_is_made_for(name, algorithm, keys):
    assert fitting_keys(ALL, name, algorithm) == keys


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"alg": "RS512"},
        {"alg": "HS256"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kty": "oct", "k": number(256)},
        {"d": number(256)},
        {"n": number(255)},
        {"n": "AAAA" + number(252)},
        {"n": None},
        {"n": "!"},
        {"kty": ["RSA"]},
    ],
)
def test_a_key_for_something_else_verifies_nothing(changes):
    assert fitting_keys([RSA | changes], "r1", "RS256") == []


@pytest.mark.parametrize("more", [{"use": "sig"}, {"alg": "RS256"}, {"key_ops": ["verify"]}])
def test_a_key_that_says_what_it_is_for_is_taken(more):
    assert fitting_keys([RSA | more], "r1", "RS256") == [RSA | more]


def test_two_keys_of_one_name_are_both_tried():
    other = RSA | {"e": "Aw"}
    assert fitting_keys([RSA, other], "r1", "RS256") == [RSA, other]


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": [RSA] * (MOST_KEYS + 1)}])
def test_what_is_no_set_of_keys_is_none(document):
    assert published_keys(document) is None


def test_what_is_no_key_in_a_set_is_left_out():
    assert published_keys({"keys": [RSA, 7, "x", None]}) == [RSA]
