from proxy.core.identity import ServerName, User
from proxy.store.records import ApiToken, ServerRecord

ADA = User(1, "ada", "ada", False, 1.0, False)


def test_the_identity_key_does_not_show_itself():
    assert "k" * 43 not in repr(ServerRecord(ServerName("ada", "home"), identity_key="k" * 43))


def test_a_token_holds_until_it_is_over_or_revoked():
    token = ApiToken("t", ADA, "a script", 1.0, None, 10.0, None)
    assert token.is_valid(9.9)
    assert not token.is_valid(10.0)
    assert ApiToken("t", ADA, "a script", 1.0, None, None, None).is_valid(1e12)
    assert not ApiToken("t", ADA, "a script", 1.0, None, None, 5.0).is_valid(2.0)
