"""What is said of the sum of a person's files, and who is refused."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.servers.disk_quota import DiskQuota
from tests.servers.fakes import ADA, BOB

MIB = 1024 * 1024


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "ada"
    (home / "deep" / "er").mkdir(parents=True)
    for name in ("a", "deep/b", "deep/er/c"):
        (home / name).write_bytes(os.urandom(MIB))
    return home


@pytest.fixture
def quota(folder: Path) -> Iterator[DiskQuota]:
    made = DiskQuota(2, lambda name: folder if name == ADA else None)
    yield made
    made.close()


async def test_who_is_over_the_quota_is_refused_and_told_both_figures(quota: DiskQuota) -> None:
    refusal = await quota.refusal(ADA)
    assert refusal is not None
    assert "2 MiB" in refusal
    assert "Ask" in refusal
    assert quota.use(ADA) is not None
    assert "of 2 MiB" in quota.advice(ADA)


async def test_what_could_not_be_counted_refuses_nobody_and_is_told(
    quota: DiskQuota, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.servers.disk_quota.COUNT_SECONDS", 0)
    assert await quota.refusal(ADA) is None
    assert "not all of them could be counted" in quota.advice(ADA)


async def test_who_has_no_folder_is_never_refused(quota: DiskQuota) -> None:
    assert await quota.refusal(BOB) is None
    assert quota.advice(BOB) == ""


async def test_without_a_quota_nothing_is_counted(folder: Path) -> None:
    quota = DiskQuota(0, lambda name: folder)
    assert await quota.refusal(ADA) is None
    assert quota.use(ADA) is None
    quota.close()


async def test_a_disk_that_hangs_keeps_nobody_from_starting(
    quota: DiskQuota, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.servers.disk_quota._PATIENCE", 0.01)
    assert await quota.refusal(ADA) is None or quota.use(ADA) is not None
