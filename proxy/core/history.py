"""The last day of an installation, one sample each few seconds, in a ring of fixed size."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SAMPLE_SECONDS: Final = 10.0
KEPT_SECONDS: Final = 24 * 3600.0
_MOST: Final = int(KEPT_SECONDS / SAMPLE_SECONDS)


@dataclass(frozen=True, slots=True)
class Sample:
    """How it was at a moment. `memory` in bytes, `requests` a second since the sample before."""

    at: float
    running: int
    waiting: int
    memory: int
    requests: float


class History:
    """The newest samples; a clock that was set back begins anew."""

    def __init__(self, most: int = _MOST) -> None:
        self._samples: deque[Sample] = deque(maxlen=most)

    def add(self, sample: Sample) -> None:
        if self._samples and sample.at < self._samples[-1].at:
            self._samples.clear()
        self._samples.append(sample)

    def since(self, at: float) -> Sequence[Sample]:
        """Return those from `at` on, oldest first."""
        return [sample for sample in self._samples if sample.at >= at]


def requests_per_second(before: tuple[float, float] | None, at: float, total: float) -> float:
    """Return the rate since `before`, a time and the total at that time.

    A total that shrank (the counters began anew) counts from nothing.
    """
    if before is None or at <= before[0]:
        return 0.0
    grown = total - before[1]
    return (grown if grown >= 0 else total) / (at - before[0])
