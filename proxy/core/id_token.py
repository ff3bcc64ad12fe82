"""The claims of an OpenID Connect ID token, after its signature was verified (Core 3.1.3.7).

Rules. (1) What every token must say comes first (`token_claims`). (2) The nonce is the one that
this browser's flow sent. (3) Where the token names a hash of the access token, it is that of the
one that came along: otherwise the two are of two sign-ins. (4) An e-mail address counts as verified
only if the issuer says so in so many words.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from proxy.core.token_claims import ClaimFault, fault_of_parties, fault_of_times, subject_of

LONGEST: Final = 24 * 3600.0
# It comes straight from the token endpoint, in answer to a code.
OLDEST: Final = 600.0
_MOST_TEXT: Final = 256
_MOST_GROUPS: Final = 1000


class IdTokenFault(Enum):
    """Why an ID token is refused, beyond what every token must say."""

    NONCE = "nonce"
    ACCESS_TOKEN = "access_token"  # noqa: S105 (a word in events)


@dataclass(frozen=True, slots=True)
class Expected:
    """What this flow expects of its token; `access_token` is empty if none came."""

    issuer: str
    client: str
    nonce: str
    access_token: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who signed in, as the issuer knows them; `subject` alone identifies them there."""

    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    is_email_verified: bool = False
    groups: frozenset[str] = frozenset()


def fault_of_id_token(
    claims: Mapping[str, Any], algorithm: str, expected: Expected, now: float
) -> ClaimFault | IdTokenFault | None:
    """Return why these verified claims are refused, or None."""
    fault = fault_of_parties(claims, issuer=expected.issuer, client=expected.client)
    fault = fault or fault_of_times(claims, now, longest=LONGEST, oldest=OLDEST)
    if fault is not None:
        return fault
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):
        return IdTokenFault.NONCE
    named = claims.get("at_hash")
    if named is not None and not _is_hash_of(named, expected.access_token, algorithm):
        return IdTokenFault.ACCESS_TOKEN
    return None if subject_of(claims) else ClaimFault.SUBJECT


def profile_of(claims: Mapping[str, Any], *, groups_claim: str = "groups") -> Profile:
    """Return who it is; call it for claims that have no fault."""
    groups = claims.get(groups_claim)
    named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Profile(
        issuer=str(claims["iss"]),
        subject=subject_of(claims) or "",
        name=_first(claims, "preferred_username", "name", "cognito:username", "nickname"),
        email=_text(claims.get("email")),
        is_email_verified=claims.get("email_verified") in (True, "true"),
        groups=frozenset(filter(None, map(_text, named[:_MOST_GROUPS]))),
    )


def hash_of(access_token: str, algorithm: str) -> str:
    """Return `at_hash`: the left half of the hash that the signature uses (Core 3.1.3.6)."""
    digest = hashlib.new(f"sha{_BITS.get(algorithm[-3:], 512)}", access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


# EdDSA hashes with SHA-512 (RFC 8037, with Ed25519).
_BITS: Final = {"256": 256, "384": 384, "512": 512}


def _is_hash_of(named: object, access_token: str, algorithm: str) -> bool:
    if not isinstance(named, str) or not access_token:
        return False
    return _same(named, hash_of(access_token, algorithm))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(*(text.encode(errors="surrogatepass") for text in (one, other)))


def _first(claims: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(claims.get(name)))), "")


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _MOST_TEXT and value.isprintable():
        return value
    return ""
