"""An empty environment sees what the installation has, behind its own."""

import subprocess
import sys
from pathlib import Path

from proxy.courses.empty_environment import SEEN_FILE, seen_folders


def test_a_kernel_and_pip_are_there_and_its_own_packages_come_first(tmp_path: Path) -> None:
    place = tmp_path / "venv"
    place.mkdir()
    words = [sys.executable, "-I", "-m", "proxy.courses.empty_environment", str(place)]
    subprocess.run(words, check=True)
    (seen,) = place.rglob(SEEN_FILE)
    (seen.parent / "jinja2.py").write_text("WHOSE = 'its own'\n")
    code = "import ipykernel, pip, jinja2, sys; print(jinja2.WHOSE, sys.prefix)"
    done = subprocess.run(
        [place / "bin/python", "-I", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.split("\n")[0] == f"its own {place}"


def test_only_folders_of_packages_are_seen(tmp_path: Path) -> None:
    packages = tmp_path / "lib/site-packages"
    packages.mkdir(parents=True)
    path = [str(tmp_path), str(packages), str(tmp_path / "none/site-packages"), ""]
    assert list(seen_folders(path)) == [str(packages)]
