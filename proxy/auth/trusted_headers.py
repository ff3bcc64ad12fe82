"""A proxy of the operator's says who somebody is: `Remote-User` and the like.

Promises: believed from listed networks alone (`core.vouching`). The names are the configured ones,
and nothing else is looked at. Must not: be used where people can reach us around that proxy; the
listed networks are all that stands between a made-up header and an account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.core.vouching import Arriving, Network, VouchingFault, fault_of, says

ISSUER: Final = "trusted headers"
_MOST: Final = 255
_MOST_GROUPS: Final = 1000
_NOT_BELIEVED: Final = (
    "What stands before this site said who you are in a way that is not accepted here. Whoever "
    "runs it finds the reason in the events."
)


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """In lower case; `email` and `groups` may be empty, and are then not looked at."""

    user: str
    email: str = ""
    groups: str = ""

    def all(self) -> frozenset[str]:
        """Return every name."""
        return frozenset({self.user, self.email, self.groups} - {""})


class TrustedHeaders:
    """A voucher for headers without a signature."""

    def __init__(self, names: HeaderNames, networks: Sequence[Network]) -> None:
        self._names = names
        self._networks = networks

    async def verify(self, arriving: Arriving) -> Profile | None:
        """Return whom the headers name; None if they name nobody."""
        if not says(arriving, {self._names.user}):
            return None
        fault = fault_of(arriving, self._names.all(), self._networks)
        if fault is not None:
            raise Forbidden(_NOT_BELIEVED, detail=fault.value)
        subject = self._line(arriving, self._names.user)
        if not subject:
            raise Forbidden(_NOT_BELIEVED, detail=VouchingFault.EMPTY.value)
        groups = self._line(arriving, self._names.groups, most=64 * 1024).split(",")
        return Profile(
            issuer=ISSUER,
            subject=subject,
            name=subject,
            email=self._line(arriving, self._names.email),
            # The operator's own proxy says so.
            is_email_verified=True,
            groups=frozenset(each.strip() for each in groups[:_MOST_GROUPS] if each.strip()),
        )

    def _line(self, arriving: Arriving, name: str, most: int = _MOST) -> str:
        (text,) = arriving.headers.get(name, ("",))
        text = text.strip()
        return text if len(text) <= most and text.isprintable() else ""
