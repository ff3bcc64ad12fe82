import sys
from pathlib import Path

import pytest

from proxy.imports import defer_init, without

INIT = """
__version__ = "1.2.3"
from . import light
from .heavy import WEIGHT
import {name}.heavy as again
ran = globals().get("ran", 0) + 1
def __getattr__(name):
    if name == "late": return "found"
    raise AttributeError(name)
"""
LIGHT = """
from . import __version__, other
import {name}.other as again
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """The name of a package that nobody has imported, with a light module and a heavy one."""
    name = f"package_of_{request.node.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT.format(name=name))
    (folder / "light.py").write_text(LIGHT.format(name=name))
    (folder / "other.py").write_text("")
    (folder / "heavy.py").write_text("WEIGHT = 5\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for each in [each for each in sys.modules if each.partition(".")[0] == name]:
        del sys.modules[each]


def test_modules_are_imported_without_the_rest(package):
    defer_init(package)
    light = __import__(f"{package}.light", fromlist=["light"])
    assert light.__version__ == "1.2.3"
    assert f"{package}.other" in sys.modules
    assert f"{package}.heavy" not in sys.modules
    assert "ran" not in vars(sys.modules[package])


def test_who_asks_for_something_else_gets_everything(package):
    defer_init(package)
    light = __import__(f"{package}.light", fromlist=["light"])
    whole = __import__(package)
    assert (whole.WEIGHT, whole.ran, whole.late) == (5, 1, "found")
    assert whole.light is light
    assert whole.again is sys.modules[f"{package}.heavy"]


def test_what_is_not_there_is_not_there(package):
    defer_init(package)
    with pytest.raises(AttributeError, match="has no attribute 'missing'"):
        sys.modules[package].missing  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        __import__(f"{package}.missing")


def test_an_init_without_a_way_of_its_own_is_enough(package, tmp_path):
    (tmp_path / package / "__init__.py").write_text("HERE = 1\n")
    defer_init(package)
    whole = __import__(package)
    assert whole.HERE == 1
    assert not hasattr(whole, "missing")


def test_an_init_that_fails_says_so_each_time(package, tmp_path):
    (tmp_path / package / "heavy.py").write_text("raise OSError('no weights here')\n")
    defer_init(package)
    for _ in range(2):
        with pytest.raises(OSError, match="no weights here"):
            sys.modules[package].WEIGHT  # noqa: B018


def test_what_was_imported_before_stays(package):
    whole = __import__(package)
    defer_init(package)
    assert sys.modules[package] is whole


def test_a_package_that_is_missing_is_missing_as_usual():
    defer_init("package_that_is_nowhere")
    with pytest.raises(ModuleNotFoundError):
        __import__("package_that_is_nowhere")


def test_a_hidden_package_is_missing_only_within(package):
    with without(package), pytest.raises(ImportError):
        __import__(f"{package}.light")
    assert __import__(package).WEIGHT == 5


def test_what_is_loaded_already_is_not_hidden(package):
    whole = __import__(package)
    with without(package):
        assert __import__(package) is whole
    assert sys.modules[package] is whole
