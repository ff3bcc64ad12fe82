import pytest

from proxy.core.errors import Conflict, InvalidSettings, StoreUnavailable
from proxy.store import facts, sessions
from proxy.store.any_database import AnyDatabase, through
from tests.store.people import add_user


@pytest.fixture
def database(store, path):
    opened = AnyDatabase(f"sqlite:///{path}")
    yield opened
    opened.close()


def add(execute, number):
    execute("INSERT INTO used_codes (id, expires) VALUES (:id, 0)", id=f"c{number}")


def test_a_write_is_one_transaction(database):
    def fail(execute):
        add(execute, 1)
        raise Conflict

    with pytest.raises(Conflict):
        database.write_now(fail)
    assert database.write_now(facts.consume_code, "c1", 10.0, 0.0) is True


def test_a_fault_is_one_error(database):
    with pytest.raises(StoreUnavailable):
        database.read_now(lambda execute: execute("SELECT * FROM nothing"))
    database.write_now(add, 1)
    with pytest.raises(StoreUnavailable):
        database.write_now(add, 1)


def test_facts_are_asked_inside_a_transaction_of_the_store_too(store):
    user = add_user(store)

    def open_and_ask(connection):
        sessions.open_session(
            connection, session_id="s", secret_hash="h", user_id=user.id, now=1.0, expires=9.0
        )
        return facts.find_session(through(connection), "s")

    found = store.write_now(open_and_ask)
    assert found is not None
    assert found.user == user


def test_a_url_that_cannot_be_used_is_a_problem_of_the_settings():
    with pytest.raises(InvalidSettings):
        AnyDatabase("nodatabase://host/x")
