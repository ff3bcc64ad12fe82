"""One engine and one build for everything in this folder."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.image import base_image, engine
from tests.image.building import Build, build_with_private_course
from tests.image.engine import Engine
from tests.image.git_host import GitHost, PrivateHost


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was measured, also where everything passed."""
    for report in terminalreporter.stats.get("passed", []):
        for name, sentence in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(sentence)


@pytest.fixture(scope="session")
def docker() -> Iterator[Engine]:
    """An engine on the machine's network, with the base image."""
    # Whoever ends the tests from outside (a time limit) ends the engine, too.
    with suppress(ValueError):  # only the main thread may ask for that
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with engine.running() as started:
        base_image.load(started)
        yield started


@pytest.fixture(scope="session")
def private_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateHost]:
    """A git host that asks for a token, with a course and a Python package."""
    with PrivateHost.running(tmp_path_factory.mktemp("private")) as host:
        yield host


@pytest.fixture(scope="session")
def built(
    docker: Engine, private_host: PrivateHost, tmp_path_factory: pytest.TempPathFactory
) -> Build:
    """The image, with what the private host has; the token came as a secret."""
    return build_with_private_course(docker, private_host, tmp_path_factory.mktemp("context"))


@pytest.fixture
def git_host(tmp_path: Path) -> Iterator[GitHost]:
    """An empty git host on loopback."""
    with GitHost.running(tmp_path / "host") as host:
        yield host
