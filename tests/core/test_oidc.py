from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.core.oidc import (
    Client,
    ClientSecretWay,
    Endpoints,
    authorization_address,
    description_address,
    read_description,
    token_request,
)

ISSUER = "https://id.example.org/realms/school"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "response_types_supported": ["code", "id_token"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    "userinfo_endpoint": f"{ISSUER}/people",
}
CLIENT = Client("sifu", "a secret: %", "https://sifu.example.org/oidc/school/back")


def test_an_issuer_that_can_is_understood():
    found = read_description(GOOD, ISSUER)
    assert isinstance(found, Endpoints)
    assert found.algorithms == {"RS256"}
    assert found.secret_way is ClientSecretWay.HEADER
    assert found.people == f"{ISSUER}/people"


def test_one_that_says_little_may_do_all_that_is_usual():
    few = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    found = read_description({name: GOOD[name] for name in few}, ISSUER)
    assert isinstance(found, Endpoints)
    assert found.algorithms == {"RS256"}
    assert (found.secret_way, found.people) == (ClientSecretWay.HEADER, "")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"issuer": ISSUER + "/"}, "another issuer"),
        ({"issuer": "https://evil.example"}, "another issuer"),
        ({"issuer": None}, "another issuer"),
        ({"authorization_endpoint": "http://id.example.org/authorize"}, "https"),
        ({"token_endpoint": None}, "https"),
        ({"jwks_uri": "file:///etc/passwd"}, "https"),
        ({"jwks_uri": ["https://id.example.org/keys"]}, "https"),
        ({"response_types_supported": ["id_token"]}, "code flow"),
        ({"response_types_supported": "code"}, "code flow"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "shared secrets"),
    ],
)
def test_one_that_cannot_is_refused_in_words(changes, word):
    found = read_description(GOOD | changes, ISSUER)
    assert isinstance(found, str)
    assert word in found


def test_a_secret_goes_where_the_issuer_wants_it():
    found = read_description(
        GOOD | {"token_endpoint_auth_methods_supported": ["client_secret_post"]}, ISSUER
    )
    assert isinstance(found, Endpoints)
    headers, form = token_request(found.secret_way, CLIENT, code="c", verifier="v")
    assert headers == {}
    assert (form["client_id"], form["client_secret"]) == (CLIENT.id, CLIENT.secret)
    headers, form = token_request(ClientSecretWay.HEADER, CLIENT, code="c", verifier="v")
    assert headers == {"Authorization": "Basic c2lmdTphJTIwc2VjcmV0JTNBJTIwJTI1"}
    assert "client_secret" not in form
    public = Client("sifu", "", CLIENT.redirect)
    headers, form = token_request(ClientSecretWay.HEADER, public, code="c", verifier="v")
    assert (headers, form["client_id"], "client_secret" in form) == ({}, "sifu", False)


@pytest.mark.parametrize("query", ["", "?p=1"])
def test_the_browser_is_sent_with_all_that_binds_its_way(query):
    endpoints = read_description(
        GOOD | {"authorization_endpoint": f"{ISSUER}/authorize{query}"}, ISSUER
    )
    assert isinstance(endpoints, Endpoints)
    address = authorization_address(endpoints, CLIENT, state="s&t", nonce="n", challenge="c")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{ISSUER}/authorize?")
    assert asked["state"] == ["s&t"]
    assert asked["nonce"] == ["n"]
    assert asked["code_challenge"] == ["c"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid profile email"]
    assert asked["redirect_uri"] == [CLIENT.redirect]
    assert CLIENT.secret not in address


def test_the_description_is_below_the_issuer():
    for issuer in (ISSUER, ISSUER + "/"):
        assert description_address(issuer) == f"{ISSUER}/.well-known/openid-configuration"
