import pytest

from proxy.core.github import addresses_of, authorization_address, profile_of
from proxy.core.oidc import Client

GITHUB = "https://github.com"
USER = {"id": 7, "login": "ann"}
EMAILS = [
    {"email": "other@example.org", "primary": False, "verified": True},
    {"email": "ann@example.org", "primary": True, "verified": True},
]


def known(emails, organisations):
    found = profile_of(GITHUB, USER, emails, organisations)
    assert found is not None
    return found


def test_the_number_is_the_person_not_the_login():
    one = known(EMAILS, [{"login": "school"}])
    assert (one.subject, one.name, one.email) == ("7", "ann", "ann@example.org")
    assert one.is_email_verified
    assert one.groups == {"school"}


def test_an_address_that_github_did_not_verify_does_not_count():
    for verified in (False, None, "true", 1):
        emails = [{"email": "ann@example.org", "primary": True, "verified": verified}]
        assert not known(emails, []).is_email_verified
    assert known(EMAILS[:1], []).email == ""


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"id": 7},
        {"id": "7", "login": "a"},
        {"id": True, "login": "a"},
        {"id": 0, "login": "a"},
        {"id": -1, "login": "a"},
        {"id": 7, "login": ""},
        {"id": 7, "login": "a\n"},
        {"id": 7, "login": ["a"]},
        {"id": 7.0, "login": "a"},
    ],
)
def test_who_is_not_named_is_nobody(user):
    assert profile_of(GITHUB, user, EMAILS, []) is None


def test_odd_lists_are_read_with_care():
    found = known(["x", None, {"primary": "yes"}], [1, {"login": 2}, {}])
    assert (found.email, found.groups) == ("", frozenset())


def test_a_schools_own_github_is_asked_at_its_own_addresses():
    assert addresses_of(GITHUB).api == "https://api.github.com"
    assert addresses_of("https://git.school.example/").api == "https://git.school.example/api/v3"


def test_the_way_out_has_state_and_challenge():
    client = Client("c", "hush", "https://s.example/back", ("read:user",))
    address = authorization_address(addresses_of(GITHUB), client, state="st", challenge="ch")
    assert address.startswith("https://github.com/login/oauth/authorize?client_id=c&")
    for part in ("state=st", "code_challenge=ch", "code_challenge_method=S256"):
        assert part in address
    assert "hush" not in address
