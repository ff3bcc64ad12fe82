"""What administrators do with the whole, and how far people are kept apart."""

import os
from pathlib import Path

import pytest

from proxy.core.policy import Workspaces
from proxy.store.database import Store
from proxy.web.installation import is_isolated
from tests.conftest import FakeClock
from tests.web.page_front import Pages, run_pages


async def test_without_an_account_each_it_says_so(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not is_isolated(pages.app)
    page = (await pages.ask("GET", "/admin", "root")).text
    assert "SIFU_ALLOW_UNISOLATED" in page
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert is_isolated(pages.app)
    assert "SIFU_ALLOW_UNISOLATED" not in (await pages.ask("GET", "/admin", "root")).text


async def test_what_is_shared_on_purpose_is_no_lack(
    store: Store, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    async with run_pages(store, clock, tmp_path, workspaces=Workspaces.SHARED) as pages:
        assert is_isolated(pages.app)
