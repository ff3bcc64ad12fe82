"""Language servers from npm are found without asking npm."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.notebook.language_servers import node_roots

# Jupyter's own answer, and then what it does with ours. A program, because what it imports warns.
THEIRS = """
import json, sys
from jupyter_lsp import LanguageServerManager
given = {"node_roots": sys.argv[1:]} if sys.argv[1:] else {}
manager = LanguageServerManager(**given)
manager.initialize()
print(json.dumps([str(folder) for folder in manager.node_roots]))
"""


def program(path: Path, text: str = "exit 1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def ask_jupyter(directory: Path, path: str, *given: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", THEIRS, *given],
        cwd=directory,
        env={"PATH": path, "HOME": str(directory)},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_the_folder_of_nodes_own_prefix_is_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    node = program(tmp_path / "node-22" / "bin" / "node")
    program(tmp_path / "bin" / "npm")
    (tmp_path / "bin" / "node").symlink_to(node)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert str(tmp_path / "node-22" / "lib") in node_roots(tmp_path)


def test_without_npm_they_are_what_jupyter_has_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node_roots(tmp_path) == ask_jupyter(tmp_path, str(tmp_path))


def test_jupyter_takes_them_and_starts_no_npm(tmp_path: Path):
    asked = tmp_path / "asked"
    program(tmp_path / "bin" / "npm", f"echo x > '{asked}'\necho /nowhere")
    program(tmp_path / "bin" / "node")
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}"
    given = node_roots(tmp_path)
    assert ask_jupyter(tmp_path, path, *given) == given
    assert not asked.exists()
    ask_jupyter(tmp_path, path)
    assert asked.exists(), "this version asks no npm: the setting is needed no more"


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_npms_real_answer_is_among_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("npm_config_prefix", "NPM_CONFIG_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    done = subprocess.run(["npm", "prefix", "-g"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in node_roots(tmp_path)
