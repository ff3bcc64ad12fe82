"""Opens somebody's workspace for others who write there: the files of a course, above all.

Promises: the folder is there, private, and its account's, as `homes` makes it. Must not: know what
is written there.
"""

import asyncio

from proxy.core.identity import SHARED, ServerName
from proxy.disk.private_folders import make_private_folders
from proxy.disk.workspace import Workspace
from proxy.servers.accounts import Accounts, Isolation, isolation_of
from proxy.servers.homes import prepare_home
from proxy.servers.places import root_of
from proxy.settings import Settings
from proxy.store.database import Store


class WorkspaceFolders:
    """Of one installation."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._accounts = Accounts(store, settings.notebooks, settings.uids)

    async def open(self, name: ServerName) -> Workspace:
        """Make the folder if it is missing; raises `OSError` or `ServerNotRunning`."""
        root = root_of(self._settings, name, shared=SHARED)
        if isolation_of(self._settings) is not Isolation.ACCOUNTS:
            await asyncio.to_thread(make_private_folders, root)
            # The folder that all share is the operator's, who may have made it a link.
            shown = (await asyncio.to_thread(root.resolve)) if name == SHARED else root
            return Workspace(shown, None)
        account = await self._accounts.give(name)
        await asyncio.to_thread(prepare_home, self._settings.notebooks, name.workspace, account)
        return Workspace(root, account.uid)
