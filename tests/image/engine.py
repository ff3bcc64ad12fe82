"""A Docker engine of the tests' own, started from Debian's package and gone without a trace.

Promises: nothing of the machine's own engine, bridges, packet filter or Docker settings is read or
changed. Without a namespace the daemon has no bridge: containers and builds use `--network host`
(or none). In a network namespace it has its usual bridge and packet filter, published ports work,
and what is in there reaches neither the machine nor the outside. Ends only processes it started.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

START_SECONDS = 30
STOP_SECONDS = 20
# A unix socket's path may have 107 bytes, and containerd puts its sockets three folders deep.
LONGEST_FOLDER = 60
NAMESPACES = Path("/run/netns")
_PROGRAMS = ("dockerd", "containerd", "runc", "nsenter", "ip", "iptables")


class EngineError(AssertionError):
    """What the engine answered when it refused."""


def missing() -> str:
    """Say what this machine lacks to start an engine, or nothing."""
    if os.geteuid() != 0:
        return "root"
    lacking = [name for name in _PROGRAMS if shutil.which(name) is None]
    return ", ".join(lacking) or ("" if find_client() else "a docker client that builds")


def find_client() -> str:
    """Return the first `docker` on PATH whose BuildKit builds work, or nothing.

    One from another source may come first and lack the plugin that builds.
    """
    for folder in os.get_exec_path():
        client = Path(folder) / "docker"
        if os.access(client, os.X_OK):
            asked = subprocess.run(
                [client, "build", "--help"],
                env=os.environ | {"DOCKER_BUILDKIT": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            if "--secret" in asked.stdout:
                return str(client)
    return ""


@contextmanager
def short_folder() -> Iterator[Path]:
    """A new private folder whose path leaves room for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="sifu-e-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(*, namespace: str | None = None) -> Iterator["Engine"]:
    """An engine in a folder of its own for as long as the block runs."""
    with short_folder() as folder:
        engine = start(folder, namespace=namespace)
        try:
            yield engine
        finally:
            engine.stop()


def start(folder: Path, *, namespace: str | None = None) -> "Engine":
    """Start a daemon that keeps everything in `folder`; make the namespace if it is new."""
    if len(str(folder)) > LONGEST_FOLDER:
        raise ValueError(f"{folder} is too long for containerd's sockets: use `short_folder()`.")
    made = namespace is not None and _make_namespace(namespace)
    engine = Engine(folder, namespace, owns_namespace=made)
    try:
        engine.start_daemon()
    except BaseException:
        engine.stop()
        raise
    return engine


