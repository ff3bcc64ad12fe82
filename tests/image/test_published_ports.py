"""Ports that Docker publishes, and Compose: in a network namespace, so that the machine's stay."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image import engine
from tests.image.building import ROOT, Build
from tests.image.containers import STRICT, Container, container
from tests.image.engine import Engine

pytestmark = [pytest.mark.image, pytest.mark.timeout(240)]
SPACE = f"sifu-{os.getpid()}"
PROJECT = "sifu-by-compose"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def apart(docker: Engine, built: Build) -> Iterator[Engine]:
    """A second engine, in a namespace with a bridge, that has the image."""
    with engine.running(namespace=SPACE) as started:
        docker.hand_image(built.name, started)
        yield started


def walk_inside(apart: Engine, front: str, notebooks: str, link: str) -> str:
    """Send a person through from inside the namespace; return what the cell printed."""
    program = [sys.executable, "-m", "tests.image.walk", front, notebooks, link]
    done = subprocess.run(
        [*apart.inside, *program], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_published_ports_lead_in(apart: Engine, built: Build) -> None:
    ports = ("--publish=127.0.0.1:8334:3334", "--publish=127.0.0.1:8335:3335")
    front, notebooks = "http://127.0.0.1:8334", "http://127.0.0.1:8335"
    with container(
        apart,
        built.name,
        *(*STRICT, *ports),
        SIFU_BIND="0.0.0.0",
        SIFU_FRONT_PORT="3334",
        SIFU_NOTEBOOK_PORT="3335",
        SIFU_FRONT_URL=front,
        SIFU_NOTEBOOK_URL=notebooks,
    ) as running:
        link = running.wait_for_link()
        assert link.startswith("http://127.0.0.1:8334/")
        assert walk_inside(apart, front, notebooks, link) == "42\n"
        took, status = running.stop()
        assert (took < 10, status) == (True, 0)


def compose() -> list[str]:
    """Return the command of Compose, whichever version this machine has."""
    with_plugin = [engine.find_client(), "compose"]
    if subprocess.run([*with_plugin, "version"], capture_output=True, check=False).returncode == 0:
        return with_plugin
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    pytest.skip("this machine has no Compose")


class Composition:
    """The project of docker-compose.yml, with secrets as files, in a folder of its own."""

    def __init__(self, apart: Engine, image: str, folder: Path) -> None:
        self.folder = folder
        for name in ("docker-compose.yml", "docker/compose.secrets.yml"):
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        (folder / "secrets").mkdir()
        for name, text in (("admin_password", PASSWORD), ("signing_secret", "s" * 40)):
            path = folder / "secrets" / name
            path.write_text(text)
            path.chmod(0o400)
            os.chown(path, 1000, 1000)
        files = ["-f", "docker-compose.yml", "-f", "docker/compose.secrets.yml"]
        self._command = [*compose(), "-p", PROJECT, *files]
        self._environment = apart.environment | {"SIFU_IMAGE": image}

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_compose_brings_it_up_and_down(apart: Engine, built: Build, tmp_path) -> None:
    project = Composition(apart, built.name, tmp_path)
    project.run("up", "--detach", "--no-build")
    try:
        running = Container(apart, built.name)
        running.name = project.run("ps", "--quiet", "sifu").strip()
        assert running.wait_for_link() == "http://127.0.0.1:3334/sign-in"
        # A link instead of the password, for the walk.
        link = running.execute("sifu", "user", "add", "ann", "--link").split()[-1]
        printed = walk_inside(apart, "http://127.0.0.1:3334", "http://127.0.0.1:3335", link)
        assert printed == "42\n"
        running.wait_for(lambda: running.health == "healthy", "health", seconds=30)
        told = apart.run("inspect", running.name)
        assert PASSWORD not in told
        assert '"HostIp": "127.0.0.1"' in told
    finally:
        project.run("down", "--volumes")
