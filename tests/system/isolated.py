"""An installation whose users have accounts of their own, and what their kernels try.

Other accounts must reach Python; where it lies in a folder that is closed to them (root's home, on
a developer's machine), the installation sees that folder replaced, in a mount namespace of its own.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from proxy.cli.isolation import closed_folder
from proxy.cli.run_directory import choose_passage
from tests.system.installation import Installation
from tests.system.person import Kernel, Person

_REPOSITORY = Path(__file__).parents[2]
# Arguments: the closed folder, a place for a moment, the folders to keep, `--`, the command.
_OPEN = r"""
set -e
closed=$1; aside=$2; shift 2
mount --make-rprivate /
mkdir -p "$aside"
number=0
for kept in "$@"; do
  [ "$kept" = -- ] && break
  number=$((number + 1)); mkdir "$aside/$number"; mount --bind "$kept" "$aside/$number"
done
mount -t tmpfs -o mode=0755 none "$closed"
number=0
while [ "$1" != -- ]; do
  number=$((number + 1)); mkdir -p "$1"; mount --bind "$aside/$number" "$1"; umount "$aside/$number"
  shift
done
shift
exec "$@"
"""


def why_not() -> str:
    """Say what this machine lacks for accounts of one's own."""
    if os.geteuid() != 0:
        return "root, to give each user an account"
    tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "mount namespaces"


def own_range() -> str:
    """Return accounts that no other tests on this machine give out meanwhile, nor a real Sifu."""
    first = 1_000_000 + os.getpid() % 10_000 * 1000
    return f"{first}-{first + 999}"


def opened_for_accounts(aside: Path) -> tuple[str, ...]:
    """Return the words before a command by which other accounts reach Python and Sifu there."""
    kept = [Path(sys.base_prefix), Path(sys.prefix), _REPOSITORY]
    closed = closed_folder([*kept, Path(sys.executable).resolve().parent])
    if closed is None:
        return ()
    inside = [str(path) for path in kept if path.is_relative_to(closed)]
    script = ("unshare", "-m", "sh", "-c", _OPEN, "sh", str(closed))
    return (*script, str(aside), *inside, "--")


class IsolatedInstallation(Installation):
    """`per-user`, as root, in a folder that others may pass and that is not below /tmp."""

    above = "/var/lib"

    def __init__(self, **settings: str) -> None:
        super().__init__(SIFU_WORKSPACES="per-user", **{"SIFU_UID_RANGE": own_range()} | settings)
        self.root.chmod(0o711)
        self.before = opened_for_accounts(self.root / "aside")
        self.passage = choose_passage(self.root / "data")

    def link_of(self, name: str) -> str:
        """Return a link that signs this person in, whose account is made if need be."""
        try:
            return self.sifu("user", "add", name, "--link").splitlines()[-1]
        except subprocess.CalledProcessError:
            return self.sifu("user", "passwd", name, "--link").splitlines()[-1]

    def await_fork_server(self) -> None:
        """Return when it listens; until then servers would be started by exec."""
        deadline = time.monotonic() + 60
        while not (self.root / "data/run/fork.sock").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def stop(self) -> float:
        try:
            return super().stop()
        finally:
            shutil.rmtree(self.passage, ignore_errors=True)


@dataclass
class Resident:
    """A person with their running server and a kernel of it."""

    person: Person
    base: str
    kernel: Kernel
    pid: int
    uid: int

    async def sees(self, code: str, *, seconds: float = 60) -> str:
        """Run code in the kernel and return what it printed, or the error."""
        return (await self.kernel.run(code, seconds=seconds)).strip()


@asynccontextmanager
async def residents(
    installation: IsolatedInstallation, *names: str
) -> AsyncIterator[list[Resident]]:
    """Sign these people in, start their servers and a kernel each."""
    async with AsyncExitStack() as stack:
        found = []
        for name in names:
            link = await asyncio.to_thread(installation.link_of, name)
            person = await stack.enter_async_context(Person(installation))
            await person.visit(link)
            info = await person.start_server()
            await person.open_server(info["base_url"])
            kernel = await stack.enter_async_context(person.kernel(info["base_url"]))
            uid = psutil.Process(info["pid"]).uids().real
            found.append(Resident(person, info["base_url"], kernel, info["pid"], uid))
        yield found


def needs_accounts() -> pytest.MarkDecorator:
    missing = why_not()
    return pytest.mark.skipif(bool(missing), reason=f"needs {missing}")
