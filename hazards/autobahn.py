"""Autobahn's websocket test suite: getting it, running it, reading its report.

It is a program for Python 2.7 and lives in a folder of its own below build/. `Unavailable` says in
a sentence why it can't be had.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path("build/conformance")
CASE_SECONDS = 3_000.0
# How a case may end, from good to bad; what is not named is worse than all.
RANKS = {"OK": 0, "INFORMATIONAL": 0, "NON-STRICT": 1, "UNIMPLEMENTED": 2, "UNCLEAN": 2}
_WORST = 3
Ends = dict[str, tuple[str, str]]


class Unavailable(Exception):
    """The suite can't be installed or run here."""


def install(python: str | None) -> Path:
    """Return the suite's program, installed if need be; `python` names a Python 2.7."""
    program = FOLDER.absolute() / "v27" / "bin" / "wstest"
    if program.exists():
        return program
    found = python or next(_pythons(), None)
    if found is None:
        raise Unavailable("Autobahn needs Python 2.7, which is not here; name one by --python.")
    tools = FOLDER.absolute() / "tools"
    FOLDER.mkdir(parents=True, exist_ok=True)
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run([found, *pip, "--target", str(tools), "virtualenv<20.22"])
    made = str(program.parents[1])
    _run([found, "-m", "virtualenv", "--quiet", made], PYTHONPATH=str(tools))
    _run([str(program.with_name("python")), *pip, "autobahntestsuite"])
    if not program.exists():
        raise Unavailable("Autobahn was installed, but its wstest is not there.")
    return program


def run_suite(program: Path, targets: dict[str, str], excluded: list[str]) -> dict[str, Ends]:
    """Run every case against each URL; return how message and close of each case ended.

    It blocks for the minutes that this takes.
    """
    reports = FOLDER.absolute() / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    specification = {
        "outdir": str(reports),
        "servers": [{"agent": agent, "url": url} for agent, url in targets.items()],
        "cases": ["*"],
        "exclude-cases": excluded,
        "exclude-agent-cases": {},
    }
    path = FOLDER.absolute() / "specification.json"
    path.write_text(json.dumps(specification))
    command = [str(program), "-m", "fuzzingclient", "-s", str(path)]
    try:
        told = subprocess.run(command, capture_output=True, cwd=FOLDER, timeout=CASE_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired as late:
        raise Unavailable(f"Autobahn did not end within {CASE_SECONDS:.0f} s.") from late
    index = reports / "index.json"
    if not index.exists():
        last = told.stderr.decode(errors="replace")[-500:]
        raise Unavailable(f"Autobahn left no report: {last}")
    report = json.loads(index.read_text())
    return {
        agent: {case: (end["behavior"], end["behaviorClose"]) for case, end in cases.items()}
        for agent, cases in report.items()
    }


def rank(ends: tuple[str, str]) -> tuple[int, int]:
    """Lower is better; message first, then close."""
    return RANKS.get(ends[0], _WORST), RANKS.get(ends[1], _WORST)


def _pythons() -> Iterator[str]:
    """Python 2.7 by its name, or where a version manager keeps it."""
    kept = sorted(Path.home().glob(".*env/versions/2.7*/bin/python2.7"))
    for candidate in (shutil.which("python2.7"), *map(str, kept)):
        if candidate and subprocess.run([candidate, "-V"], capture_output=True).returncode == 0:  # noqa: S603
            yield candidate


def _run(command: list[str], **environment: str) -> None:
    given = ["/usr/bin/env", *(f"{name}={value}" for name, value in environment.items()), *command]
    told = subprocess.run(given, capture_output=True, text=True)  # noqa: S603
    if told.returncode:
        last = (told.stderr or told.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"Autobahn can't be installed: {last[0]}")
