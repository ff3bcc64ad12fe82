import jwt
import pytest

from proxy.core.sealing import (
    LEEWAY,
    MOST,
    InvalidToken,
    decode_any,
    derive,
    number_of,
    seal,
    text_of,
    unseal,
)

NOW = 1_800_000_000.0
OLD, NEW = "o" * 32, "n" * 32


def test_what_was_sealed_is_read_with_each_secret_that_still_counts():
    token = seal([OLD], "errand", {"a": "b", "exp": NOW})
    assert unseal([NEW, OLD], "errand", token, NOW)["a"] == "b"
    with pytest.raises(InvalidToken):
        unseal([NEW], "errand", token, NOW)


def test_what_was_made_for_one_purpose_is_worthless_for_another():
    with pytest.raises(InvalidToken):
        unseal([OLD], "pass", seal([OLD], "errand", {"exp": NOW}), NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "x" * 5000,
        jwt.encode({"exp": NOW, "aud": "sifu:errand"}, OLD, algorithm="HS256"),
        jwt.encode({"exp": NOW, "aud": "sifu:errand"}, "", algorithm="none"),
    ],
)
def test_what_we_did_not_sign_is_refused(token):
    with pytest.raises(InvalidToken):
        unseal([OLD], "errand", token, NOW)


def test_it_holds_until_its_time_and_needs_one():
    token = seal([OLD], "errand", {"exp": NOW})
    unseal([OLD], "errand", token, NOW + LEEWAY)
    with pytest.raises(InvalidToken, match="expired"):
        unseal([OLD], "errand", token, NOW + LEEWAY + 1)
    with pytest.raises(InvalidToken):
        unseal([OLD], "errand", seal([OLD], "errand", {}), NOW)


@pytest.mark.parametrize("claims", [{}, {"a": True}, {"a": None}, {"a": ["x"]}])
def test_what_is_missing_or_of_another_kind_is_refused(claims):
    with pytest.raises(InvalidToken):
        text_of(claims, "a")
    with pytest.raises(InvalidToken):
        number_of(claims, "a")


def test_it_is_a_json_web_token_as_others_write_and_read_it():
    key = derive(OLD, "errand")
    claims = {"exp": NOW, "name": "Zoë"}
    ours = seal([OLD], "errand", claims)
    theirs = jwt.decode(
        ours,
        key,
        algorithms=["HS256"],
        audience="sifu:errand",
        options={"verify_exp": False},
    )
    assert theirs["name"] == "Zoë"
    written = jwt.encode(claims | {"aud": "sifu:errand"}, key)
    assert unseal([OLD], "errand", written, NOW)["name"] == "Zoë"


@pytest.mark.parametrize("header", [{"typ": "jwt"}, {"kid": "1"}, {"alg": "HS512"}])
def test_another_header_is_not_ours_however_well_signed(header):
    claims = {"exp": NOW, "aud": "sifu:errand"}
    key = derive(OLD, "errand") * 2
    algorithm = header.get("alg", "HS256")
    token = jwt.encode(claims, key, algorithm=algorithm, headers=header)
    with pytest.raises(InvalidToken):
        decode_any([key], "errand", token, NOW)


def test_there_is_one_way_to_write_a_token():
    token = seal([OLD], "errand", {"exp": NOW})
    for other in (token + "=", token + ".", "." + token, token.replace(".", "..", 1), token[:-1]):
        with pytest.raises(InvalidToken):
            unseal([OLD], "errand", other, NOW)
    # The last character of 43 holds two bits that count for nothing.
    twin = token[:-1] + chr(ord(token[-1]) + 1)
    with pytest.raises(InvalidToken):
        unseal([OLD], "errand", twin, NOW)


def test_long_ones_are_read_where_they_are_expected():
    token = seal([OLD], "errand", {"exp": NOW, "data": "x" * MOST})
    with pytest.raises(InvalidToken, match="too long"):
        unseal([OLD], "errand", token, NOW)
    assert unseal([OLD], "errand", token, NOW, most=4 * MOST)


def test_how_long_it_may_be_is_the_readers_word():
    token = seal([OLD], "errand", {"exp": NOW, "data": "d" * MOST})
    with pytest.raises(InvalidToken, match="too long"):
        unseal([OLD], "errand", token, NOW)
    assert unseal([OLD], "errand", token, NOW, most=4 * MOST)["data"] == "d" * MOST
