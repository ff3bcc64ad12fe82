"""What we sign: one class per purpose, each with one algorithm, one audience and its own key.

    pass      the relay's cookie: this session may use that server
    code      carries a browser from front to relay; 30 s, single use (its reader's duty)
    identity  relay → Jupyter: this user asks; 60 s; keyed per server

How it is signed, and what its readers refuse, stands in `sealing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxy.core.identity import ServerName
from proxy.core.sealing import (
    LEEWAY,
    InvalidToken,
    decode_any,
    encode,
    number_of,
    seal,
    text_of,
    unseal,
)

__all__ = ["LEEWAY", "InvalidToken"]  # for who reads tokens

CODE_LIFETIME: Final = 30.0
IDENTITY_LIFETIME: Final = 60.0


@dataclass(frozen=True, slots=True)
class Pass:
    """The relay's cookie: `session` may use `server` as user `user` until `expires`.

    `helper`: the server is somebody else's, and the session is one that helps there.
    """

    session: str
    user: str
    server: ServerName
    expires: float
    helper: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Carries a `Pass` and the target (raw path and query below the prefix) to the relay.

    `door` is the hash of a cookie that only the browser has for which the code was made; without
    it, somebody else's code would put a person to work in somebody else's server. `final` says
    that the relay itself had set that cookie, so that it is no use asking again where none is kept.
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
    return seal(secrets, "pass", _pass_claims(grant))


def read_pass(secrets: Sequence[str], token: str, now: float) -> Pass:
    """Verify with any of the secrets; raises `InvalidToken`."""
    claims = unseal(secrets, "pass", token, now)
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
    return seal(secrets, "code", claims)


def read_code(secrets: Sequence[str], token: str, now: float) -> Code:
    """Verify signature and expiry; whether it was used before is the caller's to check."""
    claims = unseal(secrets, "code", token, now)
    return Code(
        grant=_pass_from(claims | {"exp": number_of(claims, "pexp")}),
        target=text_of(claims, "tgt"),
        id=text_of(claims, "jti"),
        expires=number_of(claims, "exp"),
        framed=claims.get("frm") is True,
        door=text_of(claims, "dor"),
        final=claims.get("fin") is True,
    )


def mint_identity(key: str, who: AssertedIdentity) -> str:
    claims = {"sub": who.user, "name": who.display_name, "srv": who.server, "exp": who.expires}
    return encode(key.encode(), "identity", claims)


def read_identity(key: str, token: str, server: str, now: float) -> AssertedIdentity:
    """Verify the header that the relay sent; `server` is the reader's own name."""
    claims = decode_any([key.encode()], "identity", token, now)
    who = AssertedIdentity(
        text_of(claims, "sub"),
        text_of(claims, "name"),
        text_of(claims, "srv"),
        number_of(claims, "exp"),
    )
    if who.server != server:
        raise InvalidToken("for another server")
    return who


def _pass_claims(grant: Pass) -> dict[str, Any]:
    return {
        "sid": grant.session,
        "sub": grant.user,
        "own": grant.server.owner,
        "wsp": grant.server.workspace,
        "exp": grant.expires,
        **({"hlp": True} if grant.helper else {}),
    }


def _pass_from(claims: dict[str, Any]) -> Pass:
    server = ServerName.parse(text_of(claims, "own"), text_of(claims, "wsp"))
    if server is None:
        raise InvalidToken("names no server")
    return Pass(
        session=text_of(claims, "sid"),
        user=text_of(claims, "sub"),
        server=server,
        expires=number_of(claims, "exp"),
        helper=claims.get("hlp") is True,
    )
