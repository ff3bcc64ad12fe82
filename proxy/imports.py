"""How a process loads less than an import would have it load.

Promises: what is left out is loaded when somebody asks for it, or is optional by its user's own
word; whoever imports in the usual way before gets what is usual. Must not: change what a module
does.
"""

import importlib
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType

_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def defer_init(name: str) -> None:
    """Let a package's modules be imported one by one, without its `__init__`.

    That runs when something is asked of the package which is none of its modules. Does nothing if
    the package was imported before, or is not there: the import that follows will say so.
    (`importlib.util.LazyLoader` is of no use here: it runs the `__init__` for the first module.)
    """
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None or spec.origin is None:
        return
    package = module_from_spec(spec)
    # Its modules ask each other for it, which is no reason to load everything.
    if version := _VERSION.search(Path(spec.origin).read_text()):
        vars(package)["__version__"] = version[1]
    vars(package)["__getattr__"] = _Deferred(package).look_up
    sys.modules[name] = package


class _Deferred:
    """What becomes of a package whose `__init__` has not run."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package
        self._has_run = False
        # Reentrant: an `__init__` asks for its own modules while it runs.
        self._lock = threading.RLock()

    def look_up(self, attribute: str) -> object:
        """Find what the package lacks so far (PEP 562); raises `AttributeError`."""
        name = f"{self._package.__name__}.{attribute}"
        if find_spec(name) is not None:
            return importlib.import_module(name)
        with self._lock:
            if not self._has_run:
                self._run()
        try:
            return vars(self._package)[attribute]
        except KeyError:
            raise AttributeError(
                f"module {self._package.__name__!r} has no attribute {attribute!r}"
            ) from None

    def _run(self) -> None:
        spec = self._package.__spec__
        self._has_run = True
        try:
            if spec is not None and spec.loader is not None:
                spec.loader.exec_module(self._package)
        except BaseException:
            self._has_run = False  # who asks next is told the reason again
            raise


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let what is imported within find these packages missing, unless they are loaded already.

    For packages that an import takes if they are there, and that nothing of ours uses. `None` in
    `sys.modules` is how Python says that a module is not to be found.
    """
    hidden = [name for name in names if name not in sys.modules]
    modules: dict[str, ModuleType | None] = dict.fromkeys(hidden)
    sys.modules.update(modules)  # type: ignore[arg-type]  # typeshed knows no `None` there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
