"""A change of the command line and its event are one."""

import pytest

from proxy.cli import account_changes
from proxy.core.errors import Conflict, NotFound
from proxy.core.events import EventKind
from proxy.store import events, users
from proxy.store.events import Wanted
from tests.store.people import add_user


def noted(store):
    return [each.event for each in store.read_now(events.find_after, Wanted(), 0, limit=99)]


def test_each_change_is_noted_as_the_command_lines(store):
    store.write_now(account_changes.add, "ann", is_admin=True, password_hash=None, now=1.0)
    store.write_now(account_changes.add, "bob", is_admin=False, password_hash=None, now=1.0)
    store.write_now(account_changes.set_password, "bob", "hash", 2.0)
    store.write_now(account_changes.set_role, "bob", "admin", 3.0)
    store.write_now(account_changes.disable, "bob", 4.0)
    store.write_now(account_changes.enable, "bob", 5.0)
    store.write_now(account_changes.sign_out, "bob", 6.0)
    store.write_now(account_changes.remove, "bob", 7.0)
    found = noted(store)
    assert [event.kind for event in found] == [
        EventKind.ADMIN_USER_ADDED,
        EventKind.ADMIN_USER_ADDED,
        EventKind.ADMIN_PASSWORD_SET,
        EventKind.ADMIN_ROLE_CHANGED,
        EventKind.ADMIN_USER_DISABLED,
        EventKind.ADMIN_USER_ENABLED,
        EventKind.ADMIN_SIGNED_OUT,
        EventKind.ADMIN_USER_REMOVED,
    ]
    assert all(event.user == "" and event.about["by"] == "command line" for event in found)
    assert "hash" not in str(found)


def test_the_last_admin_stays_and_nothing_is_noted(store):
    ann = add_user(store, "ann", admin=True)
    for change in (account_changes.disable, account_changes.remove):
        with pytest.raises(Conflict, match="last admin"):
            store.write_now(change, "ann", 1.0)
    with pytest.raises(Conflict, match="last admin"):
        store.write_now(account_changes.set_role, "ann", "user", 1.0)
    assert noted(store) == []
    assert store.read_now(users.find, "ann") == ann


def test_nobody_is_a_sentence(store):
    with pytest.raises(NotFound, match="no user “nobody”"):
        store.write_now(account_changes.enable, "nobody", 1.0)