class Engine:
    """A running daemon. `environment` leads any docker client to it."""

    def __init__(self, folder: Path, namespace: str | None, *, owns_namespace: bool) -> None:
        self.folder = folder
        self.namespace = namespace
        self.client = find_client()
        self.environment = _without_docker(os.environ) | {
            "DOCKER_HOST": f"unix://{folder}/s",
            "DOCKER_CONFIG": str(folder / "config"),
            "DOCKER_BUILDKIT": "1",
            "BUILDKIT_PROGRESS": "plain",
        }
        self._owns_namespace = owns_namespace
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def inside(self) -> list[str]:
        """What to put before a command so that it runs in the engine's network."""
        # `ip netns exec` would also replace /sys, in which the daemon needs its control groups.
        return ["nsenter", f"--net={NAMESPACES / self.namespace}"] if self.namespace else []

    def run(
        self, *arguments: str | Path, seconds: float = 120, check: bool = True, text: str = ""
    ) -> str:
        """Run the docker client; return what it printed. Raises `EngineError` with all it said."""
        done = self.attempt(*arguments, seconds=seconds, text=text)
        if check and done.returncode:
            command = " ".join(str(each) for each in arguments[:3])
            said = f"{done.stdout}{done.stderr}{self._obituary()}"
            raise EngineError(f"docker {command} …: {done.returncode}\n{said}")
        return done.stdout.strip()

    def attempt(
        self,
        *arguments: str | Path,
        seconds: float = 120,
        text: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the docker client, whatever comes of it; `extra` is added to its environment."""
        return subprocess.run(
            [self.client, *arguments],
            env=self.environment | dict(extra or {}),
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def hand_image(self, name: str, other: "Engine") -> None:
        """Copy an image to another engine."""
        with subprocess.Popen(
            [self.client, "save", name], env=self.environment, stdout=subprocess.PIPE
        ) as saving:
            subprocess.run(
                [other.client, "load", "--quiet"],
                env=other.environment,
                stdin=saving.stdout,
                stdout=subprocess.DEVNULL,
                timeout=180,
                check=True,
            )

    @property
    def log(self) -> str:
        """Return what the daemon said."""
        return (self.folder / "log").read_text(errors="replace")

    def _obituary(self) -> str:
        """Return how the daemon ended, if it did while it was needed."""
        if self._daemon is None or (status := self._daemon.poll()) is None:
            return ""
        return f"dockerd has ended with {status}. It said:\n{self.log[-4000:]}"

    def start_daemon(self) -> None:
        folder = self.folder
        for name in ("d", "x", "config"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        command = [*self.inside, "dockerd", f"--data-root={folder}/d", f"--exec-root={folder}/x"]
        command += [f"--pidfile={folder}/pid", f"--host=unix://{folder}/s"]
        if self.namespace is None:
            command += ["--bridge=none", "--iptables=false", "--ip6tables=false"]
            command += ["--ip-forward=false"]
        with (folder / "log").open("wb") as log:
            self._daemon = subprocess.Popen(
                command,
                env=_without_docker(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End containers, daemon, mounts and namespace; what was stored goes too."""
        if self._daemon is not None and self._daemon.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                containers = self.attempt("ps", "--all", "--quiet").stdout.split()
                if containers:
                    self.attempt("rm", "--force", "--volumes", *containers)
        self.stop_daemon()
        _unmount_below(self.folder)
        # Some hundred thousand files: `rm` is several times faster than Python.
        stored = [self.folder / name for name in ("d", "x", "config")]
        subprocess.run(["rm", "-rf", "--one-file-system", *stored], check=False)
        if self._owns_namespace:
            subprocess.run(["ip", "netns", "delete", str(self.namespace)], check=False)
            self._owns_namespace = False

    def stop_daemon(self) -> None:
        """End the daemon and what it started, containers too; keep what it stored."""
        if self._daemon is None:
            return
        started = self._processes()
        self._daemon.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._daemon.wait(STOP_SECONDS)
        _, alive = psutil.wait_procs(started, timeout=1)
        for process in [*alive, *self._processes()]:
            with suppress(psutil.Error):
                process.kill()
        self._daemon.wait(STOP_SECONDS)
        self._daemon = None

    def _processes(self) -> list[psutil.Process]:
        """The daemon's descendants, and shims of containerd: they are children of pid 1."""
        assert self._daemon is not None
        found: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            found = psutil.Process(self._daemon.pid).children(recursive=True)
        mine = f"{self.folder}/x/containerd"
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process not in found and any(mine in word for word in process.cmdline()):
                    found += [process, *process.children(recursive=True)]
        return found

    def _wait_until_ready(self) -> None:
        assert self._daemon is not None
        deadline = time.monotonic() + START_SECONDS
        while self.attempt("version", "--format", "{{.Server.Version}}").returncode:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise EngineError(f"dockerd does not answer:\n{self.log[-4000:]}")
            time.sleep(0.1)


def _make_namespace(name: str) -> bool:
    """Make the network namespace, with loopback up; say whether it was new."""
    if (NAMESPACES / name).exists():
        return False
    subprocess.run(["ip", "netns", "add", name], check=True)
    inside = ["nsenter", f"--net={NAMESPACES / name}"]
    subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
    return True


def _unmount_below(folder: Path) -> None:
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for place in sorted((each for each in mounted if each.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", place], check=False, stderr=subprocess.DEVNULL)


def _without_docker(environment: Mapping[str, str]) -> dict[str, str]:
    unwanted = ("DOCKER_", "BUILDKIT_", "COMPOSE_")
    return {name: value for name, value in environment.items() if not name.startswith(unwanted)}


def main(arguments: Sequence[str]) -> None:
    """For work by hand: `python -m tests.image.engine FOLDER [NAMESPACE]`, until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(arguments[0])
    folder.mkdir(mode=0o700, exist_ok=True)
    engine = start(folder, namespace=arguments[1] if arguments[1:] else None)
    try:
        sys.stderr.write(f"export DOCKER_HOST={engine.environment['DOCKER_HOST']}\n")
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        engine.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
