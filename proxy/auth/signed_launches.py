"""Links that a portal has signed: verified, and used up where they hold once.

Promises: the portal's own key decides, by the one kind of algorithm that it has (a shared key is
never taken for a public one, nor the other way round); each refusal is `Forbidden` with its word.
Must not: know requests, or sessions.
"""

import hashlib
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Final

import jwt

from proxy.auth.joining import join
from proxy.auth.providers import Portal
from proxy.auth.signatures import is_signed
from proxy.core.allow_rules import AllowRules
from proxy.core.clock import Clock
from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.core.identity import User
from proxy.core.launch_link import SignedLaunch, read_signed_launch
from proxy.core.portal_link import LinkFault, PortalTarget, fault_of_link
from proxy.core.token_shape import PUBLIC_KEY_ALGORITHMS, ShapeFault, UnverifiedToken, read_shape
from proxy.store import used_codes
from proxy.store.database import Store

_SHARED_KEY: Final = frozenset({"HS256"})
_PUBLIC: Final = "This link cannot be accepted. Go back to the page it is on, and open it again."
# The portal's signature is the leave to come in.
_EVERYBODY: Final = AllowRules(everybody=True)


class LaunchRefusal(Enum):
    """Why a link is refused before its claims are read, or after; the value is for events."""

    CONSUMER = "consumer"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    USED = "used"


async def read_signed_link(
    text: str, portals: Mapping[str, Portal], *, origin: str, store: Store, clock: Clock
) -> tuple[Portal, SignedLaunch]:
    """Return who signed `/launch?jwt=…`, and for what; it is used up. Raises `Forbidden`."""
    token = read_shape(text, _SHARED_KEY | PUBLIC_KEY_ALGORITHMS)
    if isinstance(token, ShapeFault):
        raise _refusal(token)
    issuer = token.claims.get("iss")
    portal = portals.get(issuer) if isinstance(issuer, str) else None
    if portal is None:
        raise _refusal(LaunchRefusal.CONSUMER)
    await _check_signature(token, portal)
    launch = read_signed_launch(token.claims, portal.consumer, origin=origin, now=clock())
    if not isinstance(launch, SignedLaunch):
        raise _refusal(launch)
    used = hashlib.sha256(f"launch\n{portal.consumer.name}\n{launch.id}".encode()).hexdigest()
    if not await store.write(used_codes.consume, used, launch.until + 60, clock()):
        raise _refusal(LaunchRefusal.USED)
    return portal, launch


def find_signer(
    target: PortalTarget, until: str, signature: str, portals: Sequence[Portal], now: float
) -> Portal:
    """Return the portal that signed an address for its course; raises `Forbidden`."""
    faults: list[LinkFault] = []
    for portal in portals:
        named = portal.consumer.courses
        if portal.keys and (not named or target.course in named):
            fault = fault_of_link(target, until, signature, portal.keys, now)
            if fault is None:
                return portal
            faults.append(fault)
    # One whose key fits says more than those whose keys do not.
    told = [fault for fault in faults if fault is not LinkFault.SIGNATURE]
    raise _refusal(told[0] if told else LinkFault.SIGNATURE)


async def join_student(
    store: Store,
    portal: Portal,
    subject: str,
    name: str,
    clock: Clock,
    *,
    homes: Path | None = None,
) -> User:
    """Return the account of this person of the portal; raises `Forbidden` if it is disabled."""
    own = f"portal:{portal.consumer.name}"
    profile = Profile(issuer=portal.consumer.name, subject=subject, name=name)
    return await join(store, own, profile, _EVERYBODY, clock, homes=homes)


async def _check_signature(token: UnverifiedToken, portal: Portal) -> None:
    published = portal.published
    if token.algorithm not in (_SHARED_KEY if published is None else PUBLIC_KEY_ALGORITHMS):
        raise _refusal(LaunchRefusal.ALGORITHM)
    if published is None:
        is_good = any(_is_signed_by(token, key) for key in portal.keys)
    else:
        is_good = await is_signed(token, await published.find(token.key, token.algorithm))
    if not is_good:
        raise _refusal(LaunchRefusal.SIGNATURE)


def _is_signed_by(token: UnverifiedToken, key: bytes) -> bool:
    try:
        jwt.api_jws.decode(token.text, key, algorithms=sorted(_SHARED_KEY))
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True


def _refusal(reason: Enum) -> Forbidden:
    return Forbidden(_PUBLIC, detail=str(reason.value))
