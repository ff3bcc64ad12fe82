"""Where jupyter-lsp looks for language servers that were installed with npm.

Left to itself it asks npm for its global folder, which starts Node in every server just when that
one is to answer: more processor time than all the rest of a forked start, and npm leaves a log in
the person's home. Promises: the same folders, by npm's own rule (`npm help folders`: the one that
node lies in), without starting anything; a person whose npm has another prefix can still name it
in `LanguageServerManager.extra_node_roots`. Must not: decide which language servers there are.
"""

import shutil
import sys
from pathlib import Path

from jupyterlab.commands import get_app_dir

# Debian's npm has this prefix wherever node lies.
_LOCAL = Path("/usr/local")


def node_roots(directory: Path) -> list[str]:
    """Return the folders whose `node_modules` count; `directory` is where the server stands."""
    prefixes = [Path(sys.prefix), *_npm_prefixes()]
    inside = [folder for prefix in prefixes for folder in (prefix / "lib", prefix)]
    return [str(folder) for folder in (directory, Path(get_app_dir()) / "staging", *inside)]


def _npm_prefixes() -> list[Path]:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return []
    return [Path(node).resolve().parent.parent, _LOCAL]
