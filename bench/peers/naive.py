"""The straightforward aiohttp proxy (bench/naive.py), and the upstream without any proxy."""

import platform
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from bench.processes import Running, environment, start
from bench.site import Site, loopback_listener, start_upstream

_ROOT = Path(__file__).parent.parent.parent


def naive_version() -> str:
    return f"aiohttp {version_of('aiohttp')} (Python {platform.python_version()})"


def start_naive(site: Site) -> Running:
    folder = site.new_folder("naive")
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(site.secret)
    variables = environment(
        PYTHONPATH=str(_ROOT),
        NAIVE_UPSTREAM=str(site.upstream_socket),
        NAIVE_SECRET_FILE=str(secret),
    )
    with loopback_listener() as listener:
        port: int = listener.getsockname()[1]
        program = start(
            [sys.executable, "-m", "bench.naive"],
            folder / "naive.log",
            cores=site.machine.peer,
            listener=listener,
            variables=variables,
        )
    return Running(port, [program])


def direct_version() -> str:
    return "the upstream program itself"


def start_direct(site: Site) -> Running:
    """A second upstream on the peers' core: what is possible without a proxy."""
    folder = site.new_folder("direct")
    program, port = start_upstream(
        site.programs, folder / "upstream.sock", folder / "upstream.log", site.machine.peer
    )
    return Running(port, [program])
