"""Who is compared: each peer with its version and the way it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.peers import naive, nginx, node, others, sifu
from bench.processes import Running
from bench.site import Site


@dataclass(frozen=True, slots=True)
class Peer:
    """One thing that is measured; `version` raises `Missing` where it cannot be had."""

    name: str
    what: str
    version: Callable[[], str]
    start: Callable[[Site], Running]

    @property
    def checks_credentials(self) -> bool:
        """Does it refuse a request that shows none? (The other rivals let everybody in.)"""
        return self.name in _CHECKING


_CHECKING = frozenset({"sifu", "sifu-2", "nginx-auth", "nginx-auth-cache", "naive"})


def list_peers(store: Path) -> tuple[Peer, ...]:
    """Return all peers; `store` is where what was fetched is kept between runs."""
    pair = partial(sifu.start_relay, processes=2)
    return (
        Peer("direct", "no proxy", naive.direct_version, naive.start_direct),
        Peer("sifu", "Sifu's relay, one process", sifu.version, sifu.start_relay),
        Peer("sifu-2", "Sifu's relay, two processes", sifu.version, pair),
        *_nginx(),
        Peer("haproxy", "haproxy, one thread", others.haproxy_version, others.start_haproxy),
        Peer("caddy", "caddy, one thread", others.caddy_version, others.start_caddy),
        *_chp(store),
        Peer("naive", "bench/naive.py", naive.naive_version, naive.start_naive),
    )


def _nginx() -> tuple[Peer, ...]:
    version = nginx.nginx_version
    uncached = partial(nginx.start_asking, caching=False)
    cached = partial(nginx.start_asking, caching=True)
    return (
        Peer("nginx", "nginx, one worker, default buffers", version, nginx.start_plain),
        Peer("nginx-bigbuf", "nginx with 256 KiB buffers", version, nginx.start_big_buffers),
        Peer("nginx-auth", "nginx asks Sifu's front about each request", version, uncached),
        Peer("nginx-auth-cache", "the same, the verdict kept for 60 s", version, cached),
    )


def _chp(store: Path) -> tuple[Peer, ...]:
    return tuple(
        Peer(
            name,
            "configurable-http-proxy, JupyterHub's",
            partial(node.install, version, store),
            partial(node.start_proxy, version=version, folder=store),
        )
        for name, version in (("chp5", "5.3.0"), ("chp4", "4.6.3"))
    )
