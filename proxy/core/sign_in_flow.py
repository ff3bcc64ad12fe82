"""The way of a browser to another service and back, so that nobody else can come back in its place.

A browser that sets out gets a secret in a cookie, one for each way, so that several frames of one
page do not take each other's. Rules. (1) `state` is sealed by us, names provider, target and id,
and holds the hash of that secret: another browser's way back is refused. (2) Nonce and PKCE
verifier are derived from secret and id, so they are in no address but the nonce's, in no store and
no memory, and are of one way each. (3) A way takes `LIFETIME` seconds at most and its id is used
once (its reader's duty). (4) Nothing is written before somebody comes back, so setting out a
million times costs nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from proxy.core.sealing import number_of, seal, text_of, unseal

LIFETIME: Final = 600.0
_PURPOSE: Final = "flow"


@dataclass(frozen=True, slots=True)
class Flow:
    """`target` is where to go afterwards, `browser` the hash of the browser's secret.

    `storage` names the frame of a learning platform that keeps the secret for browsers that keep
    no cookies; empty where there is none. `page` is the origin of the page whose frame it is, as
    far as the browser says.
    """

    provider: str
    target: str
    id: str
    until: float
    browser: str
    framed: bool = False
    storage: str = ""
    page: str = ""


def mint_state(secrets: Sequence[str], flow: Flow) -> str:
    """Return `state` for this way."""
    claims = {
        "prv": flow.provider,
        "tgt": flow.target,
        "jti": flow.id,
        "exp": flow.until,
        "brw": flow.browser,
        "frm": flow.framed,
        "sto": flow.storage,
        "pag": flow.page,
    }
    return seal(secrets, _PURPOSE, claims)


def read_state(secrets: Sequence[str], state: str, now: float) -> Flow:
    """Return the way that some browser set out on; raises `InvalidToken` with the reason.

    Whether it is this browser is for `is_of` to say.
    """
    claims = unseal(secrets, _PURPOSE, state, now)
    return Flow(
        provider=text_of(claims, "prv"),
        target=text_of(claims, "tgt"),
        id=text_of(claims, "jti"),
        until=number_of(claims, "exp"),
        browser=text_of(claims, "brw"),
        framed=claims.get("frm") is True,
        storage=text_of(claims, "sto"),
        page=text_of(claims, "pag"),
    )


def is_of(flow: Flow, secret: str) -> bool:
    """Did the browser that holds this secret set out on this way?"""
    return bool(secret) and hmac.compare_digest(flow.browser, hash_of(secret))


def hash_of(secret: str) -> str:
    """Return what a state may say of a browser's secret."""
    return _text(hashlib.sha256(b"sifu flow " + secret.encode(errors="replace")).digest())


def nonce_of(secret: str, flow_id: str) -> str:
    """Return the nonce of this way."""
    return _derived(secret, "nonce", flow_id)


def verifier_of(secret: str, flow_id: str) -> str:
    """Return the PKCE verifier of this way: 43 characters (RFC 7636, 4.1)."""
    return _derived(secret, "verifier", flow_id)


def challenge_of(verifier: str) -> str:
    """Return the challenge for a verifier by method S256 (RFC 7636, 4.2)."""
    return _text(hashlib.sha256(verifier.encode()).digest())


def _derived(secret: str, what: str, flow_id: str) -> str:
    return _text(hmac.digest(secret.encode(), f"{what}:{flow_id}".encode(), "sha256"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
