"""`python -m bench.statistics`: how long the statistics of a big course take, cold and kept.

A real front on a loopback port, in this process, with its own database in a temporary folder; each
figure is the median of `_ROUNDS` requests. Cold means that front has nothing in memory of it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import course
from proxy import log
from proxy.store.database import Store, migrate
from proxy.web import keys
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages

GOAL = 0.300
_ROUNDS = 9
_HERE = f"/courses/{course.NAME}/statistics"


@dataclass(frozen=True, slots=True)
class Taken:
    """Medians in seconds. All of it runs in this process, store and asking included.

    So the processor's time is what the clock's would be on a machine that does nothing else.
    """

    clock: float
    processor: float

    @property
    def alone(self) -> float:
        """What it takes a machine that does nothing else; waits are in the clock's time alone."""
        return min(self.clock, self.processor)


async def main() -> int:
    """Return 0 if the page with its heat map is as quick as it shall be."""
    log.configure(program="bench", level="WARNING")
    size = course.Size()
    with tempfile.TemporaryDirectory(prefix="sifu-bench-") as folder:
        store = Store(f"sqlite:///{folder}/sifu.db")
        migrate(store)
        began = time.perf_counter()
        openings = store.write_now(course.fill, size)
        _say(f"{size.students} students, {size.notebooks} notebooks, {size.days} days: ")
        _say(f"{openings:,} openings, written in {time.perf_counter() - began:.1f} s\n\n")
        clock = FakeClock(float((size.first + size.days - 1) * 86_400 + 43_200))
        async with run_pages(store, clock, Path(folder)) as pages:
            cold = await _measure(pages)
        store.close()
    _say(f"\ngoal: page and heat map, cold, in {GOAL * 1000:.0f} ms: ")
    is_held = cold.clock < GOAL  # by the clock, as people wait
    _say("held\n" if is_held else "NOT held\n")
    return 0 if is_held else 1


async def seconds_of(pages: Pages, *paths: str, cold: bool = True) -> "Taken":
    """Return how long these take together, one after the other, to `root`."""
    headers = {"Cookie": f"sifu={pages.secrets['root']}"}
    clock, processor = [], []
    for _ in range(_ROUNDS):
        if cold:
            pages.app[keys.COURSE_COUNTS].forget()
        began, used = time.perf_counter(), time.process_time()
        for path in paths:
            url = f"{pages.settings.front_origin}{path}"
            async with pages.client.get(url, headers=headers) as got:
                body = await got.read()
                if got.status != 200:
                    raise RuntimeError(f"{path}: {got.status} {body[:300]!r}")
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return Taken(statistics.median(clock), statistics.median(processor))


async def _measure(pages: Pages) -> Taken:
    map_, api = f"{_HERE}/heat.png", f"/api{_HERE}"
    cold = await seconds_of(pages, _HERE, map_)
    rows = {
        "page and heat map, cold": cold,
        "page, cold": await seconds_of(pages, _HERE),
        "page and heat map, kept": await seconds_of(pages, _HERE, map_, cold=False),
        "numbers (API), cold": await seconds_of(pages, api),
        "matrix.csv, cold": await seconds_of(pages, f"{_HERE}/matrix.csv"),
    }
    for what, taken in rows.items():
        _say(
            f"{what:<28}{taken.clock * 1000:8.0f} ms{taken.processor * 1000:8.0f} ms of processor\n"
        )
    return cold


def _say(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
