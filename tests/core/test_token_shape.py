import base64
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.token_shape import (
    MOST_BYTES,
    PUBLIC_KEY_ALGORITHMS,
    ShapeFault,
    UnverifiedToken,
    read_shape,
)

HEADER = {"alg": "RS256", "kid": "k1", "typ": "JWT"}


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: object = HEADER, claims: object = {"sub": "ann"}, signature: str = "AAAA") -> str:
    return f"{part(header)}.{part(claims)}.{signature}"


def test_a_token_is_taken_apart_and_hides_itself():
    found = read_shape(token(), {"RS256"})
    assert isinstance(found, UnverifiedToken)
    assert (found.algorithm, found.key, found.claims["sub"]) == ("RS256", "k1", "ann")
    assert "ann" not in repr(found)


def test_a_real_one_is_read():
    text = jwt.encode({"sub": "ann"}, "s" * 32, algorithm="HS256")
    assert isinstance(read_shape(text, {"HS256"}), UnverifiedToken)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (token(claims={"a": "x" * MOST_BYTES}), ShapeFault.TOO_LONG),
        ("", ShapeFault.NOT_COMPACT),
        ("a.b", ShapeFault.NOT_COMPACT),
        (token() + ".x", ShapeFault.NOT_COMPACT),
        (f"{part(HEADER)}.{part({})}.", ShapeFault.NOT_COMPACT),
        (token() + "=", ShapeFault.NOT_COMPACT),
        (token() + "\n", ShapeFault.NOT_COMPACT),
        (" " + token(), ShapeFault.NOT_COMPACT),
        (token().replace(".", "+.", 1), ShapeFault.NOT_COMPACT),
        (f"{part(HEADER)}.{part({})}.AAAAA", ShapeFault.ENCODING),
        (f"{part(HEADER)}.{part({})}.AB", ShapeFault.ENCODING),  # bits too many
        (token(b"[]"), ShapeFault.HEADER),
        (token(b'{"alg":"RS256","alg":"none"}'), ShapeFault.HEADER),
        (token(claims=b'{"sub":"ann","sub":"bob"}'), ShapeFault.CLAIMS),
        (token(claims=b"[1]"), ShapeFault.CLAIMS),
        (token({"alg": "none"}), ShapeFault.ALGORITHM),
        (token({"alg": "None"}), ShapeFault.ALGORITHM),
        (token({"alg": "HS256"}), ShapeFault.ALGORITHM),
        (token({"alg": "rs256"}), ShapeFault.ALGORITHM),
        (token({"alg": ["RS256"]}), ShapeFault.ALGORITHM),
        (token({"kid": "k1"}), ShapeFault.ALGORITHM),
        (token(HEADER | {"jku": "https://evil.example/keys"}), ShapeFault.KEY_REFERENCE),
        (token(HEADER | {"x5u": "https://evil.example/cert"}), ShapeFault.KEY_REFERENCE),
        (token(HEADER | {"jwk": {"kty": "RSA"}}), ShapeFault.KEY_REFERENCE),
        (token(HEADER | {"crit": ["exp"]}), ShapeFault.CRITICAL),
        (token(HEADER | {"crit": []}), ShapeFault.CRITICAL),
        (token(HEADER | {"b64": False}), ShapeFault.CRITICAL),
        (token(HEADER | {"zip": "DEF"}), ShapeFault.CRITICAL),
        (token(HEADER | {"kid": ""}), ShapeFault.KEY_NAME),
        (token(HEADER | {"kid": 7}), ShapeFault.KEY_NAME),
        (token(HEADER | {"kid": "k" * 257}), ShapeFault.KEY_NAME),
        (token(HEADER | {"kid": None}), None),
    ],
)
def test_what_is_out_of_shape_has_its_own_reason(text, fault):
    found = read_shape(text, PUBLIC_KEY_ALGORITHMS)
    if fault is None:
        assert isinstance(found, UnverifiedToken)
    else:
        assert found is fault


@given(st.text(max_size=200))
def test_no_text_makes_it_fall(text):
    read_shape(text, PUBLIC_KEY_ALGORITHMS)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_inside_make_it_fall(header, claims):
    read_shape(token(header, claims), PUBLIC_KEY_ALGORITHMS)
