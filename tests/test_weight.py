"""What relay processes and notebook servers do not load: each is a few megabytes of each."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import memory
from proxy.store.database import Store
from tests.relay import conftest as fixtures
from tests.relay.conftest import Upstream, prepare
from tests.test_relay_app import Workers, running_behind

upstream = fixtures.upstream

HEAVY = ("sqlalchemy", "alembic", "pydantic", "jinja2", "jwt", "cryptography", "argon2")
# What makes notebooks of texts, and pages of notebooks: only programs of a moment load it.
CONVERTERS = ("jupytext", "nbconvert", "nbformat", "notebook", "jupyterlab", "IPython")
# A relay calls nobody and routes nothing. Frozen lists bring the library of C++.
REST_OF_AIOHTTP = (
    "aiohttp.client",
    "aiohttp.connector",
    "aiohttp.tracing",
    "aiohttp.web",
    "aiohttp.web_app",
    "aiohttp.web_ws",
    "frozenlist",
)
# What developers' tools bring, and a library takes if it is there.
TAKEN_IF_THERE = ("rich", "pygments", "greenlet", "better_exceptions")
# At most 45 MB where every page of every library is resident, which is up to the page cache.
MOST_RESIDENT = 50e6


@pytest.mark.parametrize("module", ["proxy.relay_app", "proxy.core.tokens"])
def test_what_is_not_needed_there_is_not_loaded(module: str) -> None:
    assert loaded(module, HEAVY + CONVERTERS) == []


def test_a_relay_loads_no_more_of_its_libraries_than_it_uses() -> None:
    assert loaded("proxy.relay_app", REST_OF_AIOHTTP + TAKEN_IF_THERE) == []


def test_front_loads_nothing_that_converts_notebooks() -> None:
    assert loaded("proxy.front_app", CONVERTERS) == []


def loaded(module: str, names: tuple[str, ...]) -> list[str]:
    """Return which of these a process has loaded that has imported the module."""
    script = f"import sys, {module}; print(*(m for m in {names} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="this system tells nothing of memory"
)
async def test_a_relay_is_small_after_its_first_answers(
    store: Store, upstream: Upstream, tmp_path: Path
) -> None:
    user = await prepare(store, upstream)
    workers = Workers(tmp_path)
    process = await asyncio.to_thread(workers.start)
    try:
        relay = running_behind(workers, store, upstream, user)
        assert b"200 OK" in await relay.ask("lab")
        assert b"401" in await relay.ask("lab", cookie="")
        assert b"400" in await relay.raw(b"no request at all\r\n\r\n")
        resident = memory([process.pid]).resident
        # The answers have not loaded it either.
        assert "frozenlist" not in Path(f"/proc/{process.pid}/maps").read_text()
    finally:
        await asyncio.to_thread(workers.end, process)
        workers.listener.close()
    assert resident < MOST_RESIDENT
