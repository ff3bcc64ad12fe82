"""The wheel: what an image and every other installation is made of is whole."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
# What is read when it is needed and imported by nothing, so that no import would miss it.
READ_LATER = (
    "proxy/web/templates/courses.html",
    "proxy/web/static/app.css",
    "proxy/courses/page/page.html.j2",
    "proxy/notebook/lab_extension/course_menu.js",
    "proxy/store/migrations/script.py.mako",
    "proxy/supervisord.conf",
)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths in a wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_the_package_is_in_it(names: set[str]) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "proxy").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert ours - names == set()


@pytest.mark.parametrize("path", READ_LATER)
def test_what_is_read_later_is_in_it(names: set[str], path: str) -> None:
    assert path in names
