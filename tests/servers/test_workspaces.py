"""Workspaces for others who write there."""

from pathlib import Path

from proxy.core.identity import SHARED, ServerName
from proxy.core.policy import Workspaces
from proxy.servers.accounts import Isolation, isolation_of
from proxy.servers.workspaces import WorkspaceFolders
from proxy.settings import Settings
from proxy.store.database import Store
from tests.auth.people import add_user


async def test_a_home_is_private_and_its_accounts(store: Store, tmp_path: Path) -> None:
    await add_user(store, "ann")
    settings = Settings(
        data=tmp_path / "data", notebooks=tmp_path / "n", workspaces=Workspaces.PER_USER
    )
    found = await WorkspaceFolders(settings, store).open(ServerName("ann", "home"))
    assert found.root == tmp_path / "n/ann/home"
    assert (tmp_path / "n/ann").stat().st_mode & 0o777 == 0o700
    has_accounts = isolation_of(settings) is Isolation.ACCOUNTS
    assert (found.uid is not None) == has_accounts
    if has_accounts:
        assert found.root.stat().st_uid == found.uid


async def test_the_shared_folder_is_shown_where_its_link_leads(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "n").symlink_to("disk")
    settings = Settings(data=tmp_path / "data", notebooks=tmp_path / "n")
    found = await WorkspaceFolders(settings, store).open(SHARED)
    assert (found.root, found.uid) == (tmp_path / "disk", None)
