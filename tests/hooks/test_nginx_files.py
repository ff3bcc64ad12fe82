"""Our nginx files beside Beanstalk's: accepted by nginx and by gixy, in both variants."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hooks.beanstalk_nginx import write_beanstalks_files
from tests.hooks.machine import NGINX, Machine, container

GIXY = Path(shutil.which("gixy") or ".venv/bin/gixy").absolute()


@pytest.fixture(params=["two ports", "one port"])
def nginx(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Beanstalk's folder with our files in it, as the hook installs them."""
    machine = Machine(tmp_path / "machine")
    machine.health_logs.mkdir()
    # Beanstalk's own server lets nginx's version out, which is not ours to change.
    write_beanstalks_files(machine.nginx, tokens="server_tokens off;")
    machine.show_containers([container()], "172.17.0.2")
    machine.set_property("HOST_TRUSTED_NETWORKS", "10.0.0.0/16 2001:db8::/32")
    machine.set_property("HOST_ONE_PORT", str(int(request.param == "one port")))
    done = machine.point()
    assert done.returncode == 0, done.stderr
    return machine.nginx


def test_nginx_accepts_them_beside_beanstalks(nginx: Path) -> None:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("this needs nginx, which this machine does not have")
    done = subprocess.run(
        [program, "-t", "-c", nginx / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_gixy_finds_nothing(nginx: Path) -> None:
    done = subprocess.run([GIXY, nginx / "nginx.conf"], capture_output=True, text=True, check=False)
    assert "Problem:" not in done.stdout, done.stdout
    assert done.returncode == 0, done.stderr


def test_gixy_looks_into_our_files(nginx: Path) -> None:
    place = nginx / "sifu" / "front.conf"
    place.write_text(place.read_text() + "proxy_set_header Host $http_host;\n")
    done = subprocess.run([GIXY, nginx / "nginx.conf"], capture_output=True, text=True, check=False)
    assert "host_spoofing" in done.stdout


def test_there_is_one_map_of_upgrades() -> None:
    texts = [path.read_text() for path in NGINX.glob("*.conf")]
    assert sum(text.count("map $http_upgrade") for text in texts) == 1


def test_the_friendly_page_needs_nothing_from_elsewhere() -> None:
    page = (NGINX / "sifu-away.html").read_text()
    for reference in ("http://", "https://", "//", "src=", "url(", "@import", "<script", "<link"):
        assert reference not in page.replace("://", "") if reference == "//" else True
        assert reference not in page
    assert 'http-equiv="refresh"' in page
