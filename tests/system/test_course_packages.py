"""A course's packages, built as root would and used by people with accounts of their own.

Once with servers that are forked, once with servers that are started by exec.
"""

import asyncio
from collections.abc import Iterator

import pytest

from proxy.store.database import Store
from tests.courses.environments import OFFLINE, Ground
from tests.system.isolated import IsolatedInstallation, needs_accounts, residents

pytestmark = [pytest.mark.system, pytest.mark.timeout(300), needs_accounts()]
SHOW = "import os, sys, greeting, sifu; print(greeting.WORD, os.getuid(), sys.prefix)"
WRITE = """
import greeting, os
try:
    open(os.path.dirname(greeting.__file__) + '/mine.py', 'w')
except OSError as refusal:
    print(type(refusal).__name__)
"""


@pytest.fixture(scope="module", params=["on", "off"], ids=["forked", "by-exec"])
def at(request: pytest.FixtureRequest) -> Iterator[IsolatedInstallation]:
    made = IsolatedInstallation(SIFU_FORK_SERVER=request.param)
    made.start()
    if request.param == "on":
        made.await_fork_server()
    yield made
    made.stop()
    made.folder.cleanup()


@pytest.fixture
def opened(at: IsolatedInstallation) -> Iterator[Store]:
    made = Store(f"sqlite:///{at.root / 'data/sifu.db'}")
    yield made
    made.close()


async def test_an_account_uses_what_another_built_and_cannot_change_it(
    at: IsolatedInstallation, opened: Store
) -> None:
    ground = Ground(at.root, opened)
    await ground.add()
    files = {"requirements.txt": f"{OFFLINE}greeting\n"}
    await ground.serve("v1", files, wheels={"greeting": "WORD = 'hello'"})
    told = await asyncio.to_thread(at.sifu, "course", "build", "stats")
    assert told.startswith("Python (stats): 1 package, "), told
    async with residents(at, "ada") as (ada,):
        await ada.sees("import os; os.makedirs('stats')")
        async with ada.person.kernel(ada.base, "stats/a.ipynb") as kernel:
            word, uid, prefix = (await kernel.run(SHOW)).split()
            assert (word, int(uid)) == ("hello", ada.uid)
            assert prefix.startswith(str(ground.top))
            assert (await kernel.run(WRITE)).strip() == "PermissionError"
        assert "No module named" in await ada.sees("import greeting")
        assert "PermissionError" in await ada.sees(
            f"import os\ntry:\n  os.listdir({str(ground.top)!r})\n"
            "except OSError as refusal:\n  print(type(refusal).__name__)"
        )
