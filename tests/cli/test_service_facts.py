import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.cli import service_facts
from proxy.core.identity import SHARED, ServerName
from proxy.core.lifecycle import State
from proxy.servers.places import Places
from proxy.settings import Secret, replace_setting
from proxy.store import servers
from proxy.store.database import Store
from proxy.store.records import ServerRecord


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def health_port() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def start_program(environment):
    """Start a process that looks like one of our programs from outside."""
    started = []

    def start(*words: str, **more: str) -> int:
        # It sleeps; the words behind its code are those by which such a program is told.
        command = [sys.executable, "-c", "import time; time.sleep(60)", "-m", *words]
        process = subprocess.Popen(command, env=os.environ | environment | more)
        started.append(process)
        return process.pid

    yield start
    for process in started:
        process.kill()
        process.wait()


def places_in(run: Path) -> Places:
    return Places(run=run, logs=run, python=sys.executable)


def test_looking_for_a_database_makes_none(settings):
    assert not service_facts.has_database(settings)
    found = service_facts.find_database(settings, None)
    assert not found.exists
    assert not settings.data.exists()


def test_a_server_database_is_always_worth_a_try(settings):
    elsewhere = replace_setting(settings, database_url=Secret("postgresql://u:pw@db/sifu"))
    assert service_facts.has_database(elsewhere)
    assert "pw" not in service_facts.find_database(elsewhere, None).shown


def test_a_good_database_is_at_a_known_revision(settings, installed):
    found = service_facts.find_database(settings, installed)
    assert (found.failure, found.damage) == ("", "")
    assert found.revision == found.known[-1]


def test_a_broken_database_gives_one_line(settings):
    settings.data.mkdir()
    (settings.data / "sifu.db").write_bytes(b"no database" * 1000)
    store = Store(settings.store_url)
    try:
        found = service_facts.find_database(settings, store)
        assert "not a database" in found.failure
        assert "\n" not in found.failure
        assert service_facts.newest_row_time(store) is None
        assert service_facts.find_servers(store) == []
    finally:
        store.close()


def test_jupyter_and_its_kernel_are_found(settings):
    found = service_facts.find_jupyter(settings)
    assert found.failure == ""
    assert any(kernel.name == "python3" and kernel.is_found for kernel in found.kernels)


def test_a_jupyter_that_cannot_be_loaded_gives_its_last_line(settings, tmp_path, monkeypatch):
    (tmp_path / "jupyterlab").mkdir()
    (tmp_path / "jupyterlab" / "__init__.py").write_text("raise ImportError('half installed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert service_facts.find_jupyter(settings).failure == "ImportError: half installed"


def test_programs_of_this_installation_alone_are_found(settings, start_program):
    run = settings.data / "run"
    ours = start_program("proxy.front_app", SIFU_RUN=str(run))
    start_program("proxy.relay_app", SIFU_RUN="/somewhere/else")
    start_program("something.else", SIFU_RUN=str(run))
    (found,) = service_facts.find_programs(places_in(run))
    assert (found.pid, found.name, found.is_orphan) == (ours, "front", True)


def test_a_notebook_server_without_supervisord_is_an_orphan(settings, start_program):
    places = places_in(settings.data / "run")
    ours = start_program("proxy.notebook", str(places.server_folder(SHARED)))
    start_program("proxy.notebook", "/somewhere/else")
    (found,) = service_facts.find_programs(places)
    assert (found.pid, found.name, found.is_orphan) == (ours, "notebook server", True)


def test_a_fork_server_without_supervisord_is_an_orphan(settings, start_program):
    places = places_in(settings.data / "run")
    ours = start_program("proxy.notebook.fork_server", str(places.fork_socket))
    start_program("proxy.notebook.fork_server", "/somewhere/else")
    (found,) = service_facts.find_programs(places)
    assert (found.pid, found.name, found.is_orphan) == (ours, "fork server", True)


def test_servers_that_are_said_to_run_are_found(installed):
    running = ServerRecord(SHARED, State.READY, pid=1)
    stopped = ServerRecord(ServerName("ann", "home"), State.STOPPED, pid=2)
    installed.write_now(servers.put, running, 1.0)
    installed.write_now(servers.put, stopped, 1.0)
    assert [each.name for each in service_facts.find_servers(installed)] == [SHARED]


def test_health_is_asked_over_the_port(health_port):
    good = service_facts.ask_health("front", "127.0.0.1", health_port, "/healthz")
    assert good.failure == ""
    bad = service_facts.ask_health("front", "127.0.0.1", health_port, "/other")
    assert bad.failure == "it says 503"


def test_a_port_where_nobody_listens_is_a_failure():
    assert service_facts.ask_health("front", "127.0.0.1", 13799, "/healthz").failure
