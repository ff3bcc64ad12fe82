"""`python -m bench.statistics`: how long the statistics of a big course take, cold and kept.

A real front on a loopback port, in this process, with its own database in a temporary folder; each
figure is the median of `_ROUNDS` requests. Cold means that front has nothing in memory of it.
"""

import asyncio
import statistics
import sys
import tempfile
import time
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


async def main() -> int:
    """Return 0 if the page with its heat map is as quick as it shall be."""
    log.configure(program="bench", level="warning")
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
    _say("held\n" if cold < GOAL else "NOT held\n")
    return 0 if cold < GOAL else 1


async def seconds_of(pages: Pages, *paths: str, cold: bool = True, rounds: int = _ROUNDS) -> float:
    """Return the median of how long these take together, one after the other, to `root`."""
    taken = []
    for _ in range(rounds):
        if cold:
            pages.app[keys.COURSE_COUNTS].forget()
        began = time.perf_counter()
        for path in paths:
            headers = {"Cookie": f"sifu={pages.secrets['root']}"}
            async with pages.client.get(
                f"{pages.settings.front_origin}{path}", headers=headers
            ) as got:
                body = await got.read()
                if got.status != 200:
                    raise RuntimeError(f"{path}: {got.status} {body[:300]!r}")
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _measure(pages: Pages) -> float:
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
        _say(f"{what:<28}{taken * 1000:8.0f} ms\n")
    return cold


def _say(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
