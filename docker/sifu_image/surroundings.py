"""The environment that Sifu's programs and notebooks get in the container.

`HOME` is on the data volume: the image may be read-only, and the notebooks' folder may be
somebody's project, into which no dot files belong. Must not: know a setting but where the two
folders are, and whether each person has a server of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NAME = "sifu"
_PER_USER = "per-user"


@dataclass(frozen=True, slots=True)
class Folders:
    """What SIFU_DATA and SIFU_NOTEBOOKS name, as the image has them."""

    data: Path
    notebooks: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Folders":
        return cls(
            data=Path(environment.get("SIFU_DATA") or "/data"),
            notebooks=Path(environment.get("SIFU_NOTEBOOKS") or "/notebooks"),
        )

    @property
    def home(self) -> Path:
        return self.data / "home"

    @property
    def named(self) -> tuple[tuple[str, Path], ...]:
        return (("SIFU_DATA", self.data), ("SIFU_NOTEBOOKS", self.notebooks))


def needs_root(environment: Mapping[str, str]) -> bool:
    """Say whether root must be kept: to give each person's notebooks an account of their own."""
    return environment.get("SIFU_WORKSPACES", "").strip() == _PER_USER


def with_home(environment: Mapping[str, str], folders: Folders) -> dict[str, str]:
    """Return the environment with a home; an account need not have a name in the image."""
    ours = {"HOME": str(folders.home), "USER": _NAME, "LOGNAME": _NAME, "SHELL": "/bin/bash"}
    return {**environment, **ours}
