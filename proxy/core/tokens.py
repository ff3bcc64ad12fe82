"""What we sign: one class per purpose, each with one algorithm, one audience and its own key.

Rules. (1) HS256 only, so no header of a token chooses how it is checked. (2) Each purpose derives
its own key from the secret, so that a code can never be read as a pass. (3) Time is passed in.
(4) A reader raises `InvalidToken` for everything it does not fully understand.

    pass      the relay's cookie: this session may use that server
    code      carries a browser from front to relay; 30 s, single use (its reader's duty)
    identity  relay → Jupyter: this user asks; 60 s; keyed per server
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import jwt

from proxy.core.identity import ServerName

CODE_LIFETIME: Final = 30.0
IDENTITY_LIFETIME: Final = 60.0
# Clocks of front, relay and Jupyter may be on different machines.
LEEWAY: Final = 5.0
_ALGORITHM: Final = "HS256"
_MAX_TOKEN: Final = 4096


class InvalidToken(Exception):
    """The token is not ours, not for this purpose, or not valid any more."""


@dataclass(frozen=True, slots=True)
class Pass:
    """The relay's cookie: `session` may use `server` as user `user` until `expires`."""

    session: str
    user: str
    server: ServerName
    expires: float


@dataclass(frozen=True, slots=True)
class Code:
    """Carries a `Pass` and the target (raw path and query below the prefix) to the relay.

    `door` is the hash of a cookie that only the browser has for which the code was made; without
    it, somebody else's code would put a person to work in somebody else's server. `final` says
    that the relay itself had set that cookie, so that there is no use in asking again.
    """

    grant: Pass
    target: str
    id: str
    expires: float
    framed: bool = False
    door: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class AssertedIdentity:
    """What Jupyter learns about the person behind a request."""

    user: str
    display_name: str
    server: str
    expires: float


def mint_pass(secrets: Sequence[str], grant: Pass) -> str:
    """Sign with the first secret; the others are for reading only (rotation)."""
    return _encode(_derive(secrets[0], "pass"), "pass", _pass_claims(grant))


def read_pass(secrets: Sequence[str], token: str, now: float) -> Pass:
    """Verify with any of the secrets; raises `InvalidToken`."""
    claims = _decode_any([_derive(secret, "pass") for secret in secrets], token, "pass", now)
    return _pass_from(claims)


def mint_code(secrets: Sequence[str], code: Code) -> str:
    claims = _pass_claims(code.grant) | {
        "pexp": code.grant.expires,
        "exp": code.expires,
        "jti": code.id,
        "tgt": code.target,
        "frm": code.framed,
        "dor": code.door,
        "fin": code.final,
    }
    return _encode(_derive(secrets[0], "code"), "code", claims)


def read_code(secrets: Sequence[str], token: str, now: float) -> Code:
    """Verify signature and expiry; whether it was used before is the caller's to check."""
    claims = _decode_any([_derive(secret, "code") for secret in secrets], token, "code", now)
    return Code(
        grant=_pass_from(claims | {"exp": _number(claims, "pexp")}),
        target=_text(claims, "tgt"),
        id=_text(claims, "jti"),
        expires=_number(claims, "exp"),
        framed=claims.get("frm") is True,
        door=_text(claims, "dor"),
        final=claims.get("fin") is True,
    )


def mint_identity(key: str, who: AssertedIdentity) -> str:
    claims = {"sub": who.user, "name": who.display_name, "srv": who.server, "exp": who.expires}
    return _encode(key.encode(), "identity", claims)


def read_identity(key: str, token: str, server: str, now: float) -> AssertedIdentity:
    """Verify the header that the relay sent; `server` is the reader's own name."""
    claims = _decode_any([key.encode()], token, "identity", now)
    who = AssertedIdentity(
        _text(claims, "sub"), _text(claims, "name"), _text(claims, "srv"), _number(claims, "exp")
    )
    if who.server != server:
        raise InvalidToken("for another server")
    return who


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), b"sifu:" + purpose.encode(), "sha256")


def _encode(key: bytes, audience: str, claims: dict[str, Any]) -> str:
    return jwt.encode(claims | {"aud": f"sifu:{audience}"}, key, algorithm=_ALGORITHM)


def _decode_any(keys: Sequence[bytes], token: str, audience: str, now: float) -> dict[str, Any]:
    if len(token) > _MAX_TOKEN:
        raise InvalidToken("too long")
    for key in keys:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=f"sifu:{audience}",
                # The expiry is checked below, against the clock that was passed in.
                options={"require": ["exp", "aud"], "verify_exp": False, "verify_iat": False},
            )
        except (jwt.InvalidTokenError, ValueError, TypeError):
            continue
        if _number(claims, "exp") + LEEWAY < now:
            raise InvalidToken("expired")
        return claims
    raise InvalidToken("not signed by us for this purpose")


def _pass_claims(grant: Pass) -> dict[str, Any]:
    return {
        "sid": grant.session,
        "sub": grant.user,
        "own": grant.server.owner,
        "wsp": grant.server.workspace,
        "exp": grant.expires,
    }


def _pass_from(claims: dict[str, Any]) -> Pass:
    server = ServerName.parse(_text(claims, "own"), _text(claims, "wsp"))
    if server is None:
        raise InvalidToken("names no server")
    return Pass(_text(claims, "sid"), _text(claims, "sub"), server, _number(claims, "exp"))


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        raise InvalidToken(f"{name} is missing")
    return value


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(f"{name} is missing")
    return float(value)
