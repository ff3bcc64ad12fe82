"""The extension as JupyterLab finds and reads it; what it does is tried in `tests/browser`."""

import json
import re
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_path
from jupyterlab_server.config import get_federated_extensions, get_page_config

from proxy.core.identity import ServerName
from proxy.core.launch_target import way_back
from proxy.notebook import extension_files
from proxy.notebook.extension_files import NAME, extensions_folder, write_extension

SOURCES = Path(extension_files.__file__).with_name("lab_extension")


def written(folder: Path) -> Path:
    write_extension(folder)
    return extensions_folder(folder) / NAME


def scripts(place: Path) -> Path:
    (found,) = (place / "static").iterdir()
    return found


def test_jupyterlab_takes_it_for_a_prebuilt_extension(tmp_path: Path) -> None:
    place = written(tmp_path)
    found = get_federated_extensions([str(extensions_folder(tmp_path))])
    assert list(found) == [NAME]
    page = get_page_config([str(extensions_folder(tmp_path))])
    (ours,) = [each for each in page["federated_extensions"] if each["name"] == NAME]
    assert (place / ours["load"]).is_file()
    assert f'"{ours["name"]}"' in (place / ours["load"]).read_text()


def test_the_half_of_jupytext_in_the_page_is_off(tmp_path: Path) -> None:
    written(tmp_path)
    page = get_page_config([str(extensions_folder(tmp_path)), *jupyter_path("labextensions")])
    assert "jupyterlab-jupytext" in {each["name"] for each in page["federated_extensions"]}
    assert "jupyterlab-jupytext" in page["disabledExtensions"]


def test_a_small_window_ends_on_a_page_of_it(tmp_path: Path) -> None:
    path = way_back(ServerName("ann", "home")).removeprefix("/open/ann/home/lab/extensions/")
    assert (written(tmp_path).parent / path).is_file()


def test_every_file_of_the_package_is_handed_out(tmp_path: Path) -> None:
    place = written(tmp_path)
    served = {path.name for path in [*scripts(place).iterdir(), place / "back.html"]}
    assert served == {path.name for path in SOURCES.iterdir()}


def test_scripts_find_each_other(tmp_path: Path) -> None:
    folder = scripts(written(tmp_path))
    for script in folder.glob("*.js"):
        for wanted in re.findall(
            r"""(?:from |import\(new URL\(|new URL\()"(\S+?)",?""", script.read_text()
        ):
            if wanted.endswith((".js", ".css")):
                assert (folder / wanted).is_file(), f"{script.name} wants {wanted}"


def test_another_content_has_another_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scripts(written(tmp_path)).name
    assert scripts(written(tmp_path)).name == before
    monkeypatch.setattr(extension_files, "_text", lambda name: f"// another {name}")
    place = written(tmp_path)
    assert scripts(place).name != before  # and the former is gone, or there would be two
    assert json.loads((place / "package.json").read_text())["name"] == NAME
    assert (place / "back.html").is_file(), "a tab of before knows the window's end by this name"


def test_foreign_text_never_becomes_markup() -> None:
    for script in SOURCES.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text()
        )
