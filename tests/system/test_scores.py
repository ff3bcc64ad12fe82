"""A notebook reports its score: a real kernel of a real account, a real platform's services."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from proxy.auth.lti_keys import FILE, LtiKeys
from proxy.core.lti_arrival import SCORE_SCOPE
from proxy.core.lti_launch import GradeService
from proxy.core.lti_messages import LINE_ITEM_SCOPE
from proxy.store import platforms, users
from proxy.store.database import Store
from tests.auth.lti_services_platform import PlatformServices, running_services
from tests.store.arrivals import came, open_link
from tests.system.isolated import IsolatedInstallation, Resident, needs_accounts, residents
from tests.system.person import Kernel

pytestmark = [pytest.mark.system, needs_accounts(), pytest.mark.timeout(300)]
NOTEBOOK = "stats/week 1/means.ipynb"
CELL = {
    "cells": [],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="module")
def installation() -> Iterator[IsolatedInstallation]:
    made = IsolatedInstallation()
    with made:
        yield made


@pytest.fixture
def store(installation: IsolatedInstallation) -> Iterator[Store]:
    opened = Store(f"sqlite:///{installation.root}/data/sifu.db")
    yield opened
    opened.close()


@asynccontextmanager
async def notebook_kernel(resident: Resident, path: str) -> AsyncIterator[Kernel]:
    """Open a notebook as JupyterLab does: folders, file, session, websocket."""
    person, base = resident.person, resident.base
    folders = path.split("/")[:-1]
    for number in range(len(folders)):
        folder = "/".join(folders[: number + 1]).replace(" ", "%20")
        await person.jupyter("PUT", f"{base}api/contents/{folder}", json={"type": "directory"})
    file = {"type": "notebook", "format": "json", "content": CELL}
    address = f"{base}api/contents/{path.replace(' ', '%20')}"
    assert (await person.jupyter("PUT", address, json=file))[0] == 201
    wish = {
        "path": path,
        "name": path.rpartition("/")[2],
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    status, session = await person.jupyter("POST", f"{base}api/sessions", json=wish)
    assert status == 201, session
    id_ = session["kernel"]["id"]
    url = f"{person.at.notebooks}{base}api/kernels/{id_}/channels"
    async with person.browser.ws_connect(
        url, headers={"Origin": person.at.notebooks}, max_msg_size=0
    ) as socket:
        yield Kernel(id_, socket)


async def arrived(services: PlatformServices) -> None:
    async with asyncio.timeout(30):
        while not services.scores:
            await asyncio.sleep(0.1)


async def test_a_kernel_reports_for_its_own_person_and_nobody_else(
    installation: IsolatedInstallation, store: Store
) -> None:
    keys = LtiKeys(installation.root / "data" / FILE)
    async with running_services(keys) as services, residents(installation, "ada", "bob") as both:
        ada, bob = both
        platform = await store.write(platforms.add, services.platform.entry, 1.0)
        user = await store.read(users.find, "ada")
        assert user is not None
        scopes = frozenset({SCORE_SCOPE, LINE_ITEM_SCOPE})
        grades = GradeService(scopes, services.line_items, "")
        await store.write(open_link, came(user, platform, grades=grades))

        async with notebook_kernel(ada, NOTEBOOK) as kernel:
            said = await kernel.run("import sifu; sifu.score(0.8, comment='Well done')")
            assert said == "The score 0.8 of 1 is on its way to the course page.\n"
            await arrived(services)
            assert services.scores[0]["userId"] == "subject-ada"
            assert services.scores[0]["scoreGiven"] == 0.8
            assert services.scores[0]["comment"] == "Well done"
            assert "lies between 0" in await kernel.run("sifu.score(2)")
            # No secret of ours is in its environment.
            variables = await kernel.run("import os; print(os.environ)")
            assert "NOTEBOOK_SCORES" in variables
            assert "SECRET" not in variables

        async with notebook_kernel(bob, NOTEBOOK) as kernel:
            said = await kernel.run("import sifu; sifu.score(1)")
            assert "was not opened from a graded link of a course page" in said
            path = f"{installation.root}/notebooks/ada/home/{NOTEBOOK}"
            said = await kernel.run(
                f"import os; os.environ['JPY_SESSION_NAME'] = {path!r}\nsifu.score(1)"
            )
            assert "was not opened from a graded link of a course page" in said
        assert len(services.scores) == 1
