import base64
import json
from dataclasses import replace

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.identity import ServerName
from proxy.core.sealing import derive
from proxy.core.tokens import (
    LEEWAY,
    AssertedIdentity,
    Code,
    InvalidToken,
    Pass,
    mint_code,
    mint_identity,
    mint_pass,
    read_code,
    read_identity,
    read_pass,
)

NOW = 1_800_000_000.0
OLD, NEW = "o" * 32, "n" * 32
GRANT = Pass("session-1", "ada", ServerName("ada", "home"), NOW + 3600)
CODE = Code(GRANT, "lab/tree/a%20b?x=1", "code-1", NOW + 30, framed=True)
WHO = AssertedIdentity("ada", "Ada L.", "ada/home", NOW + 60)


def unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_each_token_is_read_as_it_was_minted():
    assert read_pass([NEW], mint_pass([NEW], GRANT), NOW) == GRANT
    assert read_code([NEW], mint_code([NEW], CODE), NOW) == CODE
    assert read_identity("k" * 32, mint_identity("k" * 32, WHO), "ada/home", NOW) == WHO


def test_a_helpers_pass_says_so_and_another_does_not():
    helpers = replace(GRANT, helper=True)
    assert read_pass([NEW], mint_pass([NEW], helpers), NOW) == helpers
    assert read_code([NEW], mint_code([NEW], replace(CODE, grant=helpers)), NOW).grant == helpers
    assert "hlp" not in claims_of(mint_pass([NEW], GRANT))


def test_a_rotated_secret_still_reads_and_only_the_first_signs():
    token = mint_pass([OLD], GRANT)
    assert read_pass([NEW, OLD], token, NOW) == GRANT
    with pytest.raises(InvalidToken):
        read_pass([NEW], token, NOW)
    with pytest.raises(InvalidToken):
        read_pass([OLD], mint_pass([NEW, OLD], GRANT), NOW)


def test_a_code_is_no_pass_and_a_pass_no_code():
    with pytest.raises(InvalidToken):
        read_pass([NEW], mint_code([NEW], CODE), NOW)
    with pytest.raises(InvalidToken):
        read_code([NEW], mint_pass([NEW], GRANT), NOW)


def test_the_purpose_divides_keys_and_not_only_audiences():
    as_code = claims_of(mint_code([NEW], CODE)) | {"aud": "sifu:pass"}
    for key in (NEW.encode(), derive(NEW, "code")):
        with pytest.raises(InvalidToken):
            read_pass([NEW], jwt.encode(as_code, key, algorithm="HS256"), NOW)


@pytest.mark.parametrize("late", [0.0, LEEWAY])
def test_a_token_holds_up_to_its_end_and_the_leeway(late):
    assert read_pass([NEW], mint_pass([NEW], GRANT), GRANT.expires + late) == GRANT


def test_a_token_ends():
    with pytest.raises(InvalidToken, match="expired"):
        read_pass([NEW], mint_pass([NEW], GRANT), GRANT.expires + LEEWAY + 1)
    with pytest.raises(InvalidToken, match="expired"):
        read_code([NEW], mint_code([NEW], CODE), CODE.expires + LEEWAY + 1)
    token = mint_identity("k" * 32, WHO)
    with pytest.raises(InvalidToken, match="expired"):
        read_identity("k" * 32, token, "ada/home", WHO.expires + LEEWAY + 1)


def test_a_token_does_not_choose_how_it_is_checked():
    good = claims_of(mint_pass([NEW], GRANT))
    with pytest.raises(InvalidToken):
        read_pass([NEW], unsigned(good), NOW)
    longer = jwt.encode(good, "x" * 64, algorithm="HS512")
    with pytest.raises(InvalidToken):
        read_pass([NEW], longer, NOW)


def test_an_identity_is_for_one_server_and_one_key():
    token = mint_identity("k" * 32, WHO)
    with pytest.raises(InvalidToken, match="another server"):
        read_identity("k" * 32, token, "bob/home", NOW)
    with pytest.raises(InvalidToken):
        read_identity("j" * 32, token, "ada/home", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"sid": None},
        {"sid": 1},
        {"sub": None},
        {"own": "../etc"},
        {"own": "ADA"},
        {"wsp": ""},
        {"exp": None},
        {"exp": True},
        {"exp": "tomorrow"},
        {"aud": "sifu:code"},
        {"aud": None},
    ],
)
def test_what_is_signed_but_not_understood_is_refused(change):
    good = claims_of(mint_pass([NEW], GRANT))
    claims = {key: value for key, value in (good | change).items() if value is not None}
    key = derive(NEW, "pass")
    assert read_pass([NEW], jwt.encode(good, key, algorithm="HS256"), NOW) == GRANT
    with pytest.raises(InvalidToken):
        read_pass([NEW], jwt.encode(claims, key, algorithm="HS256"), NOW)


def test_a_huge_token_is_not_even_looked_at():
    with pytest.raises(InvalidToken, match="too long"):
        read_pass([NEW], "a" * 5000, NOW)


@given(st.text(max_size=300))
def test_any_text_is_refused_in_the_same_way(text):
    for read in (read_pass, read_code):
        with pytest.raises(InvalidToken):
            read([NEW], text, NOW)
    with pytest.raises(InvalidToken):
        read_identity("k" * 32, text, "ada/home", NOW)


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data):
    token = mint_pass([NEW], GRANT)
    place = data.draw(st.integers(0, len(token) - 2))  # the last character has unused bits
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != token[place]))
    with pytest.raises(InvalidToken):
        read_pass([NEW], token[:place] + other + token[place + 1 :], NOW)


@given(
    st.builds(
        Code,
        grant=st.just(GRANT),
        target=st.text(max_size=200),
        id=st.text(max_size=20),
        expires=st.floats(NOW, NOW + 60),
        framed=st.booleans(),
    )
)
def test_any_target_travels_unchanged(code):
    assert read_code([NEW], mint_code([NEW], code), NOW) == code


def test_an_unframed_code_says_so():
    code = replace(CODE, framed=False)
    assert read_code([NEW], mint_code([NEW], code), NOW).framed is False
