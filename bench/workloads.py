"""What is asked of the peers that stand side by side.

Each workload gives named figures; `work` is always work per CPU-second of the peer's own
processes, because that stays true when the load generator is the limit or a core is taken away.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bench.beside import STEADY, beside_bursts, beside_lines
from bench.load import Answered, Figures, Get, run_wrk
from bench.measure import cpu_seconds
from bench.missing import Failed
from bench.processes import Running
from bench.site import Site
from bench.websocket import generator, websocket_head

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


def _requests_each(running: Running, site: Site, seconds: float) -> Figures:
    """Each process of the peer has as many connections as the one that is alone."""
    load = replace(_SMALL, connections=_SMALL.connections * len(running.pids()))
    return _requests(load, running, site, seconds)


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


_SMALL = Get()
_BIG = Get("10m", connections=4, least_bytes=0)
_UPLOAD = Get("upload", connections=2, kind="upload", least_bytes=60)

_BASIC = ("direct", "sifu", "nginx", "haproxy", "caddy", "chp5", "chp4", "naive")
_BULKY = frozenset({*_BASIC, "nginx-bigbuf"})
_CHECKING = frozenset({*_BASIC, "nginx-auth", "nginx-auth-cache"})
_ALONE = _BULKY | _CHECKING

WORKLOADS = (
    Workload(
        "get64", "small GET, 64 connections", "work", "/CPU-s", partial(_requests, _SMALL), _ALONE
    ),
    Workload(
        "mixed64",
        "small GET, twenty kinds in turn",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, kind="mixed")),
        _ALONE,
    ),
    Workload(
        "etags64",
        "small GET, another Etag each time",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, kind="etags")),
        _ALONE,
    ),
    Workload(
        "unlike64",
        "small GET, none like another",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, kind="unlike")),
        _ALONE,
    ),
    Workload(
        "get256",
        "small GET, 256 connections",
        "work",
        "/CPU-s",
        partial(_requests, replace(_SMALL, connections=256)),
        _CHECKING,
    ),
    Workload(
        "pair",
        "small GET, 64 connections a process",
        "work",
        "/CPU-s",
        _requests_each,
        frozenset({"sifu", "sifu-2"}),
    ),
    Workload(
        "get1",
        "small GET, 1 connection",
        "p50",
        "µs",
        partial(_requests, replace(_SMALL, connections=1)),
        _CHECKING,
    ),
    Workload("get1000", "small GET, 1,000/s", "p50", "µs", partial(_requests, STEADY), _CHECKING),
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
        "bursts", "small GET beside bursts of 10 MB", "p50", "µs", beside_bursts, frozenset(_BASIC)
    ),
    Workload("beside", "small GET beside 100 MB/s", "p50", "µs", beside_lines, frozenset(_BASIC)),
)
