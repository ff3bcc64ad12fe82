"""`python -m tests.courses.build_program FOLDER DATABASE [UID [RESERVED]]` builds for “stats”."""

import asyncio
import sys
from pathlib import Path

from proxy.courses.build_failure import BuildFailed
from proxy.courses.workshop import Workshop
from proxy.servers.processes import end_accounts
from proxy.store.database import Store
from tests.courses.environments import Ground


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(folder: str, database: str, uid: str = "", reserved: str = "0") -> None:
    account = int(uid) if uid else None
    workshop = Workshop(
        sys.executable,
        account,
        end_account=lambda each: end_accounts([each]),
        reserved=int(reserved),
    )
    ground = Ground(Path(folder), Store(database), workshop=workshop)
    environments = ground.environments()
    await environments.open()
    try:
        say((await environments.update("stats", say)).sentence)
    except BuildFailed as problem:
        say(f"FAILED {problem.public}")
        say(f"LEFT {sorted(path.name for path in ground.top.iterdir())}")


asyncio.run(main(*sys.argv[1:]))
