"""What somebody waits who asks for small things while others move a hundred megabytes a second."""

import time
from concurrent.futures import ThreadPoolExecutor

from bench.load import Answered, Figures, Get, run_wrk
from bench.missing import Disturbed
from bench.processes import Running
from bench.site import Site
from bench.websocket import download_head, generator

# 32 connections that wait 32 ms on average ask 1,000 times a second.
STEADY = Get(connections=32, pause=63)
# Ten connections that each wait a second on average, for 10 MB that come as fast as they can.
_BURSTS = Get("10m", connections=10, pause=1999, least_bytes=0)
_BULK, _NEARLY, _HEAD_START, _LINES = 100e6, 0.6, 1.0, 10


def beside_lines(running: Running, site: Site, seconds: float) -> Figures:
    """Ten people download 10 MB again and again, each over a line of 10 MB/s."""
    request = download_head(running.port, site)
    numbers = (_LINES, seconds + _HEAD_START, _BULK / _LINES)
    with generator("slow_readers", "steady", request, running.port, site, numbers=numbers) as bulk:
        bulk.wait_until_ready()
        answered = _ask(running, site, seconds)
        moved = bulk.result()
    return _figures(answered, moved["bytes"] / moved["seconds"])


def beside_bursts(running: Running, site: Site, seconds: float) -> Figures:
    """Somebody downloads 10 MB ten times a second, as fast as they come."""
    with ThreadPoolExecutor(1) as threads:
        bulk = threads.submit(run_wrk, _BURSTS, running.port, site, seconds + _HEAD_START)
        answered = _ask(running, site, seconds)
        moved = bulk.result()
    return _figures(answered, moved.bytes / moved.seconds)


def _ask(running: Running, site: Site, seconds: float) -> Answered:
    time.sleep(_HEAD_START / 2)
    return run_wrk(STEADY, running.port, site, seconds)


def _figures(answered: Answered, rate: float) -> Figures:
    if rate < _NEARLY * _BULK:
        raise Disturbed(f"only {rate / 1e6:.0f} MB/s went through")
    return {"p50": answered.p50, "p99": answered.p99}
