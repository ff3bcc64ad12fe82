"""OpenID Connect as a client: from an issuer's own description to addresses and requests.

Rules. (1) The description is of the very issuer that was asked (Discovery 4.3), and its addresses
are secure ones. (2) Only the code flow with PKCE by S256 is used; an issuer that says it cannot do
that is refused by name. (3) Only algorithms with public keys count. (4) Where the client has a
secret it is sent as the issuer wants it: in a header, or in the body.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from proxy.core.addresses import is_secure_address
from proxy.core.token_shape import PUBLIC_KEY_ALGORITHMS


class ClientSecretWay(Enum):
    """How the token endpoint wants the client's secret (OpenID Connect Core, 9)."""

    HEADER = "client_secret_basic"
    BODY = "client_secret_post"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What an issuer says of itself; `people` (its UserInfo) may be empty.

    `names_itself` says that it adds its name to what the browser brings back (RFC 9207).
    """

    issuer: str
    authorization: str
    token: str
    keys: str
    algorithms: frozenset[str]
    secret_way: ClientSecretWay
    people: str = ""
    names_itself: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """Ourselves, as the issuer knows us; without a secret a public client."""

    id: str
    secret: str
    redirect: str
    scopes: tuple[str, ...] = ("openid", "profile", "email")


def description_address(issuer: str) -> str:
    """Return where the issuer describes itself (Discovery 4)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def read_description(document: Mapping[str, Any], issuer: str) -> Endpoints | str:
    """Return the issuer's endpoints, or a sentence that says what is wrong with them."""
    if document.get("issuer") != issuer:
        return f"It describes another issuer than “{issuer}”: write it exactly as it does."
    addresses = [
        document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ]
    authorization, token, keys = [each if is_secure_address(each) else "" for each in addresses]
    if not (authorization and token and keys):
        return "Its endpoints are not https addresses."
    if not _offers(document, "response_types_supported", "code"):
        return "It does not offer the code flow."
    if not _offers(document, "code_challenge_methods_supported", "S256"):
        return "It does not offer PKCE by S256."
    named = _texts(document, "id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = PUBLIC_KEY_ALGORITHMS.intersection(named)
    if not algorithms:
        return "It signs ID tokens by shared secrets only."
    ways = _texts(document, "token_endpoint_auth_methods_supported")
    by_header = not ways or ClientSecretWay.HEADER.value in ways
    people = document.get("userinfo_endpoint")
    return Endpoints(
        issuer=issuer,
        authorization=authorization,
        token=token,
        keys=keys,
        algorithms=algorithms,
        secret_way=ClientSecretWay.HEADER if by_header else ClientSecretWay.BODY,
        people=people if is_secure_address(people) else "",
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def authorization_address(
    endpoints: Endpoints, client: Client, *, state: str, nonce: str, challenge: str
) -> str:
    """Return where the browser goes to sign in (Core 3.1.2.1, RFC 7636 4.3)."""
    wanted = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect,
        "scope": " ".join(client.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(endpoints.authorization).query else "?"
    return endpoints.authorization + joint + urlencode(wanted)


def token_request(
    way: ClientSecretWay, client: Client, *, code: str, verifier: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return headers and form of the request that turns a code into tokens (Core 3.1.3.1)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect,
        "code_verifier": verifier,
    }
    if client.secret and way is ClientSecretWay.HEADER:
        # Each half is form-encoded first (RFC 6749, 2.3.1).
        pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
        encoded = base64.b64encode(pair.encode()).decode()
        return {"Authorization": f"Basic {encoded}"}, form
    form["client_id"] = client.id
    return {}, form | ({"client_secret": client.secret} if client.secret else {})


def _offers(document: Mapping[str, Any], name: str, wanted: str) -> bool:
    """Does it offer this? One that says nothing about it may."""
    return name not in document or wanted in _texts(document, name)


def _texts(document: Mapping[str, Any], name: str) -> list[str]:
    value = document.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
