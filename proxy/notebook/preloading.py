"""What the fork server imports: all that a server comes to use, and nothing that starts a thread.

The list was made by looking at what a server imports until it is ready and while a notebook is
opened. A name that is missing from it costs each server some memory and time; one that a new
version of Jupyter does not have any more is passed over. Must not: import what kernels need, or
anything that draws random numbers of its own.
"""

import json
import platform
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from jupyter_core.paths import ENV_CONFIG_PATH, SYSTEM_CONFIG_PATH

from proxy.notebook.configuration import SERVER_EXTENSIONS

_MODULES = (
    "proxy.notebook.__main__",
    "proxy.notebook.identity",
    "anyio.streams.memory",
    "anyio.streams.tls",
    "httpcore",
    "ipykernel.kernelspec",
    "IPython.paths",
    "jinja2.ext",
    "jupyter_core.migrate",
    "jupyter_lsp.serverextension",
    "jupyter_lsp.specs",
    "jupyter_lsp.virtual_documents_shadow",
    "jupyter_server.kernelspecs.handlers",
    "jupyter_server.nbconvert.handlers",
    "jupyter_server.view.handlers",
    "jupyter_server_terminals.app",
    "nbconvert.exporters",
    "nbclient",
    "notebook.app",
    "notebook_shim.nbserver",
    "runpy",
    "tornado.platform.asyncio",
    "xml.sax.saxutils",
)
_SERVICES = "jupyter_server.services"


def preload() -> None:
    """Import it all. Fails only without JupyterLab itself."""
    import_module(_MODULES[0])
    # Jupyter names it when it starts. Python starts a program to find out, and remembers.
    platform.platform()
    for name in (*_MODULES, *_services(), *_extensions()):
        # Any failure: it is somebody else's code, and each server meets it again and tells.
        with suppress(Exception):
            import_module(name)


def _services() -> Iterator[str]:
    """Yield the modules that answer requests, which Jupyter imports when it has read its files."""
    spec = find_spec(_SERVICES)
    for service in iter_modules(spec.submodule_search_locations if spec else []):
        yield f"{_SERVICES}.{service.name}.handlers"


def _extensions() -> Iterator[str]:
    """Yield the server extensions that are on for everybody, by us or by the installation."""
    yield from [name for name, is_on in SERVER_EXTENSIONS.items() if is_on]
    for folder in (*ENV_CONFIG_PATH, *SYSTEM_CONFIG_PATH):
        for path in sorted(Path(folder).glob("jupyter_server_config.d/*.json")):
            try:
                config = json.loads(path.read_text())
                switched = config["ServerApp"]["jpserver_extensions"]
                yield from [
                    name
                    for name, is_on in switched.items()
                    if is_on and name not in SERVER_EXTENSIONS
                ]
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
                print(f"{path} is passed over: {problem!r}", file=sys.stderr)  # noqa: T201 (its log)
