from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from proxy.store.tables import metadata


def test_the_migrations_end_in_the_tables_that_the_program_uses(store):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store.read_now(differences) == []
