"""The condition of the database itself: schema, damage, newest times. For `sifu doctor`."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from proxy.store.tables import changes, servers, sessions


def schema_revision(connection: Connection) -> str | None:
    """Return the revision that the schema is at; None if there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> tuple[str, ...]:
    """Return the revisions that this program knows, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(script.revision for script in scripts)[::-1]


def find_damage(connection: Connection) -> str:
    """Return SQLite's first complaint about its file; empty if it has none."""
    if connection.dialect.name != "sqlite":
        return ""
    answer = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return "" if answer == "ok" else answer


def newest_time(connection: Connection) -> float | None:
    """Return the latest time at which something was written; None if nothing was."""
    columns = (changes.c.at, sessions.c.last_seen, servers.c.changed)
    found = [connection.execute(select(func.max(column))).scalar_one() for column in columns]
    times = [float(time) for time in found if time is not None]
    return max(times, default=None)
