"""The load generators: how each is called, and what it says.

Promises: a run with one refused request or one broken connection is `Failed`, never a figure.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.missing import Failed
from bench.processes import environment, pinned
from bench.site import PREFIX, Site

# What a browser says beside the fields that belong to the kind of request; as programs/get.lua.
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
BROWSER = (
    f"User-Agent: {_AGENT} Chrome/142.0.0.0 Safari/537.36",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Cache-Control: no-cache",
    "Pragma: no-cache",
)
Figures = dict[str, float]
_HERE = Path(__file__).parent
# Beyond the time that a run is meant to take.
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Get:
    """A load of requests; `kind` and `pause` (ms) as in programs/get.lua."""

    suffix: str = "1k"
    connections: int = 64
    kind: str = "same"
    pause: int = 0
    least_bytes: int = 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """What wrk saw; latencies in microseconds."""

    requests: int
    bytes: int
    seconds: float
    p50: float
    p99: float


def run_wrk(load: Get, port: int, site: Site, seconds: float) -> Answered:
    """Load one peer for whole seconds; raises `Failed` if an answer was not the upstream's."""
    url = f"http://127.0.0.1:{port}{PREFIX}{load.suffix}"
    script = _HERE / "programs" / "get.lua"
    duration = max(1, round(seconds))
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{duration}s", "-s", str(script), url]
    variables = environment(
        BENCH_COOKIE=str(site.cookie_file()), BENCH_KIND=load.kind, BENCH_PAUSE=str(load.pause)
    )
    said = json.loads(run_generator(command, site, duration, variables))
    answered = Answered(
        said["requests"], int(said["bytes"]), said["seconds"], said["p50"], said["p99"]
    )
    if said["refused"] or said["broken"]:
        raise Failed(f"{said['refused']} answers were refusals, {said['broken']} connections broke")
    # wrk takes a redirect for a success; it is smaller than what the upstream answers.
    if not answered.requests or answered.bytes < answered.requests * load.least_bytes:
        raise Failed("the answers were not the upstream's")
    return answered


def run_generator(
    command: list[str], site: Site, seconds: float, variables: dict[str, str] | None = None
) -> str:
    """Run a generator on the load's cores; return what it printed last."""
    with pinned(site.machine.load):
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=variables or environment(),
            start_new_session=True,
        )
    try:
        output, problems = process.communicate(timeout=seconds + _PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as stuck:
        raise Failed("it did not come to an end") from stuck
    finally:
        process.kill()
        process.wait()
    lines = output.strip().splitlines()
    if process.returncode or not lines:
        reason = (problems or output).strip().splitlines() or ["nothing was said"]
        raise Failed(reason[-1][:200])
    return lines[-1]
