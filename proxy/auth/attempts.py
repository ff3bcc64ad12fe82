"""How often somebody may try to sign in: a bucket per account, and one per address.

Rules. (1) An attempt is counted before it is checked, so that a hundred at once count as a
hundred. (2) A success empties the account's count and gives its address the one try back: a class
behind one address signs in unhindered, and nobody resets an address's count with an account of
their own. (3) IPv6 is counted by /64, which is what one customer has at least. (4) The same
sentence whether or not the account exists.
"""

import ipaddress

from proxy.core.buckets import Buckets, Rate
from proxy.core.clock import Clock
from proxy.core.errors import TooManyAttempts
from proxy.core.slugs import MAX_NAME

PER_ACCOUNT = Rate(burst=5, seconds_each=30.0)
PER_ADDRESS = Rate(burst=20, seconds_each=6.0)


class Attempts:
    """The counts of one front process; they are forgotten when it restarts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accounts = Buckets(PER_ACCOUNT)
        self._addresses = Buckets(PER_ADDRESS)

    def count(self, address: str, account: str | None = None) -> None:
        """Count an attempt; raises `TooManyAttempts`. A one-time link has no account yet."""
        now = self._clock()
        wait = self._addresses.wait_for(_network(address), now)
        if account is not None:
            wait = max(wait, self._accounts.wait_for(account[:MAX_NAME], now))
        if wait > 0:
            raise TooManyAttempts(
                f"Too many attempts to sign in. Please wait {_words(wait)} and try again.",
                retry_after=wait,
            )
        self._addresses.take(_network(address), now)
        if account is not None:
            self._accounts.take(account[:MAX_NAME], now)

    def succeeded(self, address: str, account: str | None = None) -> None:
        """That attempt was a good one."""
        self._addresses.give_back(_network(address), self._clock())
        if account is not None:
            self._accounts.clear(account[:MAX_NAME])


def _network(address: str) -> str:
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
