"""What every signed token must say of itself, whoever it is from: issuer, audience, times, subject.

Rules. (1) Names are compared whole and exactly. (2) A token for several audiences says which one
asked for it (`azp`), and that is us. (3) Times are numbers, no truth values; clocks may differ by
`LEEWAY`; who issued a token long ago, or for long, did not issue it for this moment. (4) The first
rule that is broken is the answer, so that each refusal has one reason.
"""

import math
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

LEEWAY: Final = 60.0
_MOST_AUDIENCES: Final = 20
_MOST_SUBJECT: Final = 255
Claims = Mapping[str, Any]


class ClaimFault(Enum):
    """Why a token is refused; the value is the word in events."""

    ISSUER = "issuer"
    AUDIENCE = "audience"
    AUTHORIZED_PARTY = "authorized_party"
    TIMES = "times"
    EXPIRED = "expired"
    EARLY = "early"
    OLD = "old"
    LIFETIME = "lifetime"
    SUBJECT = "subject"


def fault_of_parties(claims: Claims, *, issuer: str, client: str) -> ClaimFault | None:
    """Is the token from this issuer and for this client? (OpenID Connect Core 3.1.3.7, 2 to 5)"""
    if claims.get("iss") != issuer:
        return ClaimFault.ISSUER
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not 0 < len(named) <= _MOST_AUDIENCES or client not in named:
        return ClaimFault.AUDIENCE
    party = claims.get("azp")
    if (len(named) > 1 or party is not None) and party != client:
        return ClaimFault.AUTHORIZED_PARTY
    return None


def fault_of_times(
    claims: Claims, now: float, *, longest: float, oldest: float = math.inf
) -> ClaimFault | None:
    """Does it hold at `now`? It may last `longest` seconds, and be `oldest` seconds old."""
    times = [claims.get(name) for name in ("exp", "iat")]
    times.append(claims.get("nbf", times[1]))
    if not all(_is_time(each) for each in times):
        return ClaimFault.TIMES
    expires, issued, begins = (float(str(each)) for each in times)
    if now >= expires + LEEWAY:
        return ClaimFault.EXPIRED
    if now < max(issued, begins) - LEEWAY:
        return ClaimFault.EARLY
    if now - issued > oldest + LEEWAY:
        return ClaimFault.OLD
    return ClaimFault.LIFETIME if expires - issued > longest else None


def subject_of(claims: Claims) -> str | None:
    """Return whom it is about: printable ASCII of at most 255 characters (Core 2), or None."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT:
        return None
    return subject if subject.isascii() and subject.isprintable() else None


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**53
