"""Sizes, names and places of the package's modules."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "proxy"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300
# Wiring and nothing else.
MOST_LINES_OF_A_ROOT = 200
ROOTS = {"front_app.py", "relay_app.py"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
# Modules without a test file of their own, each for a reason.
UNTESTED = {
    "web/keys.py": "declarations",
}


def place(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def needs_a_test(module: Path) -> bool:
    return not module.name.startswith("__") and "migrations" not in module.parts


def mirrored(module: Path) -> Path:
    inside = module.relative_to(PACKAGE)
    return ROOT / "tests" / inside.with_name(f"test_{inside.name}")


@pytest.mark.parametrize("module", [each for each in MODULES if needs_a_test(each)], ids=place)
def test_every_module_has_its_test_file(module):
    if place(module) in UNTESTED:
        assert not mirrored(module).exists(), "it has one now: take it from the list"
    else:
        assert mirrored(module).exists()


def test_every_exception_is_a_module():
    assert set(UNTESTED) <= {place(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_no_module_is_long(module):
    most = MOST_LINES_OF_A_ROOT if place(module) in ROOTS else MOST_LINES
    assert len(module.read_text().splitlines()) <= most


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_every_module_says_what_it_is_for(module):
    assert ast.get_docstring(ast.parse(module.read_text()))


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_no_name_is_vague(module):
    assert not {module.stem, *module.relative_to(PACKAGE).parent.parts} & VAGUE


def test_every_folder_of_modules_is_a_package():
    folders = {module.parent for module in MODULES}
    assert all((folder / "__init__.py").exists() for folder in folders)
