from proxy.core.credentials import API_TOKEN_PREFIX, hash_secret
from proxy.store import api_tokens
from tests import feed


def create(sifu, *options: str) -> str:
    result = sifu("token", "create", "bob", *options)
    assert result.exit_code == 0
    return str(result.stdout).removesuffix("\n")


def test_a_token_is_shown_once_and_kept_hashed(installed, sifu):
    secret = create(sifu, "--label", "grader")
    assert secret.startswith(API_TOKEN_PREFIX)
    kept = installed.read_now(api_tokens.find_by_secret, hash_secret(secret))
    assert kept is not None
    assert kept.user.name == "bob"
    listed = sifu("token", "list").stdout
    assert secret not in listed
    assert f"{kept.id}  bob   valid" in listed
    assert "grader" in listed


def test_a_token_can_have_an_end(installed, sifu):
    secret = create(sifu, "--days", "2")
    kept = installed.read_now(api_tokens.find_by_secret, hash_secret(secret))
    assert kept is not None
    assert kept.expires is not None
    assert kept.expires - kept.created == 2 * 86_400
    assert not kept.is_valid(kept.expires)


def test_a_revoked_token_is_told_to_the_relays(installed, sifu):
    secret = create(sifu)
    kept = installed.read_now(api_tokens.find_by_secret, hash_secret(secret))
    assert kept is not None
    assert sifu("token", "revoke", kept.id).exit_code == 0
    told = [(change.kind, change.key) for change in installed.read_now(feed.since, 0)]
    assert told == [("token", kept.id)]
    assert "revoked" in sifu("token", "list").stdout
    again = sifu("token", "revoke", kept.id)
    assert again.exit_code == 1
    assert "no valid token" in again.stderr


def test_a_token_needs_somebody(installed, sifu):
    result = sifu("token", "create", "nobody")
    assert result.exit_code == 1
    assert result.stdout == ""


def test_an_empty_list_says_how_to_begin(sifu):
    assert "sifu token create" in sifu("token", "list").stderr
