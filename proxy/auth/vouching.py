"""Who does the thing in front of us say it is? A chain of vouchers, each for one kind of headers.

Promises: the first that recognises its headers decides; an empty chain answers “nobody”. A voucher
answers None where the headers are not its kind, a `Profile` where they are good, and raises
`Forbidden` (with the word) where they are its kind and bad: they are never passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from proxy.core.allow_rules import AllowRules
from proxy.core.id_token import Profile
from proxy.core.vouching import Arriving


class Voucher(Protocol):
    """One kind of headers."""

    async def verify(self, arriving: Arriving) -> Profile | None:
        """Return who it is, None if the headers are not this kind; raises `Forbidden`."""


@dataclass(frozen=True, slots=True)
class NamedVoucher:
    """`name` is the provider in identities."""

    name: str
    rules: AllowRules
    voucher: Voucher


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom somebody vouches for, and by which rules they come in."""

    provider: str
    rules: AllowRules
    profile: Profile


class Vouching:
    """Asks its vouchers in their order."""

    def __init__(self, vouchers: Sequence[NamedVoucher] = ()) -> None:
        self._vouchers = tuple(vouchers)

    def __bool__(self) -> bool:
        return bool(self._vouchers)

    async def verify(self, arriving: Arriving) -> Vouched | None:
        """Return whom the first of them vouches for; raises `Forbidden` with the word."""
        for each in self._vouchers:
            profile = await each.voucher.verify(arriving)
            if profile is not None:
                return Vouched(each.name, each.rules, profile)
        return None
