"""JupyterHub in an environment of its own, with its simplest spawner, as its manual starts it.

Promises: JupyterHub's current release beside the JupyterLab that Sifu has, kept between runs.
Waiting for a server is one request, as with Sifu, so that nobody has to ask again and again
(`slow_spawn_timeout`); what decides speed is as it is by default.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from bench.missing import Failed, Missing
from bench.peers import node
from bench.processes import Program, environment, free_port, start
from bench.servers.client import Call, ask, do
from bench.servers.house import House
from bench.servers.shares import Part

_CHP = "5.3.0"
_INSTALL_SECONDS = 600
_START_SECONDS = 60.0
# Those that decide how fast and how large a server is are to be the same on both sides.
_SAME = ("jupyterlab", "jupyter_server", "jupyter-lsp", "tornado", "ipykernel")
_CONFIGURATION = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.ConfigurableHTTPProxy.command = {proxy!r}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "jupyterhub.spawner.SimpleLocalProcessSpawner"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.default_url = "/lab"
c.Spawner.args = {arguments!r}
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 300, "slow_stop_timeout": 300}}
c.JupyterHub.services = [{{"name": "bench", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{
    "name": "bench",
    "scopes": ["admin:users", "admin:servers", "access:servers"],
    "services": ["bench"],
}}]
"""


def install(store: Path) -> str:
    """Have it under `store`; return what was installed or raise `Missing`."""
    proxy = node.install(_CHP, store)
    home = store / "jupyterhub"
    python = home / "bin" / "python"
    same = [f"{name}=={metadata.version(name)}" for name in _SAME]
    if _installed(home, "jupyterlab") != metadata.version("jupyterlab"):
        sys.stderr.write("Fetching JupyterHub; this takes a minute.\n")
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
        try:
            _run([sys.executable, "-m", "venv", "--clear", str(home)])
            _run([*pip, "install", "jupyterhub", *same])
        except (OSError, subprocess.SubprocessError) as problem:
            shutil.rmtree(home, ignore_errors=True)
            raise Missing("JupyterHub could not be fetched with pip") from problem
    lab = f"jupyterlab {_installed(home, 'jupyterlab')}"
    return f"{_installed(home, 'jupyterhub')} ({lab}, configurable-http-proxy {proxy})"


def start_hub(people: Sequence[str], store: Path) -> House:
    """Start it with its proxy and make these users."""
    folder = Path(tempfile.mkdtemp(prefix="sifu-bench-hub-"))
    token, port = secrets.token_hex(32), free_port()
    file = folder / "configuration.py"
    file.touch(mode=0o600)
    file.write_text(_configuration(folder, store, port, token))
    (folder / "homes").mkdir()
    programs = store / "jupyterhub" / "bin"
    program = start(
        [programs / "jupyterhub", "-f", file],
        folder / "hub.log",
        cores=frozenset(os.sched_getaffinity(0)),
        variables=environment(PATH=f"{programs}:{_path()}", HOME=str(folder)),
    )
    try:
        _await(Call("GET", port, "/hub/api/", token), program)
        do(Call("POST", port, "/hub/api/users", token, (201,), {"usernames": list(people)}))
    except Failed as failed:
        said = program.last_words()
        _stop(program, folder)
        raise Missing(f"it does not start: {failed} ({said})") from failed
    return House(
        mother=program.process.pid,
        begin=lambda person: Call("POST", port, _server(person), token, (201, 204), {}),
        end=lambda person: Call("DELETE", port, _server(person), token, (204, 404)),
        page=lambda person, path: Call("GET", port, f"/user/{person}/{path}", token),
        part_of=part_of,
        stop=lambda: _stop(program, folder),
    )


def part_of(command: str) -> Part:
    """Say what a process is for, whose command line this is."""
    return Part.HOUSE if "configurable-http-proxy" in command else Part.SERVER


def _configuration(folder: Path, store: Path, port: int, token: str) -> str:
    modules = store / f"chp-{_CHP}" / "node_modules"
    return _CONFIGURATION.format(
        folder=folder,
        port=port,
        hub_port=free_port(),
        api_port=free_port(),
        proxy=[str(modules / ".bin" / "configurable-http-proxy")],
        arguments=["--allow-root"] if os.geteuid() == 0 else [],
        token=token,
    )


def _server(person: str) -> str:
    return f"/hub/api/users/{person}/server"


def _await(call: Call, program: Program) -> None:
    limit = time.monotonic() + _START_SECONDS
    while True:
        try:
            if ask(call) in call.done:
                return
        except Failed:
            pass  # nobody listens yet
        if program.process.poll() is not None or time.monotonic() > limit:
            raise Failed("it does not answer")
        time.sleep(0.05)


def _stop(program: Program, folder: Path) -> None:
    try:
        program.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installed(home: Path, name: str) -> str:
    """Return the version in that environment, empty if it is not there."""
    found = metadata.distributions(
        name=name, path=[str(path) for path in home.glob("lib/python*/site-packages")]
    )
    return next((each.version for each in found), "")


def _run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=True, timeout=_INSTALL_SECONDS)  # noqa: S603


def _path() -> str:
    return environment().get("PATH", "")
