"""The tables, as SQLAlchemy metadata. A change here needs a migration in `migrations/versions`."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("slug", String(48), nullable=False, unique=True),
    Column("password_hash", String(255)),
    Column("is_admin", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    sqlite_autoincrement=True,  # an id is never given to a second person
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("last_seen", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("ended", Float),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires", Float, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", String(128), nullable=False),
    Column("created", Float, nullable=False),
    Column("last_used", Float),
    Column("expires", Float),
    Column("revoked", Float),
)

servers = Table(
    "servers",
    metadata,
    Column("owner", String(48), primary_key=True),
    Column("workspace", String(48), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),  # why it failed or stopped, for people
    Column("address", Text, nullable=False),  # unix socket path; empty when none
    Column("identity_key", String(64), nullable=False),
    Column("gateway_url", Text, nullable=False),
    Column("pid", Integer),
    Column("started", Float),
    Column("last_activity", Float),
    Column("changed", Float, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(128), nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,  # a pruned row's number never comes back
)
Index("ix_changes_at", changes.c.at)

used_codes = Table(
    "used_codes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("expires", Float, nullable=False, index=True),
)
