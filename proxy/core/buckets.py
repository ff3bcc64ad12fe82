"""Token buckets, as arithmetic: time is passed in, nothing is stored here but the map itself.

Used for sign-in attempts: a bucket per account and a bucket per address. The map is bounded; when
it is full, the fullest buckets (the least guilty) are forgotten first.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` tries at once, then one more every `seconds_each`."""

    burst: int
    seconds_each: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left, and when that was true."""

    tokens: float
    at: float


class Buckets:
    """One bucket per key, at most `capacity` of them."""

    def __init__(self, rate: Rate, *, capacity: int = 10_000) -> None:
        self._rate = rate
        self._capacity = capacity
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def wait_for(self, key: str, now: float) -> float:
        """Seconds until a try is allowed; 0.0 if one is allowed now. Takes nothing."""
        tokens = self._tokens(key, now)
        return 0.0 if tokens >= 1 else (1 - tokens) * self._rate.seconds_each

    def take(self, key: str, now: float) -> None:
        """Count one try."""
        if key not in self._buckets and len(self._buckets) >= self._capacity:
            self._forget(now)
        self._buckets[key] = Bucket(self._tokens(key, now) - 1, now)

    def give_back(self, key: str, now: float) -> None:
        """Undo one `take`: that try turned out to be a good one."""
        if key in self._buckets:
            tokens = min(float(self._rate.burst), self._tokens(key, now) + 1)
            self._buckets[key] = Bucket(tokens, now)

    def clear(self, key: str) -> None:
        """Forget a key, after a success."""
        self._buckets.pop(key, None)

    def _tokens(self, key: str, now: float) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            return float(self._rate.burst)
        gained = max(0.0, now - bucket.at) / self._rate.seconds_each
        return min(float(self._rate.burst), bucket.tokens + gained)

    def _forget(self, now: float) -> None:
        by_fullness = sorted(self._buckets, key=lambda key: -self._tokens(key, now))
        for key in by_fullness[: self._capacity // 10 + 1]:
            del self._buckets[key]
