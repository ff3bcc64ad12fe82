"""Does the build find in the bundle what the Dockerfile takes?

Pure. Beanstalk builds the image in the unpacked bundle, so the bundle is the build context.
"""

import fnmatch
from collections.abc import Collection, Iterator

from proxy.deploy.bundle.dockerfile import Taken, find_taken
from proxy.deploy.bundle.dockerignore import is_ignored
from proxy.deploy.bundle.layout import OPTIONAL
from proxy.deploy.configs.problem import Remark, quote

_WILD = frozenset("*?[$")


def check_context(dockerfile: str, dockerignore: str, names: Collection[str]) -> Iterator[Remark]:
    """Yield each path that the Dockerfile takes and that does not reach it.

    `names`: the paths in the bundle.
    """
    lines = dockerignore.splitlines()
    for taken in find_taken(dockerfile):
        if not taken.is_needed or _WILD & set(taken.path) or taken.path in OPTIONAL:
            continue
        found = find_covered(taken, names)
        if not found:
            said = f"takes {quote(taken.path)}, which the bundle does not hold"
            yield Remark(taken.line, f"{said}; add it to BUILD in proxy/deploy/bundle/layout.py.")
        elif all(is_ignored(name, lines) for name in found):
            said = f"takes {quote(taken.path)}, which .dockerignore keeps from the build"
            yield Remark(taken.line, f"{said}; let it through with a line !{taken.path}.")


def find_covered(taken: Taken, names: Collection[str]) -> list[str]:
    """Return the files that an instruction takes; `.` takes all of them."""
    if taken.path == ".":
        return list(names)
    return [
        name
        for name in names
        if name == taken.path
        or name.startswith(f"{taken.path}/")
        or fnmatch.fnmatchcase(name, taken.path)
    ]
