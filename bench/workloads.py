"""What is asked of the peers that stand side by side.

Each workload gives named figures; `work` is always work per CPU-second of the peer's own
processes, because that stays true when the load generator is the limit or a core is taken away.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from bench.load import Answered, Get, run_wrk
from bench.measure import cpu_seconds
from bench.missing import Disturbed, Failed
from bench.processes import Running
from bench.site import Site
from bench.websocket import download_head, generator, websocket_head

Figures = dict[str, float]
Run = Callable[[Running, Site, float], Figures]


@dataclass(frozen=True, slots=True)
class Workload:
    """`unit` is the unit of `figure`, the one that the table shows."""

    name: str
    title: str
    figure: str
    unit: str
    run: Run
    peers: frozenset[str] = frozenset()  # none named: all of them

    def takes(self, peer: str) -> bool:
        return not self.peers or peer in self.peers


def _requests(load: Get, running: Running, site: Site, seconds: float) -> Figures:
    answered, spent = _measured(load, running, site, seconds)
    return {
        "work": answered.requests / spent,
        "rate": answered.requests / answered.seconds,
        "p50": answered.p50,
        "p99": answered.p99,
    }


def _megabytes(load: Get, running: Running, site: Site, seconds: float) -> Figures:
    """Bytes that wrk has read count, those of unfinished answers too; sent ones by the request."""
    answered, spent = _measured(load, running, site, seconds)
    moved = answered.requests * 10 * 2**20 if load.kind == "upload" else answered.bytes
    return {"work": moved / 1e6 / spent, "rate": moved / 1e6 / answered.seconds}


def _measured(load: Get, running: Running, site: Site, seconds: float) -> tuple[Answered, float]:
    pids = running.pids()
    before = cpu_seconds(pids)
    answered = run_wrk(load, running.port, site, seconds)
    return answered, cpu_seconds(pids) - before


def _websockets(
    kind: str, connections: int, size: int, running: Running, site: Site, seconds: float
) -> Figures:
    head = websocket_head(running.port, site, deflate=kind == "push")
    numbers = (connections, seconds, size)
    with generator("websocket_load", kind, head, running.port, site, numbers=numbers) as load:
        load.wait_until_ready()
        pids = running.pids()
        before = cpu_seconds(pids)
        said = load.result()
        spent = cpu_seconds(pids) - before
    done = said["done"] * (size / 1e6 if kind == "push" else 1)
    if not done:
        raise Failed("nothing came back")
    return {"work": done / spent, "rate": done / said["seconds"], "p50": said["p50"]}


def _beside_bursts(running: Running, site: Site, seconds: float) -> Figures:
    """Somebody downloads 10 MB ten times a second while others ask for small things."""
    with ThreadPoolExecutor(1) as threads:
        bulk = threads.submit(run_wrk, _BURSTS, running.port, site, seconds + _HEAD_START)
        time.sleep(_HEAD_START / 2)
        answered = run_wrk(_STEADY, running.port, site, seconds)
        moved = bulk.result()
    if moved.bytes < _NEARLY * _BULK * moved.seconds:
        raise Disturbed(f"only {moved.bytes / moved.seconds / 1e6:.0f} MB/s went through")
    return {"p50": answered.p50, "p99": answered.p99}


def _beside_steady(running: Running, site: Site, seconds: float) -> Figures:
    """Ten people download 10 MB over lines of 10 MB/s while others ask for small things."""
    request = download_head(running.port, site)
    numbers = (_LINES, seconds + _HEAD_START, _BULK / _LINES)
    with generator("slow_readers", "steady", request, running.port, site, numbers=numbers) as bulk:
        bulk.wait_until_ready()
        time.sleep(_HEAD_START / 2)
        answered = run_wrk(_STEADY, running.port, site, seconds)
        moved = bulk.result()
    if moved["bytes"] < _NEARLY * _BULK * moved["seconds"]:
        raise Disturbed(f"only {moved['bytes'] / moved['seconds'] / 1e6:.0f} MB/s went through")
    return {"p50": answered.p50, "p99": answered.p99}


_SMALL = Get()
# 32 connections that wait 32 ms on average ask 1,000 times a second.
_STEADY = Get(connections=32, pause=63)
_BIG = Get("10m", connections=4, least_bytes=0)
_UPLOAD = Get("upload", connections=2, kind="upload", least_bytes=60)
# Ten connections that each wait a second on average, for 10 MB that come as fast as they can.
_BURSTS = Get("10m", connections=10, pause=1999, least_bytes=0)
_BULK, _NEARLY, _HEAD_START, _LINES = 100e6, 0.6, 1.0, 10

_BASIC = ("direct", "sifu", "nginx", "haproxy", "caddy", "chp5", "chp4", "naive")
_BULKY = frozenset({*_BASIC, "nginx-bigbuf"})
_CHECKING = frozenset({*_BASIC, "nginx-auth", "nginx-auth-cache"})

WORKLOADS = (
    Workload("get64", "small GET, 64 connections", "work", "/CPU-s", partial(_requests, _SMALL)),
    Workload(
        "mixed64",
        "small GET, twenty kinds in turn",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, kind="mixed")),
    ),
    Workload(
        "unlike64",
        "small GET, none like another",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, kind="unlike")),
    ),
    Workload(
        "get1",
        "small GET, 1 connection",
        "p50",
        "µs",
        partial(_requests, replace(_SMALL, connections=1)),
        _CHECKING,
    ),
    Workload("get1000", "small GET, 1,000/s", "p50", "µs", partial(_requests, _STEADY), _CHECKING),
    Workload(
        "download", "download of 10 MB", "work", "MB/CPU-s", partial(_megabytes, _BIG), _BULKY
    ),
    Workload("upload", "upload of 10 MB", "work", "MB/CPU-s", partial(_megabytes, _UPLOAD), _BULKY),
    Workload(
        "ws1",
        "websocket echo, 1",
        "p50",
        "µs",
        partial(_websockets, "ping", 1, 64),
        frozenset(_BASIC),
    ),
    Workload(
        "ws200",
        "websocket echo, 200",
        "work",
        "/CPU-s",
        partial(_websockets, "ping", 200, 64),
        frozenset(_BASIC),
    ),
    Workload(
        "push",
        "websocket, 1 MB messages",
        "work",
        "MB/CPU-s",
        partial(_websockets, "push", 4, 2**20),
        _BULKY,
    ),
    Workload(
        "connect",
        "new connection for each GET",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, connections=16, kind="close")),
        frozenset(_BASIC),
    ),
    Workload(
        "open",
        "websocket opened, used, closed",
        "work",
        "/CPU-s",
        partial(_websockets, "open", 16, 64),
        frozenset(_BASIC),
    ),
    Workload(
        "bursts", "small GET beside bursts of 10 MB", "p50", "µs", _beside_bursts, frozenset(_BASIC)
    ),
    Workload("beside", "small GET beside 100 MB/s", "p50", "µs", _beside_steady, frozenset(_BASIC)),
)
