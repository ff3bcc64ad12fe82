"""How we sign for ourselves: one key a purpose, one algorithm, a time until which it holds.

Rules. (1) HS256 only, so no header of a token chooses how it is checked. (2) Each purpose derives
its own key from the secret, so that what was made for one is worthless for another. (3) Time is
passed in. (4) A reader raises `InvalidToken` for everything it does not fully understand.

Written out, and not PyJWT's (which reads the tokens of others): every relay and every notebook
server reads seals, and the library brings `cryptography` along, six megabytes of each process.
"""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

# Clocks of front, relay and Jupyter may be on different machines.
LEEWAY: Final = 5.0
# The one header there is: {"alg":"HS256","typ":"JWT"}. Any other is not ours.
_HEADER: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
MOST: Final = 4096


class InvalidToken(Exception):
    """The token is not ours, not for this purpose, or not valid any more."""


def seal(secrets: Sequence[str], purpose: str, claims: Mapping[str, Any]) -> str:
    """Sign with the first secret; `claims` hold `exp`, seconds since the epoch."""
    return encode(derive(secrets[0], purpose), purpose, claims)


def unseal(
    secrets: Sequence[str], purpose: str, token: str, now: float, *, most: int = MOST
) -> dict[str, Any]:
    """Return what any of the secrets has signed for this purpose, in `most` characters.

    Raises `InvalidToken`.
    """
    keys = [derive(secret, purpose) for secret in secrets]
    return decode_any(keys, purpose, token, now, most=most)


def encode(key: bytes, purpose: str, claims: Mapping[str, Any]) -> str:
    """Sign with this very key: a JWT (RFC 7519) by HS256."""
    body = json.dumps({**claims, "aud": _audience(purpose)}, separators=(",", ":")).encode()
    signed = f"{_HEADER}.{_written(body)}"
    return f"{signed}.{_signature(key, signed)}"


def decode_any(
    keys: Sequence[bytes], purpose: str, token: str, now: float, *, most: int = MOST
) -> dict[str, Any]:
    """Verify with any of these keys; raises `InvalidToken`."""
    if len(token) > most:
        raise InvalidToken("too long")
    signed, _, signature = token.rpartition(".")
    header, _, body = signed.partition(".")
    given = signature.encode(errors="replace")
    is_ours = any(hmac.compare_digest(_signature(key, signed).encode(), given) for key in keys)
    claims = _read(body) if is_ours and header == _HEADER else {}
    if claims.get("aud") != _audience(purpose):
        raise InvalidToken("not signed by us for this purpose")
    if number_of(claims, "exp") + LEEWAY < now:
        raise InvalidToken("expired")
    return claims


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there; raises `InvalidToken`."""
    value = claims.get(name)
    if not isinstance(value, str):
        raise InvalidToken(f"{name} is missing")
    return value


def number_of(claims: Mapping[str, Any], name: str) -> float:
    """Return a number that must be there; raises `InvalidToken`."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(f"{name} is missing")
    return float(value)


def derive(secret: str, purpose: str) -> bytes:
    """Return the key of one purpose."""
    return hmac.digest(secret.encode(), b"sifu:" + purpose.encode(), "sha256")


def _audience(purpose: str) -> str:
    return f"sifu:{purpose}"


def _signature(key: bytes, signed: str) -> str:
    return _written(hmac.digest(key, signed.encode(errors="replace"), "sha256"))


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _read(body: str) -> dict[str, Any]:
    """Return the claims of what we have signed; empty if it is none of our making."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
