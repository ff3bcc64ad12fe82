"""Builds the image the way an operator does, from a copy of what a build may see."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.image.engine import Engine, EngineError
from tests.image.git_host import PrivateHost

ROOT = Path(__file__).parents[2]
BUILD_SECONDS = 600
_SEEN = (
    *("LICENSE", "README.md", "pyproject.toml", "supervisord.conf"),
    *("Dockerfile", ".dockerignore", "docker-compose.yml"),
)
_SEEN_FOLDERS = ("proxy", "requirements", "docker")
NAME = "sifu-under-test"


@dataclass(frozen=True, slots=True)
class Build:
    """An image, what the build said, and how long it took."""

    name: str
    said: str
    seconds: float


def copy_context(target: Path) -> Path:
    """Copy what belongs to a build, so that a test can add courses to it."""
    skipped = shutil.ignore_patterns("__pycache__", "private.txt")
    for name in _SEEN:
        shutil.copy2(ROOT / name, target / name)
    for name in _SEEN_FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=skipped)
    return target


def ask_for_private(context: Path, host: PrivateHost) -> None:
    """Name the host's course and package in the context's two files."""
    (context / "courses.toml").write_text(
        f'[[course]]\nname = "statistics"\nurl = "{host.url("grades")}"\n'
        'branch = "autumn"\ndirectory = "week 1"\n'
    )
    line = f"our-grader @ git+{host.url('grader')}@main#subdirectory=python\n"
    (context / "requirements" / "private.txt").write_text(line)


def build(
    engine: Engine, context: Path, *options: str | Path, name: str = NAME, **extra: str
) -> Build:
    """Build; raises `EngineError` with everything that was said."""
    began = time.monotonic()
    done = attempt_build(engine, context, *options, name=name, **extra)
    if done.returncode:
        raise EngineError(done.stdout + done.stderr)
    return Build(name, done.stdout + done.stderr, time.monotonic() - began)


def attempt_build(
    engine: Engine, context: Path, *options: str | Path, name: str = NAME, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Build, whatever comes of it; `extra` is added to the client's environment."""
    arguments = ["build", "--network=host", "--tag", name, *options, context]
    return engine.attempt(*arguments, seconds=BUILD_SECONDS, extra=extra)


def build_with_private_course(engine: Engine, host: PrivateHost, context: Path) -> Build:
    """Build with the private host's course and package; the token comes from the environment."""
    copy_context(context)
    ask_for_private(context, host)
    secret = "--secret=id=deployment_token,env=DEPLOYMENT_TOKEN"
    return build(engine, context, secret, DEPLOYMENT_TOKEN=host.TOKEN)
