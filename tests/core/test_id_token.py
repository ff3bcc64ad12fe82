import pytest

from proxy.core.id_token import (
    Expected,
    IdTokenFault,
    Profile,
    fault_of_id_token,
    hash_of,
    profile_of,
)
from proxy.core.token_claims import ClaimFault

NOW = 1_800_000_000.0
EXPECTED = Expected("https://id.example.org", "sifu", "n-0S6_WzA2Mj", "the-access-token")
GOOD = {
    "iss": "https://id.example.org",
    "aud": "sifu",
    "sub": "248289761001",
    "nonce": "n-0S6_WzA2Mj",
    "iat": NOW,
    "exp": NOW + 300,
}


def fault(algorithm="RS256", **changes):
    claims = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    return fault_of_id_token(claims, algorithm, EXPECTED, NOW)


def test_the_example_of_the_specification():
    # OpenID Connect Core, A.3 and A.4: access token and at_hash of one answer.
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    assert hash_of(token, "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"


@pytest.mark.parametrize("algorithm", ["RS256", "ES384", "PS512", "EdDSA"])
def test_a_good_one_has_no_fault_with_or_without_the_hash(algorithm):
    assert fault(algorithm) is None
    assert fault(algorithm, at_hash=hash_of(EXPECTED.access_token, algorithm)) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://evil.example"}, ClaimFault.ISSUER),
        ({"aud": "other"}, ClaimFault.AUDIENCE),
        ({"aud": ["sifu", "other"]}, ClaimFault.AUTHORIZED_PARTY),
        ({"exp": NOW - 100, "iat": NOW - 200}, ClaimFault.EXPIRED),
        ({"iat": NOW + 100}, ClaimFault.EARLY),
        ({"iat": NOW - 700}, ClaimFault.OLD),
        ({"exp": NOW + 90_000}, ClaimFault.LIFETIME),
        ({"exp": ...}, ClaimFault.TIMES),
        ({"nonce": "another"}, IdTokenFault.NONCE),
        ({"nonce": ...}, IdTokenFault.NONCE),
        ({"nonce": ""}, IdTokenFault.NONCE),
        ({"nonce": ["n-0S6_WzA2Mj"]}, IdTokenFault.NONCE),
        ({"nonce": "n-0S6_WzA2Mj\ud800"}, IdTokenFault.NONCE),
        ({"at_hash": hash_of("another token", "RS256")}, IdTokenFault.ACCESS_TOKEN),
        ({"at_hash": hash_of(EXPECTED.access_token, "RS512")}, IdTokenFault.ACCESS_TOKEN),
        ({"at_hash": ""}, IdTokenFault.ACCESS_TOKEN),
        ({"at_hash": 1}, IdTokenFault.ACCESS_TOKEN),
        ({"sub": ...}, ClaimFault.SUBJECT),
        ({"sub": "a" * 256}, ClaimFault.SUBJECT),
    ],
)
def test_each_thing_that_is_wrong_has_its_own_reason(changes, reason):
    assert fault(**changes) is reason


def test_a_hash_without_a_token_that_came_along_is_refused():
    expected = Expected(EXPECTED.issuer, EXPECTED.client, EXPECTED.nonce)
    claims = GOOD | {"at_hash": hash_of("", "RS256")}
    assert fault_of_id_token(claims, "RS256", expected, NOW) is IdTokenFault.ACCESS_TOKEN


def test_a_person_is_who_the_issuer_says():
    claims = GOOD | {
        "preferred_username": "ann",
        "name": "Ann Lee",
        "email": "ann@example.org",
        "email_verified": True,
        "groups": ["teachers", 7, "staff"],
    }
    assert profile_of(claims) == Profile(
        issuer=str(GOOD["iss"]),
        subject=str(GOOD["sub"]),
        name="ann",
        email="ann@example.org",
        is_email_verified=True,
        groups=frozenset({"teachers", "staff"}),
    )


@pytest.mark.parametrize("said", [False, None, "false", "yes", 1.5, ["true"], "True"])
def test_an_address_is_verified_only_in_so_many_words(said):
    assert not profile_of(GOOD | {"email": "a@b.org", "email_verified": said}).is_email_verified


@pytest.mark.parametrize("value", [7, ["ann"], "a" * 257, "an\x00n", "a\nb", "\ud800", None])
def test_a_name_that_is_no_line_of_text_is_none(value):
    found = profile_of(GOOD | {"preferred_username": value, "email": value, "groups": value})
    assert (found.name, found.email) == ("", "")


def test_groups_may_have_another_name_or_be_one():
    claims = GOOD | {"cognito:groups": "teachers"}
    assert profile_of(claims, groups_claim="cognito:groups").groups == {"teachers"}
    assert profile_of(claims).groups == frozenset()
