"""How many kernels run in servers, as each Jupyter says.

Promises: `_AT_ONCE` servers are asked at a time; of one that does not answer in time nothing is
told, and it keeps no other from being asked. Must not: count as somebody's activity.
"""

import asyncio
from collections.abc import Iterable

from proxy.core.clock import Clock
from proxy.core.identity import ServerName
from proxy.servers.jupyter_api import JupyterApi
from proxy.store.records import ServerRecord

_AT_ONCE = 8


async def count_kernels(records: Iterable[ServerRecord], clock: Clock) -> dict[ServerName, int]:
    """Return the number of kernels of each that answered."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def ask(record: ServerRecord) -> tuple[ServerName, int] | None:
        async with places:
            api = JupyterApi(record.name, record.address, record.identity_key, clock)
            kernels = await api.kernels()
        return None if kernels is None else (record.name, len(kernels))

    found = await asyncio.gather(*(ask(record) for record in records if record.address))
    return dict(each for each in found if each is not None)
