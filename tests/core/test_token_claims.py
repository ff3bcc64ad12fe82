import math

import pytest

from proxy.core.token_claims import (
    LEEWAY,
    ClaimFault,
    fault_of_parties,
    fault_of_times,
    subject_of,
)

ISSUER, CLIENT = "https://id.example.org", "sifu"
GOOD = {"iss": ISSUER, "aud": CLIENT}
NOW = 1_800_000_000.0
HOUR = 3600.0


@pytest.mark.parametrize(
    "more",
    [{}, {"aud": [CLIENT]}, {"azp": CLIENT}, {"aud": ["other", CLIENT], "azp": CLIENT}],
)
def test_a_token_from_the_issuer_for_us_has_no_fault(more):
    assert fault_of_parties(GOOD | more, issuer=ISSUER, client=CLIENT) is None


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"iss": ISSUER + "/"}, ClaimFault.ISSUER),
        ({"iss": ISSUER.upper()}, ClaimFault.ISSUER),
        ({"iss": [ISSUER]}, ClaimFault.ISSUER),
        ({"iss": None}, ClaimFault.ISSUER),
        ({"iss": "https://id.example"}, ClaimFault.ISSUER),
        ({"aud": "other"}, ClaimFault.AUDIENCE),
        ({"aud": "sifu2"}, ClaimFault.AUDIENCE),
        ({"aud": []}, ClaimFault.AUDIENCE),
        ({"aud": {"sifu": 1}}, ClaimFault.AUDIENCE),
        ({"aud": None}, ClaimFault.AUDIENCE),
        ({"aud": [["sifu"]]}, ClaimFault.AUDIENCE),
        ({"aud": [CLIENT] * 21}, ClaimFault.AUDIENCE),
        ({"aud": ["other", CLIENT]}, ClaimFault.AUTHORIZED_PARTY),
        ({"aud": ["other", CLIENT], "azp": "other"}, ClaimFault.AUTHORIZED_PARTY),
        ({"azp": "other"}, ClaimFault.AUTHORIZED_PARTY),
        ({"azp": [CLIENT]}, ClaimFault.AUTHORIZED_PARTY),
        ({"azp": ""}, ClaimFault.AUTHORIZED_PARTY),
    ],
)
def test_whoever_else_it_is_from_or_for_is_refused(more, fault):
    assert fault_of_parties(GOOD | more, issuer=ISSUER, client=CLIENT) is fault


def times(**changes):
    claims = {"iat": NOW, "exp": NOW + HOUR} | changes
    return fault_of_times(claims, NOW, longest=HOUR, oldest=600)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": NOW + LEEWAY, "exp": NOW + HOUR},
        {"iat": NOW - HOUR / 10, "exp": NOW - LEEWAY + 1},
        {"nbf": NOW + LEEWAY},
        {"exp": int(NOW) + 60},
        {"exp": NOW + 0.5},
    ],
)
def test_a_token_of_this_moment_has_no_fault(changes):
    assert times(**changes) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"exp": None}, ClaimFault.TIMES),
        ({"iat": None}, ClaimFault.TIMES),
        ({"exp": True}, ClaimFault.TIMES),
        ({"exp": str(NOW + HOUR)}, ClaimFault.TIMES),
        ({"nbf": "now"}, ClaimFault.TIMES),
        ({"iat": -1}, ClaimFault.TIMES),
        ({"exp": 2**53}, ClaimFault.TIMES),
        ({"exp": math.nan}, ClaimFault.TIMES),
        ({"iat": NOW - 500, "exp": NOW - LEEWAY}, ClaimFault.EXPIRED),
        ({"iat": NOW + LEEWAY + 1}, ClaimFault.EARLY),
        ({"nbf": NOW + LEEWAY + 1}, ClaimFault.EARLY),
        ({"iat": NOW - 600 - LEEWAY - 1, "exp": NOW + 1}, ClaimFault.OLD),
        ({"exp": NOW + HOUR + 1}, ClaimFault.LIFETIME),
        ({"exp": NOW + 10**9}, ClaimFault.LIFETIME),
    ],
)
def test_a_token_of_another_time_is_refused(changes, fault):
    assert times(**changes) is fault


def test_without_a_bound_an_old_one_may_still_hold():
    claims = {"iat": NOW - HOUR, "exp": NOW + 1}
    assert fault_of_times(claims, NOW, longest=2 * HOUR) is None


@pytest.mark.parametrize("subject", ["7", "a" * 255, "auth0|5f7c", "urn:x:y z"])
def test_a_subject_is_printable_text(subject):
    assert subject_of({"sub": subject}) == subject


@pytest.mark.parametrize(
    "subject", [None, "", 7, ["7"], "a" * 256, "ann\x00", "ann\n", "ånn", "\ud800"]
)
def test_a_subject_that_could_be_mistaken_is_none(subject):
    assert subject_of({"sub": subject}) is None
