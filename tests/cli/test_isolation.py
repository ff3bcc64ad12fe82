"""What `sifu up` sees to before notebooks run as accounts of their own."""

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.cli.isolation import (
    check_accounts,
    check_isolation,
    close_data,
    closed_folder,
    hide_names,
    lacking_capabilities,
)
from proxy.core.errors import InvalidSettings
from proxy.core.policy import Workspaces
from proxy.servers.places import Places
from proxy.settings import Settings
from proxy.store import uids, users
from proxy.store.database import Store

PER_USER = Settings(workspaces=Workspaces.PER_USER)


def test_without_root_it_refuses_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    places = Places(tmp_path, tmp_path, "python")
    with pytest.raises(InvalidSettings, match="SIFU_ALLOW_UNISOLATED=1"):
        check_isolation(PER_USER, places)
    check_isolation(replace(PER_USER, allow_unisolated=True), places)
    check_isolation(Settings(), places)


@pytest.fixture
def people(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """As root, with people who got numbers from 200000 on."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for name in ("ann", "bob", "eve", "new"):
        store.write_now(users.add, name, is_admin=False, password_hash=None, now=1.0)
    for name in ("ann", "bob", "eve"):
        store.write_now(uids.give, name, among=range(200000, 200010))
    return store


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("100000-165535", "3 people have accounts outside 100000-165534, which is for people"),
        ("100000-165535", "holds all: 100000-200003."),
        ("200001-300000", "1 person has an account outside 200001-299999, which is for"),
        ("200001-300000", "holds all: 200000-300000."),
        ("5000-6000", "Set the range to the one that they came from."),  # 65534 lies between
    ],
)
def test_accounts_outside_the_range_are_told_with_one_that_holds_all(
    people: Store, now: str, told: str
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        check_accounts(replace(PER_USER, uid_range=now), people)
    (sentence,) = refused.value.problems
    assert sentence.startswith("SIFU_UID_RANGE: ")
    assert told in sentence


def test_a_wider_range_and_one_that_nobody_uses_are_no_matter(
    people: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_accounts(replace(PER_USER, uid_range="100000-200003"), people)
    check_accounts(Settings(uid_range="5000-6000"), people)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    check_accounts(replace(PER_USER, uid_range="5000-6000", allow_unisolated=True), people)


def test_an_open_data_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    close_data(replace(PER_USER, data=tmp_path))
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("held", "lacking"),
    [
        ("000001ffffffffff", []),
        ("00000000a80425fb", []),  # what a container has unless told otherwise
        ("00000000000000c1", ["DAC_OVERRIDE", "FOWNER", "KILL"]),
        ("0000000000000000", ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"]),
    ],
)
def test_a_root_that_may_too_little_is_told_what(held: str, lacking: list[str]) -> None:
    status = f"CapPrm:\t0000000000000000\nCapEff:\t{held}\nCapBnd:\t000001ffffffffff\n"
    assert lacking_capabilities(status) == lacking
    assert lacking_capabilities("") == []  # another system has no such file


def test_names_of_others_are_hidden_in_a_folder_of_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    hide_names(replace(PER_USER, notebooks=tmp_path))
    assert tmp_path.stat().st_mode & 0o777 == 0o711


def test_the_folder_that_stops_others_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "inside").mkdir(parents=True)
    closed.chmod(0o700)
    found = closed_folder([closed / "inside"])
    assert found is not None
    assert closed.is_relative_to(found)
