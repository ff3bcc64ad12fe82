"""Says whether a server may be started over what its owner's files take.

Promises: nobody waits for a count longer than `_PATIENCE`. A count that came to no end is a lower
bound: it refuses where it is over the quota already; else nobody knows, and its owner is told so.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from proxy.core.identity import ServerName
from proxy.core.limits import DiskUse, disk_advice, disk_refusal
from proxy.servers.disk_count import count

COUNT_SECONDS: Final = 3.0
# Beside the count itself it may have to wait for those before it.
_PATIENCE: Final = 2 * COUNT_SECONDS
_AT_ONCE: Final = 2


class DiskQuota:
    """`quota` in MiB, 0 for none; `folder_of` gives the folder that counts, None if none does."""

    def __init__(self, quota: int, folder_of: Callable[[ServerName], Path | None]) -> None:
        self._quota = quota
        self._folder_of = folder_of
        self._use: dict[ServerName, DiskUse] = {}
        # Threads of its own: a disk that hangs holds up no other work.
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="disk-quota")

    async def refusal(self, name: ServerName) -> str | None:
        """Count, and say why this server is not started; None if it may be, or nobody can tell."""
        folder = self._folder_of(name) if self._quota else None
        if folder is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_PATIENCE):
                use = await loop.run_in_executor(self._threads, count, folder, COUNT_SECONDS)
        except TimeoutError:
            return None
        self._use[name] = use
        return disk_refusal(use, self._quota)

    def advice(self, name: ServerName) -> str:
        """Say that the quota is nearly used up, or that nobody knows, as of the last start."""
        use = self._use.get(name)
        return "" if use is None else disk_advice(use, self._quota)

    def use(self, name: ServerName) -> DiskUse | None:
        """Return what was counted at the last start."""
        return self._use.get(name)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
