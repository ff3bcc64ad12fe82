"""A container of the image, as `docker run` makes it, on free ports of its own."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from tests.image.engine import Engine
from tests.system.installation import Installation, free_ports
from tests.system.person import Person

START_SECONDS = 40
# As strict as an operator can be; docs/docker.md says the same.
STRICT = (
    *("--read-only", "--tmpfs=/tmp", "--security-opt=no-new-privileges"),
    *("--cap-drop=ALL", "--cap-add=CHOWN", "--cap-add=SETUID", "--cap-add=SETGID"),
)
# The same where each person has an account: Sifu makes folders theirs and ends what they run.
STRICT_ROOT = (
    *STRICT,
    *("--tmpfs=/run", "--cap-add=DAC_OVERRIDE", "--cap-add=FOWNER", "--cap-add=KILL"),
)
_LINK = re.compile(r"^(http://\S+/sign-in\S*)$", re.MULTILINE)


class Container:
    """A container on the engine's own network; gone after `remove`, its volumes too if unnamed."""

    def __init__(self, engine: Engine, image: str, *, port: int = 0) -> None:
        self.engine = engine
        self.image = image
        self.name = f"sifu-{uuid.uuid4().hex[:8]}"
        self.front_port, self.notebook_port = (port, port + 1) if port else free_ports(2)

    @property
    def front(self) -> str:
        return f"http://127.0.0.1:{self.front_port}"

    @property
    def notebooks(self) -> str:
        return f"http://127.0.0.1:{self.notebook_port}"

    def run(self, *options: str, command: tuple[str, ...] = (), **settings: str) -> None:
        """Start it in the background."""
        ports = {"FRONT_PORT": str(self.front_port), "NOTEBOOK_PORT": str(self.notebook_port)}
        values = {"SIFU_BIND": "127.0.0.1"} | {f"SIFU_{key}": text for key, text in ports.items()}
        chosen = [f"--env={name}={text}" for name, text in (values | settings).items()]
        network = (
            () if any(each.startswith("--publish") for each in options) else ("--network=host",)
        )
        self.engine.run(
            *("run", "--detach", "--name", self.name),
            *(*network, *chosen, *options, self.image, *command),
        )

    def wait_for_link(self) -> str:
        """Return the address that signs the administrator in, once it is in the log."""
        found = self.wait_for(lambda: _LINK.findall(self.log), "the way in")
        return str(found[-1])

    def wait_for(self, look: Callable[[], Any], what: str, seconds: float = START_SECONDS) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, f"{self.name}: no {what}\n{self.log}"
            time.sleep(0.2)
        return found

    @property
    def log(self) -> str:
        done = self.engine.attempt("logs", self.name)
        return done.stdout + done.stderr

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.engine.run("inspect", self.name))[0]["State"])

    @property
    def health(self) -> str:
        return str(self.state["Health"]["Status"])

    def execute(self, *command: str, user: str = "", text: str = "") -> str:
        chosen = [f"--user={user}"] if user else []
        stdin = ["--interactive"] if text else []
        return self.engine.run("exec", *stdin, *chosen, self.name, *command, text=text)

    def processes(self) -> list[list[str]]:
        """Return pid inside, parent inside, uid, state and command line, for each process."""
        look = (
            "import glob\n"
            "for place in glob.glob('/proc/[0-9]*'):\n"
            "    try:\n"
            "        fields = open(place + '/stat').read().rpartition(')')[2].split()\n"
            "        uid = open(place + '/status').read().partition('Uid:')[2].split()[0]\n"
            "        line = open(place + '/cmdline').read().replace('\\0', ' ')\n"
            "    except OSError:\n"
            "        continue\n"
            "    print(place[6:], fields[1], uid, fields[0], ' '.join(line.split()), sep='|')\n"
        )
        listed = self.execute("python", "-I", "-c", look)
        return [line.split("|", 4) for line in listed.splitlines()]

    def stop(self) -> tuple[float, int]:
        """Stop it as `docker stop` does; return the seconds it took, and its exit status."""
        began = time.monotonic()
        self.engine.run("stop", "--time=40", self.name)
        return time.monotonic() - began, int(self.state["ExitCode"])

    def wait_until_ended(self, seconds: float = START_SECONDS) -> int:
        """Wait until it ends by itself; return its exit status."""
        self.wait_for(lambda: not self.state["Running"], "end", seconds)
        return int(self.state["ExitCode"])

    def remove(self) -> None:
        self.engine.attempt("rm", "--force", "--volumes", self.name)

    def person(self) -> Person:
        """A person with a browser, before this container's door."""
        return Person(cast("Installation", self))


@contextmanager
def container(
    engine: Engine, image: str, *options: str, command: tuple[str, ...] = (), **settings: str
) -> Iterator[Container]:
    """A container that runs, whatever becomes of it, until the block ends."""
    made = Container(engine, image)
    try:
        made.run(*options, command=command, **settings)
        yield made
    finally:
        made.remove()


@contextmanager
def volumes(engine: Engine) -> Iterator[tuple[str, str]]:
    """Two named volumes, as options that mount them."""
    names = [f"sifu-{kind}-{uuid.uuid4().hex[:8]}" for kind in ("data", "notebooks")]
    data, notebooks = names
    try:
        yield f"--volume={data}:/data", f"--volume={notebooks}:/notebooks"
    finally:
        engine.attempt("volume", "rm", "--force", *names)
