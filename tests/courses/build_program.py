"""`python -m tests.courses.build_program FOLDER DATABASE [UID]` builds for “stats”, to be killed."""

import asyncio
import sys
from pathlib import Path

from proxy.courses.build_failure import BuildFailed
from proxy.courses.workshop import Workshop
from proxy.servers.processes import end_accounts
from proxy.store.database import Store
from tests.courses.environments import Ground


async def main(folder: str, database: str, uid: str = "") -> None:
    account = int(uid) if uid else None
    workshop = Workshop(sys.executable, account, end_account=lambda each: end_accounts([each]))
    ground = Ground(Path(folder), Store(database), workshop=workshop)
    environments = ground.environments()
    await environments.open()
    try:
        print((await environments.update("stats", print)).sentence, flush=True)
    except BuildFailed as problem:
        print("FAILED", problem.public, flush=True)


asyncio.run(main(*sys.argv[1:]))
