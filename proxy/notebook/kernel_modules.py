"""What kernels find without its being installed for them: the module `sifu`.

By `PYTHONPATH`, which works for a kernel of any Python. Only the kernels' environment gets it: a
server itself runs without.
"""

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "kernels"
_PATH = "PYTHONPATH"


def with_modules(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of kernels, our folder after those that an operator handed on."""
    others = [part for part in environment.get(_PATH, "").split(os.pathsep) if part]
    return {**environment, _PATH: os.pathsep.join([*others, str(FOLDER)])}
