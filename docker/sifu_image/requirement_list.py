"""`requirements/private.txt`: Python packages that are in no index, but in git repositories.

    our-grader @ git+https://git.example.org/team/grader.git@v1.4#subdirectory=python
    pandas==2.3.1

A line is a package in a repository (at a branch, tag or commit, in a folder of it), or a package of
the index at one version. Promises: any other line is refused, because pip would read options,
paths and other addresses in it. Must not: touch the network.
"""

import re
from dataclasses import dataclass

from sifu_image.address import Address, read_address
from sifu_image.refusal import Refusal

FILE = "requirements/private.txt"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_IN_GIT = re.compile(
    rf"({_NAME})\s*@\s*git\+([^\s@]+://(?:[^\s@/]*@)?[^\s@#]+)(?:@([^\s@#]+))?(?:#subdirectory=(\S+))?"
)
_PINNED = re.compile(rf"{_NAME}==[A-Za-z0-9][A-Za-z0-9.!+_]*")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class Package:
    """A package in a repository: at `revision` (`HEAD`: the default branch), in `folder` of it."""

    name: str
    address: Address
    revision: str = "HEAD"
    folder: str = "."


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the file asks for; `pinned` are lines such as `pandas==2.3.1`."""

    packages: tuple[Package, ...] = ()
    pinned: tuple[str, ...] = ()


def read_requirements(text: str) -> Requirements:
    """Read the file's text; raises `Refusal` with one line for each problem."""
    packages: list[Package] = []
    pinned: list[str] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        content = re.sub(r"(^|\s)#.*", "", line).strip()
        try:
            if _PINNED.fullmatch(content):
                pinned.append(content)
            elif content:
                packages.append(_read_package(content))
        except Refusal as refusal:
            problems.append(f"{FILE}, line {number}: {refusal}")
    names = [package.name.lower() for package in packages]
    problems += [f"{FILE}: “{name}” is there twice." for name in {*names} if names.count(name) > 1]
    if problems:
        raise Refusal("\n".join(problems))
    return Requirements(tuple(packages), tuple(pinned))


def _read_package(content: str) -> Package:
    match = _IN_GIT.fullmatch(content)
    if match is None:
        raise Refusal(
            "write “name @ git+https://git.example.org/group/name.git@v1.0”, or “name==1.0” "
            "for a package of the index."
        )
    name, url, revision, folder = match.groups()
    if revision and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise Refusal(f"“{revision}” is not a branch, tag or commit.")
    if folder and not _FOLDER.fullmatch(folder):
        raise Refusal(f"“{folder}” is not a folder inside the repository.")
    return Package(name, read_address(url), revision or "HEAD", folder or ".")
