"""Which account of the operating system a person's notebooks run as.

Promises: with `per-user` and started as root, each user has a number of their own, kept in the
store; otherwise nobody has, and `isolation_of` says so. Must not: touch a file (that is `homes`).
"""

import asyncio
import os
from enum import Enum
from pathlib import Path

from proxy.core.errors import Conflict, NotFound, ServerNotRunning
from proxy.core.identity import ServerName
from proxy.core.policy import Workspaces
from proxy.servers.account import Account
from proxy.servers.homes import owners_of_homes
from proxy.settings import Settings
from proxy.store import uids
from proxy.store.database import Store


class Isolation(Enum):
    """How far users are kept apart by the operating system."""

    SHARED = "shared"  # on purpose: everybody works in one Jupyter
    NONE = "none"  # one server each, all as one account
    ACCOUNTS = "accounts"  # one account each


class Accounts:
    """Gives each owner of servers a number."""

    def __init__(self, store: Store, notebooks: Path, among: range) -> None:
        self._store = store
        self._notebooks = notebooks
        self._among = among
        # Two that are given at once would choose the same.
        self._giving = asyncio.Lock()

    async def find(self, name: ServerName) -> Account | None:
        """Return the owner's account if they have one already; raises `StoreUnavailable`."""
        uid = await self._store.read(uids.find, name.owner)
        return None if uid is None else Account(uid, name.owner)

    async def give(self, name: ServerName) -> Account:
        """Return the owner's account; raises `ServerNotRunning` if there can be none."""
        async with self._giving:
            if (known := await self.find(name)) is not None:
                return known
            owners = await asyncio.to_thread(owners_of_homes, self._notebooks)
            wanted = owners.pop(name.owner, None)
            try:
                uid = await self._store.write(
                    uids.give,
                    name.owner,
                    among=self._among,
                    wanted=wanted,
                    in_use=frozenset(owners.values()),
                )
            except (NotFound, Conflict) as problem:
                raise ServerNotRunning(problem.public) from problem
            return Account(uid, name.owner)


def isolation_of(settings: Settings) -> Isolation:
    """Say how far users are kept apart by the operating system, as things are."""
    if settings.workspaces is Workspaces.SHARED:
        return Isolation.SHARED
    return Isolation.ACCOUNTS if os.geteuid() == 0 else Isolation.NONE
