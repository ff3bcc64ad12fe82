"""Puts our JupyterLab extension where a server finds it: in the server's own folder.

Promises: nothing is installed into anybody's environment; scripts lie in a folder named by the hash
of all of them, so that a browser never mixes two versions. The page on which a small window ends
has one address in all versions, because a tab outlives an upgrade.
"""

import json
import shutil
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from proxy import __version__
from proxy.core.launch_target import EXTENSION, LANDING

NAME = EXTENSION
_SCRIPTS = (
    "banner.css",
    "banner.js",
    "container.js",
    "course_menu.js",
    "documents.js",
    "door.js",
    "place.js",
)


def extensions_folder(folder: Path) -> Path:
    """Return what `LabApp.extra_labextensions_path` names; `folder` is the server's own."""
    return folder / "labextensions"


def write_extension(folder: Path) -> None:
    """Write the extension as JupyterLab expects a prebuilt one, in place of an earlier one."""
    shutil.rmtree(extensions_folder(folder), ignore_errors=True)
    place = extensions_folder(folder) / NAME
    texts = {name: _text(name) for name in _SCRIPTS}
    version = f"static/{_digest(texts)}"
    (place / version).mkdir(parents=True)
    for name, text in texts.items():
        (place / version / name).write_text(text)
    (place / LANDING).write_text(_text(LANDING))
    (place / "package.json").write_text(json.dumps(_package(f"{version}/container.js"), indent=2))


def _package(container: str) -> dict[str, object]:
    return {
        "name": NAME,
        "version": __version__,
        "description": "Leads back to a server that is away, and from a notebook to its course.",
        "license": "BSD-3-Clause",
        "jupyterlab": {
            "extension": True,
            # Its half in the server is off, see `SERVER_EXTENSIONS`.
            "disabledExtensions": ["jupyterlab-jupytext"],
            "_build": {"load": container, "extension": "./extension"},
        },
    }


def _text(name: str) -> str:
    return (files("proxy.notebook") / "lab_extension" / name).read_text("utf-8")


def _digest(texts: dict[str, str]) -> str:
    return sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:16]
