import pytest

from proxy.core.sealing import InvalidToken
from proxy.core.sign_in_flow import (
    LIFETIME,
    Flow,
    challenge_of,
    hash_of,
    is_of,
    mint_state,
    nonce_of,
    read_state,
    verifier_of,
)

NOW = 1_800_000_000.0
SECRETS = ["s" * 32]
BROWSER = "the-browsers-own-secret"
FLOW = Flow("school", "/open/ann/home/lab", "f1", NOW + LIFETIME, hash_of(BROWSER), True, "_parent")


def test_who_set_out_comes_back():
    state = mint_state(SECRETS, FLOW)
    assert read_state(SECRETS, state, NOW) == FLOW
    assert is_of(FLOW, BROWSER)
    assert BROWSER not in state


@pytest.mark.parametrize("browser", ["", "another-browser", BROWSER + " ", BROWSER[:-1], "\ud800"])
def test_another_browser_does_not_come_back_in_its_place(browser):
    assert not is_of(FLOW, browser)


def test_a_way_of_no_browser_is_nobodys():
    assert not is_of(Flow("school", "/", "f1", NOW, hash_of("")), "")


def test_who_takes_too_long_sets_out_again():
    state = mint_state(SECRETS, FLOW)
    with pytest.raises(InvalidToken, match="expired"):
        read_state(SECRETS, state, NOW + LIFETIME + 6)


@pytest.mark.parametrize("state", ["", "x", "a.b.c", "é" * 10])
def test_a_state_that_is_none_is_refused(state):
    with pytest.raises(InvalidToken):
        read_state(SECRETS, state, NOW)


def test_each_way_has_a_nonce_and_a_verifier_of_its_own():
    made = {
        make(browser, flow)
        for make in (nonce_of, verifier_of)
        for browser in (BROWSER, "another")
        for flow in ("f1", "f2")
    }
    assert len(made) == 8
    assert all(43 <= len(text) <= 128 for text in made)


def test_the_challenge_is_that_of_the_specification():
    # RFC 7636, appendix B.
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
