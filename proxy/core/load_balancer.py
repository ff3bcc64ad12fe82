"""What a load balancer of AWS says of whom it signed in: `x-amzn-oidc-data`.

It is a token of its own making (ES256): the header holds signer, client, issuer and expiry beside
the key's name, the parts are base64 **with** padding, and it holds for minutes, made anew for each
request. Rules. (1) Algorithm ES256, signer the very load balancer, client and issuer the very ones
that were configured. (2) It is not over. (3) The name of its key is an identifier, because it goes
into an address. (4) Nothing of it counts before the signature was verified.
(“Authenticate users using an Application Load Balancer”, AWS.)
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from proxy.core.strict_json import NotStrict, read_object
from proxy.core.vouching import VouchingFault

HEADER: Final = "x-amzn-oidc-data"
ALL_HEADERS: Final = frozenset({HEADER, "x-amzn-oidc-identity", "x-amzn-oidc-accesstoken"})
ALGORITHM: Final = "ES256"
_MOST: Final = 16 * 1024
_LEEWAY: Final = 5.0
_KEY: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Signer:
    """The load balancer as it was configured."""

    signer: str
    client: str
    issuer: str


@dataclass(frozen=True, slots=True)
class BalancerToken:
    """Not verified yet: `signed` is what was signed, `key` the name of the key."""

    key: str
    until: float
    claims: Mapping[str, Any] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read_token(text: str, known: Signer, now: float) -> BalancerToken | VouchingFault:
    """Take it apart; the claims count only after the signature was verified."""
    parts = text.split(".")
    if len(text) > _MOST or len(parts) != 3 or not text.isascii():
        return VouchingFault.TOKEN
    try:
        header, claims = [read_object(_decode(part)) for part in parts[:2]]
        signature = _decode(parts[2])
    except (NotStrict, ValueError, binascii.Error):
        return VouchingFault.TOKEN
    key, until = header.get("kid"), header.get("exp")
    if header.get("alg") != ALGORITHM or not isinstance(key, str) or not _KEY.fullmatch(key):
        return VouchingFault.TOKEN
    if isinstance(until, bool) or not isinstance(until, int | float):
        return VouchingFault.TOKEN
    if (fault := _fault_of_parties(header, known)) is not None:
        return fault
    if until + _LEEWAY < now:
        return VouchingFault.EXPIRED
    signed = f"{parts[0]}.{parts[1]}".encode()
    return BalancerToken(key, float(until), claims, signed, signature)


def _fault_of_parties(header: Mapping[str, Any], known: Signer) -> VouchingFault | None:
    if not _same(header.get("signer"), known.signer):
        return VouchingFault.SIGNER
    if not _same(header.get("client"), known.client):
        return VouchingFault.CLIENT
    return None if _same(header.get("iss"), known.issuer) else VouchingFault.ISSUER


def keys_address(signer: str) -> str:
    """Return where the region of this load balancer publishes its keys; raises `ValueError`."""
    region = signer.split(":")[3]
    if not re.fullmatch(r"[a-z0-9-]{1,32}", region):
        raise ValueError(f"no region in {signer}")
    if region.startswith("us-gov-"):
        return f"https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}"
    return f"https://public-keys.auth.elb.{region}.amazonaws.com"


def _same(said: object, known: str) -> bool:
    if not isinstance(said, str):
        return False
    return hmac.compare_digest(said.encode(errors="surrogatepass"), known.encode())


def _decode(part: str) -> bytes:
    bare = part.rstrip("=")
    padded = bare + "=" * (-len(bare) % 4)
    if part not in (bare, padded):
        raise ValueError("padded in a way of its own")
    return base64.b64decode(padded, altchars=b"-_", validate=True)
