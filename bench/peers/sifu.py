"""Sifu itself: the relay as `sifu up` runs it, with its real store and a real pass."""

import platform
import sys
from importlib.metadata import version as version_of
from pathlib import Path

import proxy
from bench.processes import Cores, Program, Running, environment, start
from bench.site import Site, fill_store, loopback_listener

_ROOT = Path(__file__).parent.parent.parent


def version() -> str:
    """Our own, and what it stands on."""
    aiohttp = version_of("aiohttp")
    return f"{proxy.__version__} (Python {platform.python_version()}, aiohttp {aiohttp})"


def start_relay(site: Site, *, processes: int = 1) -> Running:
    """Start one relay process, or two, on one listening socket; each has a core."""
    folder = site.new_folder("sifu")
    fill_store(folder / "data", site)
    (folder / "run").mkdir()
    listener = loopback_listener()
    port: int = listener.getsockname()[1]
    running = Running(port)
    with listener:
        for number in range(processes):
            log = folder / f"relay{number}.log"
            running.programs.append(
                start(
                    [sys.executable, "-m", "proxy.relay_app"],
                    log,
                    cores=site.machine.pair[number],
                    listener=listener,
                    variables=_settings(
                        folder,
                        site,
                        SIFU_NOTEBOOK_PORT=str(port),
                        SIFU_RUN=str(folder / "run"),
                    ),
                )
            )
    return running


def start_front(site: Site, cores: Cores) -> tuple[Program, int]:
    """Start the front, with a store of its own, for those who ask it about each request."""
    folder = site.new_folder("front")
    fill_store(folder / "data", site)
    with loopback_listener() as listener:
        port: int = listener.getsockname()[1]
        program = start(
            [sys.executable, "-m", "proxy.front_app"],
            folder / "front.log",
            cores=cores,
            listener=listener,
            variables=_settings(folder, site, SIFU_FRONT_PORT=str(port)),
        )
    return program, port


def _settings(folder: Path, site: Site, **more: str) -> dict[str, str]:
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(site.secret)
    return environment(
        PYTHONPATH=str(_ROOT),
        SIFU_DATA=str(folder / "data"),
        SIFU_NOTEBOOKS=str(folder / "notebooks"),
        SIFU_SECRET_FILE=str(secret),
        **more,
    )
