"""How often somebody may try to sign in: by account and address, by address, and by account.

Rules. (1) An attempt is counted before it is checked, so that a hundred at once count as a
hundred. (2) The strict count is of one account from one address: who guesses at an account does
not lock its owner out. Guesses at one account from everywhere are bounded by a looser count.
(3) A success empties the strict count and gives the other two the one try back: a class behind
one address signs in unhindered, nobody resets an address's count with an account of their own,
and an owner who signs in gives a crowd of guessers nothing. (4) IPv6 is counted by /64, which is
what one customer has at least. (5) The same sentence whether or not the account exists.
"""

import ipaddress

from proxy.core.buckets import Buckets, Rate
from proxy.core.clock import Clock
from proxy.core.errors import TooManyAttempts
from proxy.core.slugs import MAX_NAME

PER_PAIR = Rate(burst=5, seconds_each=30.0)
PER_ADDRESS = Rate(burst=20, seconds_each=6.0)
PER_ACCOUNT = Rate(burst=100, seconds_each=5.0)


class Attempts:
    """The counts of one front process; they are forgotten when it restarts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pairs = Buckets(PER_PAIR)
        self._addresses = Buckets(PER_ADDRESS)
        self._accounts = Buckets(PER_ACCOUNT)

    def count(self, address: str, account: str | None = None) -> None:
        """Count an attempt; raises `TooManyAttempts`. A one-time link has no account yet."""
        now = self._clock()
        counts = self._counts(address, account)
        wait = max(buckets.wait_for(key, now) for buckets, key in counts)
        if wait > 0:
            raise TooManyAttempts(
                f"Too many attempts to sign in. Please wait {_words(wait)} and try again.",
                retry_after=wait,
            )
        for buckets, key in counts:
            buckets.take(key, now)

    def succeeded(self, address: str, account: str | None = None) -> None:
        """That attempt was a good one."""
        now = self._clock()
        for buckets, key in self._counts(address, account):
            if buckets is self._pairs:
                buckets.clear(key)
            else:
                buckets.give_back(key, now)

    def _counts(self, address: str, account: str | None) -> list[tuple[Buckets, str]]:
        network = network_of(address)
        if account is None:
            return [(self._addresses, network)]
        name = account[:MAX_NAME]
        return [
            (self._addresses, network),
            (self._pairs, f"{network} {name}"),
            (self._accounts, name),
        ]


def network_of(address: str) -> str:
    """Return by what an address is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _words(seconds: float) -> str:
    whole = int(seconds) + 1
    return "a second" if whole == 1 else f"{whole} seconds"
