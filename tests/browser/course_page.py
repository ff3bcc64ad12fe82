"""Around a course page: a whole Sifu on another site, https as an operator sets it up, a browser.

nginx is configured by the block of docs/operations.md. The names are nobody's; the browsers that
`blocking_browser` starts find all of them at this nginx.
"""

import json
import re
import secrets
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import BrowserContext, Playwright

from tests.browser.school import COURSE, ELSEWHERE, FRONT, LMS, NOTEBOOKS, OTHERS, School
from tests.conftest import CHROMIUM
from tests.system.installation import free_ports
from tests.system.isolated import IsolatedInstallation
from tests.web.tls import make_context

_OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class CourseInstallation(IsolatedInstallation):
    """Everybody has a server; the course lies where the operator put it."""

    def __init__(self) -> None:
        super().__init__(
            SIFU_FRONT_URL=FRONT,
            SIFU_NOTEBOOK_URL=NOTEBOOKS,
            SIFU_LMS_ORIGINS=LMS,
            SIFU_TRUSTED_PROXIES="127.0.0.1/32",
        )

    @property
    def front(self) -> str:
        return FRONT

    @property
    def notebooks(self) -> str:
        return NOTEBOOKS

    def start(self) -> None:
        super().start()
        self.token = self.sifu("token", "create", "admin")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the control API as an operator's script does."""
        request = Request(
            f"http://127.0.0.1:{self.front_port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Host": urlsplit(FRONT).netloc,
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 (loopback)
            return json.load(answer)

    def __enter__(self) -> Self:
        self.start()
        return self

    def add_notebook(self, name: str, text: str) -> None:
        """Put a notebook with one cell into the course."""
        folder = self.root / "data/courses" / COURSE
        folder.mkdir(parents=True, exist_ok=True)
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "id": "one",
            "metadata": {},
            "outputs": [],
            "source": text,
        }
        kernel = {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        }
        notebook = {
            "cells": [cell],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))


@contextmanager
def nginx_before(installation: CourseInstallation, school: School) -> Iterator[int]:
    """Run nginx as docs/operations.md says, the school behind it as well; yields its port."""
    folder = installation.root / "nginx"
    folder.mkdir()
    make_context(folder)
    (port,) = free_ports(1)
    (folder / "nginx.conf").write_text(_configuration(folder, port, installation, school))
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log")]
    process = subprocess.Popen([*command, "-c", str(folder / "nginx.conf")], env={"PATH": _PATH})
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def lacks_nginx() -> bool:
    return shutil.which("nginx", path=_PATH) is None


def _configuration(
    folder: Path, port: int, installation: CourseInstallation, school: School
) -> str:
    """Return the page's own block with other names, and what a whole file needs around it."""
    found = re.search(r"```nginx\n(.*?)```", _OPERATIONS.read_text(), re.DOTALL)
    assert found is not None
    servers = found.group(1)
    for here, there in {
        "listen 443": f"listen 127.0.0.1:{port}",
        "sifu.example.org": urlsplit(FRONT).netloc,
        "notebooks.example.org": urlsplit(NOTEBOOKS).netloc,
        "/etc/ssl/sifu.pem": f"{folder}/test.pem",
        "/etc/ssl/sifu.key": f"{folder}/test.pem",
        "127.0.0.1:3334": f"127.0.0.1:{installation.front_port}",
        "127.0.0.1:3335": f"127.0.0.1:{installation.notebook_port}",
    }.items():
        assert here in servers, here
        servers = servers.replace(here, there)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
events {{}}
http {{
access_log {folder}/access.log;
{temporary}
{servers}
server {{
    listen 127.0.0.1:{port} ssl;
    server_name {" ".join(urlsplit(each).netloc for each in (LMS, ELSEWHERE, OTHERS))};
    ssl_certificate {folder}/test.pem;
    ssl_certificate_key {folder}/test.pem;
    location / {{ proxy_pass http://127.0.0.1:{school.port}; proxy_http_version 1.1; }}
}}
}}
"""


def _answers(port: int) -> bool:
    try:
        ssl.get_server_certificate(("127.0.0.1", port), timeout=5)
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Looks:
    """How a browser shows pages."""

    width: int = 1100
    height: int = 1080
    is_dark: bool = False


@contextmanager
def blocking_browser(
    driver: Playwright,
    folder: Path,
    nginx: int,
    *,
    keeps_partitioned: bool = True,
    looks: Looks = Looks(),
) -> Iterator[BrowserContext]:
    """Start Chromium with a profile that blocks the cookies of third parties.

    Without `keeps_partitioned`, Sifu's are blocked altogether in the frames of the school.
    """
    profile: dict[str, Any] = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
    if not keeps_partitioned:
        rule = {"https://[*.]example.test,https://[*.]school.test": {"setting": 2}}
        profile["content_settings"] = {"exceptions": {"cookies": rule}}
    place = folder / f"profile-{secrets.token_hex(4)}"
    (place / "Default").mkdir(parents=True)
    (place / "Default/Preferences").write_text(json.dumps({"profile": profile}))
    context = driver.chromium.launch_persistent_context(
        place,
        executable_path=str(CHROMIUM),
        args=[*_FLAGS, f"--host-resolver-rules=MAP *.test 127.0.0.1:{nginx}"],
        ignore_https_errors=True,
        viewport={"width": looks.width, "height": looks.height},
        color_scheme="dark" if looks.is_dark else "light",
    )
    try:
        yield context
    finally:
        context.close()


_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--ignore-certificate-errors",
    # All sites in one process: where a frame moves from one to another while it is sent to and fro,
    # what drives the browser loses sight of it. For cookies and storage they stay apart.
    "--disable-site-isolation-trials",
    # The last of this flag counts. What drives the browser would also take away the partitions of
    # storage, without which a frame may not even look into its `localStorage`.
    "--disable-features=IsolateOrigins,site-per-process,DestroyProfileOnBrowserClose,MediaRouter",
]
