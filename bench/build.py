"""Compiles the three programs in C that upstream and load need."""

import shutil
import subprocess
from pathlib import Path

from bench.missing import Missing

_SOURCES = Path(__file__).parent / "programs"
PROGRAMS = ("upstream", "websocket_load", "slow_readers")


def compile_programs(folder: Path) -> None:
    """Compile what is older than its source; raises `Missing` without a compiler."""
    folder.mkdir(parents=True, exist_ok=True)
    newest = max(path.stat().st_mtime for path in _SOURCES.glob("*.[ch]"))
    for name in PROGRAMS:
        made = folder / name
        if made.exists() and made.stat().st_mtime > newest:
            continue
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise Missing("a C compiler is not installed (on Debian and Ubuntu: apt install gcc)")
        command = [compiler, "-O2", "-Wall", "-o", str(made), str(_SOURCES / f"{name}.c")]
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if said.returncode:
            raise Missing(f"{name}.c does not compile: {said.stderr.strip()[:300]}")
