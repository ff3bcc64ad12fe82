from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import select

from proxy.store import api_tokens, course_tables, sessions, tables, users
from proxy.store.database import Store, migrate


def test_the_migrations_end_in_the_tables_that_the_program_uses(store):
    def differences(connection):
        return compare_metadata(
            MigrationContext.configure(connection), course_tables.courses.metadata
        )

    assert store.read_now(differences) == []


def test_an_installation_of_before_keeps_its_people_sessions_and_tokens(tmp_path):
    """Copying a table with foreign keys on would take along what points to it."""
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    store.write_now(_upgrade_to, "0001")
    rows = (
        "INSERT INTO users (id, name, slug, is_admin, created) VALUES (7, 'ada', 'ada', 1, 1.0)",
        (
            "INSERT INTO sessions (id, secret_hash, user_id, created, last_seen, expires) "
            "VALUES ('s', 'h', 7, 1.0, 1.0, 9.0)"
        ),
        (
            "INSERT INTO api_tokens (id, secret_hash, user_id, label, created) "
            "VALUES ('t', 'k', 7, '', 1.0)"
        ),
    )
    for row in rows:
        store.write_now(_run, row)
    store.write_now(_upgrade_to, "0003")
    store.write_now(
        _run,
        "INSERT INTO users (id, name, slug, is_admin, created) VALUES (8, 'bob', 'bob', 0, 1.0)",
    )
    store.write_now(
        _run,
        "INSERT INTO identities (provider, issuer, subject, user_id, created) "
        "VALUES ('oidc:school', 'https://id.example.org', '248289', 8, 1.0)",
    )
    migrate(store)
    ada = store.read_now(users.find, "ada")
    session = store.read_now(sessions.get, "s")
    token = store.read_now(api_tokens.find_by_secret, "k")
    assert ada is not None
    assert session is not None
    assert token is not None
    assert (ada.id, ada.is_admin, ada.is_disabled) == (7, True, False)
    assert session.user == token.user == ada
    assert store.read_now(_used_slugs) == [
        ("ada", None, None, None),
        ("bob", "oidc:school", "https://id.example.org", "248289"),
    ]
    store.close()


def _run(connection, statement):
    connection.exec_driver_sql(statement)


def _used_slugs(connection):
    found = connection.execute(select(tables.used_slugs).order_by("slug"))
    return [tuple(row) for row in found]


def _upgrade_to(connection, revision):
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
