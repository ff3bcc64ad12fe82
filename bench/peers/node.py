"""configurable-http-proxy, JupyterHub's own, from npm at pinned versions.

Its default target is an address with a port, so it gets the upstream's port, not its unix socket.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from bench.missing import Missing
from bench.processes import Running, environment, free_port, start, wait_until_it_listens
from bench.site import Site

_PACKAGE = "configurable-http-proxy"
_NPM_SECONDS = 180


def install(version: str, folder: Path) -> str:
    """Have it under `folder`, kept between runs; return its version or raise `Missing`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Missing("node and npm are not installed")
    home = folder / f"chp-{version}"
    if not _script(home).exists():
        sys.stderr.write(f"Fetching {_PACKAGE} {version} with npm.\n")
        home.mkdir(parents=True, exist_ok=True)
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        command = [npm, "install", "--prefix", str(home), *quiet, f"{_PACKAGE}@{version}"]
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=_NPM_SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as problem:
            raise Missing(f"npm could not fetch {_PACKAGE} {version}") from problem
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return f"{version} (Node {said.stdout.strip().removeprefix('v')})"


def start_proxy(site: Site, version: str, folder: Path) -> Running:
    """Start it as JupyterHub does, with one route."""
    port, work = free_port(), site.new_folder("chp")
    addresses = ["--ip", "127.0.0.1", "--port", str(port)]
    addresses += ["--api-ip", "127.0.0.1", "--api-port", str(free_port())]
    target = ["--default-target", f"http://127.0.0.1:{site.upstream_port}"]
    script = _script(folder / f"chp-{version}")
    program = start(
        ["node", script, *addresses, *target, "--log-level", "error"],
        work / "chp.log",
        cores=site.machine.peer,
        variables=environment(CONFIGPROXY_AUTH_TOKEN=site.secret),
    )
    running = Running(port, [program])
    try:
        wait_until_it_listens(port, program)
    except Missing:
        running.stop()
        raise
    return running


def _script(home: Path) -> Path:
    return home / "node_modules" / _PACKAGE / "bin" / _PACKAGE
