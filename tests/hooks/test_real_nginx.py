"""The hooks with the real nginx and a real Docker, in a network of their own.

A container on Docker's bridge, nginx with Beanstalk's configuration before it, both in a network
namespace that plays the machine. Nobody leaves it: clients are `curl` in there, from addresses that
play a load balancer and a stranger.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.hooks.beanstalk_nginx import write_beanstalks_files
from tests.hooks.machine import Machine
from tests.image import base_image, engine

pytestmark = [pytest.mark.image, pytest.mark.timeout(600)]

BALANCER = "10.99.0.10"
STRANGER = "203.0.113.9"
STAND_IN = Path(__file__).with_name("stand_in.py")
WEBSOCKET = Path(__file__).with_name("websocket_echo.py")
IMAGE = base_image.NAME


def _missing() -> str:
    lacking = [name for name in ("nginx", "curl", "flock", "ip") if shutil.which(name) is None]
    return ", ".join(lacking) or engine.missing() or base_image.missing()


class RealMachine(Machine):
    """The machine with its real programs."""

    def __init__(self, folder: Path, docker: engine.Engine) -> None:
        real = ("docker", "nginx", "curl", "systemctl", "systemd-run")
        super().__init__(folder, real=real)
        self.docker = docker
        self.prefix = docker.inside
        (folder / "bin" / "docker").symlink_to(docker.client)
        leads = {name: text for name, text in docker.environment.items() if "DOCKER" in name}
        self.environment |= leads | {"HOST_WAIT_SECONDS": "20", "HOST_LISTEN_SECONDS": "5"}
        self.set_property("HOST_TRUSTED_NETWORKS", "10.99.0.0/16")
        self.health_logs.mkdir()
        self.health_logs.chmod(0o777)  # nginx's account writes there, as on the machine
        write_beanstalks_files(self.nginx)

    def run_inside(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *command],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def start_nginx(self) -> None:
        started = self.run_inside("nginx", "-c", self.nginx / "nginx.conf")
        assert started.returncode == 0, started.stderr

    def stop_nginx(self) -> None:
        if (pid := self._nginx_pid()) is not None:
            process = psutil.Process(pid)
            everyone = [process, *process.children()]
            process.send_signal(signal.SIGTERM)
            psutil.wait_procs(everyone, timeout=5)

    def workers(self) -> set[int]:
        """Return the pids of the workers that take connections."""
        pid = self._nginx_pid()
        assert pid is not None
        found = set()
        for each in psutil.Process(pid).children():
            with suppress(psutil.Error):  # it ends this moment
                if "shutting down" not in " ".join(each.cmdline()):
                    found.add(each.pid)
        return found

    def _nginx_pid(self) -> int | None:
        path = self.folder / "nginx.pid"
        return int(path.read_text()) if path.exists() else None

    def start_container(self, name: str, *extra: str, run: tuple[str, ...] = ()) -> str:
        """Start a stand-in for Sifu; return its address."""
        self.docker.run(
            *("run", "--detach", "--name", name, "--expose", "3334", "--expose", "3335", *run),
            "--stop-signal=SIGKILL",
            *("--volume", f"{STAND_IN.parent}:/srv:ro", IMAGE, "python3", "-B", "/srv/stand_in.py"),
            *(name, *extra),
        )
        return self.address_of(name)

    def address_of(self, name: str) -> str:
        (told,) = json.loads(self.docker.run("inspect", name))
        return str(told["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])

    def ask(self, url: str, *options: str, source: str = STRANGER) -> "Answer":
        """Ask as a client with the address `source`."""
        done = self.run_inside(
            *("curl", "--silent", "--noproxy", "*", "--interface", source, "--max-time", "8"),
            *("--include", "--header", "Expect:", *options, f"http://127.0.0.1:{url}"),
        )
        head, _, body = done.stdout.partition("\n\n")
        return Answer(head, body)

    def name_served(self, port: int = 3334) -> str | None:
        """Return the name of the container that answers through nginx."""
        answer = self.ask(f"{port}/who")
        return str(answer.told["name"]) if answer.status == 200 else None

    @contextmanager
    def following(self) -> Iterator[Path]:
        """Run the follower from where the hook installed it; yield its log."""
        log = self.folder / "follower.log"
        with log.open("wb") as output:
            follower = subprocess.Popen(
                [*self.prefix, "sh", self.opt / "follow_containers.sh"],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.wait_until(lambda: "following" in log.read_text(), 5)
            yield log
        finally:
            os.killpg(follower.pid, signal.SIGTERM)
            follower.wait(10)

    @staticmethod
    def wait_until(condition: Callable[[], object], seconds: float) -> float:
        """Wait until it holds; return after how many seconds. Fails if it does not in time."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, f"not within {seconds} s"
            time.sleep(0.05)
        return time.monotonic() - began


