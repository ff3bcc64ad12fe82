"""A stand-in for the official Python image, where no registry of images can be reached.

The product's Dockerfile begins with `python:3.12-slim-bookworm`. A machine that reaches Debian's
packages but no registry cannot fetch it, so the tests make an image of that name themselves: a
minimal Debian of this machine's own release, and in /usr/local the CPython that runs the tests,
without what the official slim image leaves out too. It is not the official image: Python's patch
level (or even its minor version), the set of packages and the digest differ. What is tested with it
is our Dockerfile, not Debian's or Python's. The file is kept below `build/`, by what went into it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.image.engine import Engine

NAME = "python:3.12-slim-bookworm"
CACHE = Path(__file__).parents[2] / "build" / "image"
DEBIAN_PYTHON = "/usr"
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
# What the official slim image has beside the libraries of its Python.
_PACKAGES = frozenset({"ca-certificates", "netbase", "tzdata"})
_LEFT_OUT = ("__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3")
_LEFT_OUT_PATTERNS = ("config-*", "_tkinter.*", "*.a")


def missing() -> str:
    """Say what this machine lacks to make the image, or nothing."""
    if shutil.which("mmdebstrap") is None:
        return "mmdebstrap"
    return "" if release() else "Debian, whose packages the image is made of"


def load(engine: Engine) -> str:
    """Bring the image into the engine; return its name. Takes half a minute the first time."""
    engine.run("import", "--change", 'CMD ["python3"]', made(), NAME, seconds=180)
    return NAME


def made() -> Path:
    """Return the tar of the image's files, making it if what goes into it has changed."""
    packages = sorted(_PACKAGES | needed_packages())
    path = CACHE / f"base-{_key(packages)}.tar"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for stale in CACHE.glob("base-*.tar"):
            stale.unlink()
        with tempfile.TemporaryDirectory(prefix="sifu-base-") as scratch:
            fresh = CACHE / f"fresh-{os.getpid()}.tar"
            _make(packages, Path(scratch), fresh)
            fresh.rename(path)
    return path


def release() -> str:
    """Return this Debian's code name: a CPython that was built here needs its C library."""
    lines = Path("/etc/os-release").read_text().splitlines()
    known = dict(line.split("=", 1) for line in lines if "=" in line)
    return known.get("VERSION_CODENAME", "") if known.get("ID") == "debian" else ""


def needed_packages() -> set[str]:
    """Return the Debian packages that bring the libraries of the running CPython."""
    if sys.base_prefix == DEBIAN_PYTHON:
        return {"python3", "python3-venv", "python3-pip"}
    listed = subprocess.run(
        ["ldd", *_binaries()], capture_output=True, text=True, check=False
    ).stdout
    libraries = {line.split()[2] for line in listed.splitlines() if "=> /" in line}
    outside = {path for path in libraries if not path.startswith(sys.base_prefix)}
    return {_package_of(Path(path)) for path in outside}


def _binaries() -> list[str]:
    modules = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))
    found = (modules / "lib-dynload").glob("*.so")
    kept = [str(path) for path in found if not path.name.startswith("_tkinter.")]
    return [f"{sys.base_prefix}/bin/{_VERSION}", *sorted(kept)]


def _package_of(library: Path) -> str:
    # Debian's package list knows /lib/…, or /usr/lib/…, for what is the same file.
    spellings = {str(library), str(library.resolve()), f"/usr{library}"}
    spellings |= {spelling.removeprefix("/usr") for spelling in spellings}
    asked = subprocess.run(
        ["dpkg-query", "--search", *sorted(spellings)], capture_output=True, text=True, check=False
    )
    if not asked.stdout:
        raise LookupError(f"No package of Debian brings {library}, which this Python needs.")
    return asked.stdout.split(":", 1)[0]


def _key(packages: Iterable[str]) -> str:
    interpreter = Path(f"{sys.base_prefix}/bin/{_VERSION}").stat()
    parts = [sys.version, str(interpreter.st_mtime_ns), release(), *packages]
    ours = Path(__file__).read_bytes()
    return hashlib.sha256("\n".join(parts).encode() + ours).hexdigest()[:12]


def _make(packages: list[str], scratch: Path, target: Path) -> None:
    staged = scratch / "local"
    _stage(staged)
    hidden = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "locale", "man")]
    subprocess.run(
        [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            f"--include={','.join(packages)}",
            *hidden,
            f"--customize-hook=sync-in {staged} /usr/local",
            '--customize-hook=chroot "$1" ldconfig',
            '--customize-hook=chroot "$1" python -c "import ssl, sqlite3, ctypes, lzma, bz2, venv"',
            release(),
            str(target),
        ],
        env=os.environ | {"TMPDIR": str(scratch)},
        timeout=300,
        check=True,
    )


def _stage(target: Path) -> None:
    """Lay out what goes into /usr/local."""
    (target / "bin").mkdir(parents=True)
    (target / "lib").mkdir()
    if sys.base_prefix == DEBIAN_PYTHON:
        for name in ("python", "python3"):
            (target / "bin" / name).symlink_to("/usr/bin/python3")
        return
    prefix = Path(sys.base_prefix)
    shutil.copy2(prefix / "bin" / _VERSION, target / "bin" / _VERSION)
    for name in ("python", "python3"):
        (target / "bin" / name).symlink_to(_VERSION)
    for library in prefix.glob("lib/libpython*.so*"):
        shutil.copy2(library, target / "lib" / library.name, follow_symlinks=False)
    modules = target / "lib" / _VERSION
    left_out = shutil.ignore_patterns(*_LEFT_OUT, *_LEFT_OUT_PATTERNS, "site-packages")
    shutil.copytree(prefix / "lib" / _VERSION, modules, symlinks=True, ignore=left_out)
    (modules / "site-packages").mkdir()
    for path in (prefix / "lib" / _VERSION / "site-packages").glob("pip*"):
        if path.name == "pip" or path.name.startswith("pip-"):
            shutil.copytree(path, modules / "site-packages" / path.name)
