"""Who runs as whom."""

import asyncio
from pathlib import Path

import pytest

from proxy.core.errors import ServerNotRunning
from proxy.core.policy import Workspaces
from proxy.servers.account import Account
from proxy.servers.accounts import Accounts, Isolation, isolation_of
from proxy.settings import Settings
from proxy.store import users
from proxy.store.database import Store
from tests.servers.fakes import ADA, BOB

AMONG = range(100000, 100010)


async def test_owners_get_accounts_of_their_own(store: Store, tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        await store.write(users.add, name, is_admin=False, password_hash=None, now=1.0)
    accounts = Accounts(store, tmp_path, AMONG)
    assert await accounts.find(ADA) is None
    given = await asyncio.gather(accounts.give(ADA), accounts.give(BOB), accounts.give(ADA))
    assert given[0] == given[2] == await accounts.find(ADA)
    assert given[0].uid != given[1].uid
    assert given[0] == Account(given[0].uid, "ada")


async def test_without_a_user_there_is_no_account(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ServerNotRunning):
        await Accounts(store, tmp_path, AMONG).give(ADA)


def test_how_far_users_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    each = Settings(workspaces=Workspaces.PER_USER)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert isolation_of(Settings()) is Isolation.SHARED
    assert isolation_of(each) is Isolation.ACCOUNTS
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert isolation_of(each) is Isolation.NONE
