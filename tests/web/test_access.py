"""May they? The rows of the table as a page meets them."""

from pathlib import Path

import pytest

from proxy.core.identity import SHARED, ServerName, User
from proxy.core.policy import Workspaces
from proxy.store.database import Store
from proxy.web.access import server_of
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ada", "/start/ada/home", 200),
        ("ada", "/start/ada/other", 404),
        ("ada", "/start/bob/home", 403),
        ("ada", "/start/nobody/home", 403),  # the same as for somebody who exists
        ("ada", "/start/everyone/shared", 403),
        ("ada", "/start/ADA/home", 404),
        ("ada", "/start/../home", 404),
        ("ada", "/start/a.b/home", 404),
        ("ada", "/start/ada--/home", 404),
        ("root", "/start/ada/home", 200),
        ("root", "/start/nobody/home", 404),
        ("root", "/start/ada/other", 404),
        ("root", "/start/everyone/shared", 404),
    ],
)
async def test_with_a_workspace_each(pages: Pages, who: str, path: str, status: int) -> None:
    assert (await pages.ask("GET", path, who)).status == status


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ada", "/start/everyone/shared", 200),
        ("root", "/start/everyone/shared", 200),
        ("ada", "/start/ada/home", 404),
        ("root", "/start/ada/home", 404),
        ("ada", "/start/everyone/home", 404),
    ],
)
async def test_with_a_shared_workspace(
    store: Store, clock: FakeClock, tmp_path: Path, who: str, path: str, status: int
) -> None:
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        assert (await pages.ask("GET", path, who)).status == status


async def test_somebody_called_everyone_does_not_own_the_shared_server(pages: Pages) -> None:
    user = await pages.add("everyone")
    await pages.sign_in("everyone")
    assert user.slug != SHARED.owner
    assert (await pages.ask("GET", "/start/everyone/shared", "everyone")).status == 403
    assert (await pages.ask("GET", f"/start/{user.slug}/home", "everyone")).status == 200


def test_ones_own_server() -> None:
    ada = User(1, "Ada", "ada--x", is_admin=False, created=0.0, has_password=True)
    assert server_of(ada, Workspaces.SHARED) == SHARED
    assert server_of(ada, Workspaces.PER_USER) == ServerName("ada--x", "home")
