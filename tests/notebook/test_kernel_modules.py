"""What kernels find without its being installed."""

import os
import subprocess
import sys
from pathlib import Path

from proxy.notebook.kernel_modules import FOLDER, with_modules


def test_our_folder_comes_after_those_that_were_handed_on() -> None:
    assert with_modules({"A": "b"}) == {"A": "b", "PYTHONPATH": str(FOLDER)}
    handed = with_modules({"PYTHONPATH": f"/x{os.pathsep}/y"})
    assert handed["PYTHONPATH"].split(os.pathsep) == ["/x", "/y", str(FOLDER)]


def test_the_module_is_imported_from_anywhere_and_needs_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        # Without anything that is installed.
        [sys.executable, "-S", "-c", "import sifu, sys; print(sifu.score, 'proxy' in sys.modules)"],
        env=with_modules({}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "function score" in done.stdout
    assert "False" in done.stdout


def test_it_offers_nothing_else() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.py")) == ["__init__.py", "sifu.py"]
