"""Who asks? A chain of verifiers, each for one kind of credential.

Promises: the first verifier that recognises its credential decides; an empty chain answers
“nobody”. A verifier answers None where a credential is not its kind, an `Identity` where it is
good, and raises `Unauthenticated` where it is its kind and bad: so a bad credential is never
passed over in favour of a weaker one. Must not: know what an HTTP framework is.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from proxy.core.identity import Identity


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request shows of itself: the values of every such header, in their order."""

    cookies: tuple[str, ...] = ()
    authorizations: tuple[str, ...] = ()


Verifier = Callable[[Presented], Awaitable[Identity | None]]


class Authenticator:
    """Asks its verifiers in their order."""

    def __init__(self, verifiers: Sequence[Verifier] = ()) -> None:
        self._verifiers = tuple(verifiers)

    async def authenticate(self, presented: Presented) -> Identity | None:
        """Return who asks, None for nobody; raises `Unauthenticated` for a bad credential."""
        for verify in self._verifiers:
            identity = await verify(presented)
            if identity is not None:
                return identity
        return None