class Answer:
    """What curl got."""

    def __init__(self, head: str, body: str) -> None:
        lines = head.splitlines()
        self.status = int(lines[0].split()[1]) if lines else 0
        self.headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
        }
        self.body = body

    @property
    def told(self) -> dict[str, Any]:
        """What the stand-in said that it had received."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def received(self) -> dict[str, list[str]]:
        """The headers that reached the container."""
        found: dict[str, list[str]] = {}
        for name, value in self.told["headers"]:
            found.setdefault(name.lower(), []).append(value)
        return found


@pytest.fixture(scope="module")
def docker() -> Iterator[engine.Engine]:
    if missing := _missing():
        pytest.skip(f"this needs {missing}, which this machine does not have")
    with engine.running(namespace=f"sifu-hooks-{os.getpid()}") as started:
        base_image.load(started)
        for address in (BALANCER, STRANGER):
            subprocess.run(
                [*started.inside, "ip", "address", "add", f"{address}/32", "dev", "lo"], check=True
            )
        yield started


@contextmanager
def _machine(docker: engine.Engine) -> Iterator[RealMachine]:
    """The machine before its first deployment: Beanstalk's nginx runs, no container yet."""
    # Not pytest's folder: nginx's workers, which are not root, must get to the page.
    with tempfile.TemporaryDirectory(prefix="sifu-h-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        machine = RealMachine(Path(folder) / "machine", docker)
        machine.start_nginx()
        try:
            yield machine
        finally:
            machine.stop_nginx()
            if names := docker.run("ps", "--all", "--quiet").split():
                docker.run("rm", "--force", *names)


@pytest.fixture
def machine(docker: engine.Engine) -> Iterator[RealMachine]:
    with _machine(docker) as machine:
        yield machine


@pytest.fixture(scope="class")
def served(docker: engine.Engine) -> Iterator[RealMachine]:
    """A machine after its first deployment, for tests that leave it as it was."""
    with _machine(docker) as machine:
        deploy(machine)
        # Those that were there before the reload are gone.
        machine.wait_until(lambda: len(machine.workers()) == 2, 5)
        yield machine


def deploy(machine: RealMachine) -> str:
    """Start the container and run the hook; return the container's address."""
    address = machine.start_container("first")
    done = machine.point()
    assert done.returncode == 0, done.stderr
    return address


FORGED = (
    *("--header", "X-Forwarded-For: 198.51.100.1", "--header", "X-Forwarded-Proto: https"),
    *("--header", "X-Forwarded-Port: 443", "--header", "X-Forwarded-Host: evil.example.org"),
    *("--header", "X-Real-IP: 198.51.100.1", "--header", "Forwarded: for=198.51.100.1"),
    *("--header", "X-Forwarded-Prefix: /evil", "--header", "Proxy: http://evil.example.org"),
)


class TestAfterADeployment:
    def test_requests_uploads_and_websockets_reach_the_container(self, served: RealMachine) -> None:
        front = served.ask("3334/a%2Fb?x=1", "--header", "Host: sifu.example.org:3334")
        assert (front.told["port"], front.told["path"]) == (3334, "/a%2Fb?x=1")
        assert front.received["host"] == ["sifu.example.org:3334"]
        assert "connection" not in front.received
        assert front.headers["server"] == "nginx"
        relay = served.ask("3335/user/ann/home/x")
        assert (relay.told["port"], relay.told["path"]) == (3335, "/user/ann/home/x")
        big = served.folder / "big"
        big.write_bytes(bytes(3_000_000))
        assert served.ask("3335/upload", "--data-binary", f"@{big}").told["body"] == 3_000_000
        echoed = served.run_inside(sys.executable, WEBSOCKET, "3335")
        assert echoed.stdout.strip() == "101 hello from the browser", echoed.stderr
        again = {served.ask("3334/again").told["connection"] for _ in range(6)}
        assert len(again) < 6, "connections to the container are not used again"
        (health,) = served.health_logs.glob("application.log.*")
        lines = [line for line in health.read_text().splitlines() if "upload" in line]
        assert lines[0].split('"')[1:3] == ["/upload", "200"]
        assert "x=1" not in (served.folder / "access.log").read_text()

    def test_run_twice_nothing_changes_whatever_the_shell(self, served: RealMachine) -> None:
        before, workers = served.ours(), served.workers()
        for shell in ("bash --posix", "dash"):
            served.shell = shell.split()
            assert served.point().returncode == 0
            cleared = served.clear()
            assert (cleared.returncode, cleared.stderr) == (0, "")
        assert served.ours() == before
        assert served.workers() == workers

    @pytest.mark.parametrize("port", [3334, 3335])
    def test_a_strangers_word_about_himself_does_not_arrive(
        self, served: RealMachine, port: int
    ) -> None:
        received = served.ask(f"{port}/", *FORGED).received
        assert received["x-forwarded-for"] == received["x-real-ip"] == [STRANGER]
        assert received["x-forwarded-proto"] == ["http"]
        assert received["x-forwarded-port"] == [str(port)]
        assert received["x-forwarded-host"] == received["host"] == [f"127.0.0.1:{port}"]
        assert not {"forwarded", "x-forwarded-prefix", "proxy"} & received.keys()

    def test_the_load_balancer_is_believed_but_not_what_it_was_told(
        self, served: RealMachine
    ) -> None:
        received = served.ask(
            "3334/",
            *("--header", f"X-Forwarded-For: 198.51.100.1, {STRANGER}"),
            *("--header", "X-Forwarded-Proto: https", "--header", "X-Forwarded-Port: 3334"),
            source=BALANCER,
        ).received
        assert received["x-forwarded-for"] == received["x-real-ip"] == [STRANGER]
        assert received["x-forwarded-proto"] == ["https"]
        assert received["x-forwarded-port"] == ["3334"]

    def test_a_broken_template_is_refused_and_the_old_upstream_serves_on(
        self, served: RealMachine
    ) -> None:
        before = served.ours()
        template = served.bundle / ".platform" / "sifu" / "nginx" / "servers.conf"
        whole = template.read_text()
        template.write_text(whole.replace("listen 3335", "lisen 3335"))
        served.start_container("second")
        done = served.point()
        template.write_text(whole)
        assert done.returncode == 1
        assert 'unknown directive "lisen"' in done.stderr
        assert served.ours() == before
        assert served.name_served() == served.name_served(3335) == "first"
        served.docker.run("rm", "--force", "second")


def test_a_container_that_returns_elsewhere_is_served_within_five_seconds(
    machine: RealMachine,
) -> None:
    old = deploy(machine)
    with machine.following() as log:
        machine.docker.run("kill", "first")
        away = machine.ask("3334/", "--header", "Accept: text/html,*/*")
        assert away.status == 503
        machine.docker.run("run", "--detach", "--name", "squatter", IMAGE, "sleep", "600")
        assert machine.address_of("squatter") == old
        machine.docker.run("start", "first")
        assert machine.address_of("first") != old
        took = machine.wait_until(lambda: machine.name_served() == "first", 5)
        assert machine.name_served(3335) == "first"
        assert machine.name_served(80) == "first"  # where the load balancer asks for its health
        assert took < 5
        assert f"nginx serves {machine.address_of('first')}" in log.read_text()


def test_a_newer_container_gets_the_visitors_once_it_answers(machine: RealMachine) -> None:
    deploy(machine)
    with machine.following():
        machine.start_container("second", "2")
        time.sleep(1)
        assert machine.name_served() == "first"
        machine.wait_until(lambda: machine.name_served() == "second", 6)
        machine.docker.run("rm", "--force", "first")
        assert machine.name_served(3335) == "second"


def test_the_follower_outlives_the_daemon(machine: RealMachine) -> None:
    old = deploy(machine)
    with machine.following():
        machine.docker.stop_daemon()
        time.sleep(1.5)
        machine.docker.start_daemon()
        machine.docker.run("run", "--detach", "--name", "squatter", IMAGE, "sleep", "600")
        machine.docker.run("start", "first")
        assert (machine.address_of("squatter"), machine.address_of("first") != old) == (old, True)
        machine.wait_until(lambda: machine.name_served() == "first", 6)


def test_a_port_that_something_else_holds_is_told_and_undone(machine: RealMachine) -> None:
    machine.start_container("first", run=("--publish", "3335:3335"))
    done = machine.point(HOST_LISTEN_SECONDS="1")
    assert done.returncode == 1
    assert "bind() to 0.0.0.0:3335 failed" in done.stderr
    assert machine.ours() == {}
    assert machine.ask("80/").status in (200, 502)


def test_while_the_container_is_away_people_and_programs_are_told_so(machine: RealMachine) -> None:
    deploy(machine)
    machine.docker.run("stop", "--time", "0", "first")
    browser = ("--header", "Accept: text/html,*/*")
    with ThreadPoolExecutor() as pool:  # each takes two seconds
        pages = [pool.submit(machine.ask, f"{port}/x?code=abc", *browser) for port in (3334, 3335)]
        posted = pool.submit(machine.ask, "3335/x", "--request", "POST", "--data", "a=1")
        api = pool.submit(machine.ask, "3334/api/servers", *browser)
    for page in (each.result() for each in pages):
        assert page.status == 503
        assert page.headers["retry-after"] == "5"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "Back in a moment" in page.body
    for problem in (posted.result(), api.result()):
        assert problem.status == problem.told["status"] == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.headers["retry-after"] == "5"
    assert machine.ask("3334/sifu-away.html").status == 404
    log = (machine.folder / "access.log").read_text()
    assert "GET /x HTTP/1.1" in log
    assert "abc" not in log + (machine.folder / "error.log").read_text()


def _is_relay(machine: RealMachine) -> bool:
    answer = machine.ask("80/-/healthz")
    return answer.status == 200 and '"port": 3335' in answer.body


def test_one_public_port_serves_both(machine: RealMachine) -> None:
    machine.set_property("HOST_ONE_PORT", "1")
    deploy(machine)
    # Beanstalk's own location answered so far: the old workers may for a moment more.
    machine.wait_until(lambda: all(_is_relay(machine) for _ in range(5)), 10)
    assert machine.ask("80/api/servers", *FORGED).told["port"] == 3334
    received = machine.ask("80/user/ann/home/lab", *FORGED)
    assert received.told["port"] == 3335
    assert received.received["x-forwarded-for"] == [STRANGER]
    assert received.received["x-forwarded-proto"] == ["http"]
    assert machine.ask("80/-/healthz").told["port"] == 3335
    assert machine.ask("80/", *FORGED).received["x-forwarded-for"] == [STRANGER]
    echoed = machine.run_inside(sys.executable, WEBSOCKET, "80")
    assert echoed.stdout.strip() == "101 hello from the browser", echoed.stderr
    assert machine.ask("3334/").status == 0
    machine.docker.run("stop", "--time", "0", "first")
    away = machine.ask("80/user/ann/home/lab", "--header", "Accept: text/html")
    assert (away.status, "Back in a moment" in away.body) == (503, True)
    assert machine.ask("80/sifu-away.html").status == 404
