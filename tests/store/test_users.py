import asyncio

import pytest

from proxy.core.errors import Conflict, UnprocessableInput
from proxy.core.identity import ServerName
from proxy.core.lifecycle import State
from proxy.core.slugs import make_slug
from proxy.store import api_tokens, servers, sessions, sign_in_links, users
from proxy.store.records import ServerRecord
from tests.store.people import add_user, told


def test_an_account_is_found_by_name_slug_and_number(store):
    user = store.write_now(users.add, "Ada L.", is_admin=True, password_hash="hash", now=5.0)
    assert (user.name, user.slug) == ("Ada L.", make_slug("Ada L."))
    assert (user.is_admin, user.has_password, user.created) == (True, True, 5.0)
    assert store.read_now(users.find, "Ada L.") == user
    assert store.read_now(users.find_by_slug, user.slug) == user
    assert store.read_now(users.get, user.id) == user


def test_names_are_compared_exactly(store):
    add_user(store, "ada")
    assert store.read_now(users.find, "Ada") is None
    assert store.read_now(users.find, "ada ") is None
    assert add_user(store, "Ada").slug != "ada"


async def test_of_two_who_take_a_name_at_once_one_gets_it(store):
    adding = [
        store.write(users.add, "ada", is_admin=False, password_hash=None, now=1.0) for _ in range(5)
    ]
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 4
    assert len(await store.read(users.list_all)) == 1


@pytest.mark.parametrize("name", ["", " ada", "a\0b", "x" * 129])
def test_a_name_that_cannot_be_one_is_refused(store, name):
    with pytest.raises(UnprocessableInput):
        add_user(store, name)


def test_a_removed_account_takes_its_credentials_along_and_the_relays_are_told(store):
    ada, bob = add_user(store, "ada"), add_user(store, "bob")
    for user in (ada, bob):
        store.write_now(
            sessions.open_session,
            session_id=f"s-{user.name}",
            secret_hash=f"hash-{user.name}",
            user_id=user.id,
            now=1.0,
            expires=9.0,
        )
        store.write_now(
            api_tokens.create,
            token_id=f"t-{user.name}",
            secret_hash=f"token-{user.name}",
            user_id=user.id,
            label="",
            now=1.0,
            expires=None,
        )
        store.write_now(sign_in_links.create, f"link-{user.name}", user.id, 9.0)
    store.write_now(users.remove, ada, 2.0)
    assert told(store) == [("session", "s-ada"), ("token", "t-ada"), ("user", "ada")]
    assert store.read_now(users.find, "ada") is None
    assert store.read_now(sessions.get, "s-ada") is None
    assert store.read_now(api_tokens.find_by_secret, "token-ada") is None
    assert store.write_now(sign_in_links.consume, "link-ada", 2.0) is None
    assert store.read_now(sessions.get, "s-bob") is not None
    assert store.read_now(api_tokens.find_by_secret, "token-bob") is not None
    assert store.write_now(sign_in_links.consume, "link-bob", 2.0) == bob.id


def test_the_number_of_a_removed_account_is_never_given_to_another(store):
    ada = add_user(store, "ada")
    store.write_now(users.remove, ada, 2.0)
    assert add_user(store, "ada").id != ada.id


def test_a_new_password_signs_everybody_out_and_a_mere_rehash_nobody(store):
    ada = add_user(store)
    store.write_now(
        sessions.open_session,
        session_id="s",
        secret_hash="h",
        user_id=ada.id,
        now=1.0,
        expires=9.0,
    )
    store.write_now(users.set_password, ada, "rehashed", 2.0, keep_sessions=True)
    assert told(store) == []
    store.write_now(users.set_password, ada, "new", 3.0)
    assert told(store) == [("session", "s")]
    assert store.read_now(users.password_hash, ada.id) == "new"


def test_an_account_without_a_password_says_so(store):
    ada = add_user(store)
    assert ada.has_password is False
    assert store.read_now(users.password_hash, ada.id) is None
    assert store.read_now(users.password_hash, 999) is None


def test_a_disabled_account_keeps_nothing_that_lets_anybody_in(store):
    ada = add_user(store, "ada")
    store.write_now(
        sessions.open_session,
        session_id="s",
        secret_hash="h",
        user_id=ada.id,
        now=1.0,
        expires=9.0,
    )
    store.write_now(
        api_tokens.create,
        token_id="t",
        secret_hash="k",
        user_id=ada.id,
        label="",
        now=1.0,
        expires=None,
    )
    store.write_now(sign_in_links.create, "link", ada.id, 9.0)
    assert store.read_now(sessions.last_seen) == {ada.id: (1.0, 1)}
    store.write_now(users.disable, ada, 2.0)
    assert told(store) == [("session", "s"), ("token", "t"), ("user", "ada")]
    assert store.read_now(users.find, "ada").is_disabled is True
    assert store.write_now(sign_in_links.consume, "link", 2.0) is None
    assert store.read_now(sessions.last_seen) == {ada.id: (1.0, 0)}
    store.write_now(users.enable, ada)
    assert store.read_now(users.find, "ada").is_disabled is False
    assert store.read_now(sessions.get, "s").ended == 2.0
    assert store.read_now(api_tokens.find_by_secret, "k").revoked == 2.0


def test_a_role_is_given_and_taken(store):
    ada = add_user(store, "ada")
    for is_admin in (True, False):
        store.write_now(users.set_admin, ada, is_admin=is_admin)
        assert store.read_now(users.find, "ada").is_admin is is_admin


def test_who_gets_a_name_that_was_somebodys_gets_another_key(store):
    ann = add_user(store, "ann")
    for state in (State.STOPPED, State.READY):
        name = ServerName("ann", state.value)
        store.write_now(servers.put, ServerRecord(name, state, identity_key="k" * 43), 1.0)
    store.write_now(users.remove, ann, 2.0)
    add_user(store, "ann")
    keys = {each.name.workspace: each.identity_key for each in store.read_now(servers.list_all)}
    assert keys == {"stopped": "", "ready": "k" * 43}
