"""`python -I -m proxy.courses.empty_environment FOLDER` makes what packages are put into.

It is a virtual environment of the Python that notebooks run with. Promises: behind its own packages
it sees what the installation has, so that a kernel starts in it without anything being fetched; pip
is the installation's, where it has one. Run with the rights of a build: the folder is a build's.
"""

import importlib.util
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path

SEEN_FILE = "sifu-installation.pth"
_PACKAGES = frozenset({"site-packages", "dist-packages"})


def make_environment(folder: Path) -> None:
    """Make it; raises `OSError`, or what `venv` raises where a Python is not whole."""
    seen = list(seen_folders(sys.path))
    has_pip = importlib.util.find_spec("pip") is not None
    venv.create(folder, symlinks=True, with_pip=not has_pip)
    place = sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)})
    (Path(place) / SEEN_FILE).write_text("".join(f"{each}\n" for each in seen))


def seen_folders(path: Iterable[str]) -> Iterable[str]:
    """Yield where packages are; Python's own modules the environment has by itself."""
    return (each for each in path if Path(each).name in _PACKAGES and Path(each).is_dir())


if __name__ == "__main__":
    make_environment(Path(sys.argv[1]))
