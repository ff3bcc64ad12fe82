"""Which files of a checkout go into the source bundle, and where in it they stand.

    the Dockerfile and what it copies     as it is
    Dockerrun.aws.json                    as it is
    ebextensions/*.config                 .ebextensions/
    ebextensions/optional/*.config        .ebextensions/, those that were chosen
    ebextensions/hooks/, HOOKS            .platform/hooks/PHASE/ and .platform/confighooks/PHASE/
    ebextensions/hooks/, the others       .platform/sifu/
    nginx/                                .platform/sifu/nginx/

Nothing of ours goes to .platform/nginx/: Beanstalk tests what stands there before our upstreams
exist. Pure. Must not: hold a second list of these paths anywhere else.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

# What the build needs: files by name, folders (with a slash) with what KINDS of files they hold.
BUILD = (
    ".dockerignore",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "docker/sifu",
    "docker/sifu_image/",
    "proxy/",
    "pyproject.toml",
    "requirements/image.txt",
    "supervisord.conf",
)
# What it takes as well if it is there.
OPTIONAL = ("courses.toml", "requirements/private.txt")
BEANSTALK = ("Dockerrun.aws.json", "ebextensions/", "nginx/")
# How the names of the files in folders may end. Anything else is a leftover.
_TEXTS = (".conf", ".config", ".html", ".j2", ".mako", ".service", ".svg", ".template", ".txt")
_CODE = (".awk", ".css", ".js", ".json", ".py", ".sh", ".toml", ".typed")
_BINARIES = (".ico", ".png", ".woff2")
KINDS = frozenset({*_TEXTS, *_CODE, *_BINARIES})
# Beanstalk runs these, on deployments and on changed settings alike.
HOOKS = {
    "01_hand_over_token.sh": "prebuild",
    "02_point_nginx.sh": "postdeploy",
    "03_clear_nginx.sh": "predeploy",
}


class LoadBalancer(StrEnum):
    """What stands before the machines; decides which listeners the bundle configures."""

    APPLICATION = "application"
    CLASSIC = "classic"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BundleChoices:
    """Which of the optional configuration files go in."""

    load_balancer: LoadBalancer = LoadBalancer.APPLICATION
    efs: bool = False
    one_port: bool = False

    @property
    def configs(self) -> frozenset[str]:
        """The names of the files in `ebextensions/optional/` that were chosen."""
        names = [f"load_balancer_{self.load_balancer.value}"]
        # On one port nobody listens on the others, and their health would be bad for ever.
        names += [] if self.one_port else [f"ports_{self.load_balancer.value}"]
        names += ["efs"] * self.efs + ["one_port"] * self.one_port
        return frozenset(f"{name}.config" for name in names)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the bundle: its path there, its path in the checkout, unix mode and bytes."""

    name: str
    source: str
    mode: int
    data: bytes


def find_places(path: str, choices: BundleChoices) -> tuple[str, ...]:
    """Return where a file of the checkout stands in the bundle; nothing if it has no place there.

    `path` is relative to the checkout, with slashes.
    """
    top, _, rest = path.partition("/")
    if path in {*BUILD, *OPTIONAL, *BEANSTALK}:
        return (path,)
    if not rest or PurePosixPath(path).suffix not in KINDS or is_hidden(path):
        return ()
    if any(path.startswith(name) for name in BUILD if name.endswith("/")):
        return (path,)
    if top == "nginx":
        return (f".platform/sifu/{path}",)
    return _place_extension(rest, choices) if top == "ebextensions" else ()


def find_missing(paths: Collection[str], choices: BundleChoices) -> list[str]:
    """Return what a checkout must have and has not, in order of names."""
    chosen = [f"ebextensions/optional/{name}" for name in choices.configs]
    hooks = [f"ebextensions/hooks/{name}" for name in HOOKS]
    needed = [*BUILD, *BEANSTALK, *chosen, *hooks]
    return sorted(name for name in needed if not _has(paths, name))


def list_folders() -> Iterator[str]:
    """Yield the folders of a checkout that the bundle takes files from, without their slashes."""
    return (name[:-1] for name in (*BUILD, *BEANSTALK) if name.endswith("/"))


def list_files() -> Iterator[str]:
    """Yield the files of a checkout that go into the bundle by name, if they are there."""
    return (name for name in (*BUILD, *BEANSTALK, *OPTIONAL) if not name.endswith("/"))


def is_hidden(path: str) -> bool:
    """Tell whether a file or a folder on the way to it is a leftover of tools by its name."""
    return any(part.startswith((".", "__pycache__")) for part in path.split("/"))


def _place_extension(rest: str, choices: BundleChoices) -> tuple[str, ...]:
    folder, _, name = rest.rpartition("/")
    if folder == "" or (folder == "optional" and name in choices.configs):
        return (f".ebextensions/{name}",) if name.endswith(".config") else ()
    if folder == "hooks" and name in HOOKS:
        phase = HOOKS[name]
        return (f".platform/hooks/{phase}/{name}", f".platform/confighooks/{phase}/{name}")
    if folder == "hooks" or folder.startswith("hooks/"):
        return (f".platform/sifu/{rest.removeprefix('hooks/')}",)
    return ()


def _has(paths: Collection[str], name: str) -> bool:
    return any(path.startswith(name) for path in paths) if name.endswith("/") else name in paths
