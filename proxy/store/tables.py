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
    UniqueConstraint,
    false,
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
    Column("uid", Integer),  # of the operating system; given at first need, then kept
    Column("disabled", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,  # an id is never given to a second person
)
Index("uq_users_uid", users.c.uid, unique=True)

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
    # The one server that this browser may open meanwhile, as its owner's helper; else empty.
    Column("helping", String(100), nullable=False, server_default=""),
    Column("helping_course", String(100), nullable=False, server_default=""),  # for its sake
)

# Who an account is at other services: never known by an e-mail address, which may change hands.
identities = Table(
    "identities",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("provider", String(64), nullable=False),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Float, nullable=False),
    UniqueConstraint("provider", "issuer", "subject", name="uq_identities_subject"),
)

# Every slug that was ever somebody's, with who its last owner is at another service, if they came
# from there. It stays when they go, as their files do.
used_slugs = Table(
    "used_slugs",
    metadata,
    Column("slug", String(48), primary_key=True),
    Column("provider", String(64)),
    Column("issuer", String(255)),
    Column("subject", String(255)),
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

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False, index=True),
    Column("kind", String(32), nullable=False, index=True),
    Column("user_slug", String(48), nullable=False),  # who did it, or whose it is; may be empty
    Column("server", String(100), nullable=False),
    Column("course", String(100), nullable=False),
    Column("about", Text, nullable=False),  # a JSON object of texts
    sqlite_autoincrement=True,  # a number once exported is never another event's
)
Index("ix_events_server", events.c.server, events.c.at)

switches = Table(  # what an administrator sets while the programs run
    "switches",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),  # JSON
    Column("changed", Float, nullable=False),
)

# Learning platforms that may launch us (LTI 1.3); `deployments` is a JSON list of texts.
platforms = Table(
    "platforms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issuer", String(255), nullable=False),
    Column("client", String(255), nullable=False),
    Column("title", String(128), nullable=False),
    Column("authorization", Text, nullable=False),  # addresses
    Column("token", Text, nullable=False),
    Column("keys_url", Text, nullable=False),
    Column("audience", Text, nullable=False),  # of our requests for tokens; empty: `token`
    Column("deployments", Text, nullable=False),
    Column("created", Float, nullable=False),
    UniqueConstraint("issuer", "client", name="uq_platforms_client"),
    sqlite_autoincrement=True,  # a number is in people's flows, and is never another platform's
)

# An administrator's leave to register one platform by itself.
platform_invitations = Table(
    "platform_invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("title", String(128), nullable=False),
    Column("expires", Float, nullable=False),
    Column("taken", Float),  # until then it is somebody's who uses it
)

# Who came by which course page as what; a role holds there and nowhere else.
memberships = Table(
    "memberships",
    metadata,
    Column("course", String(100), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("platform_id", ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True),
    Column("context", String(255), primary_key=True),
    Column("context_title", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("is_preview", Boolean, nullable=False),
    Column("subject", String(255), nullable=False),
    Column("members_url", Text, nullable=False),  # the platform's list of members; may be empty
    Column("seen", Float, nullable=False),
)

# Where the score of a person's notebook goes: the latest launch that said so.
grade_links = Table(
    "grade_links",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("platform_id", ForeignKey("platforms.id", ondelete="CASCADE"), nullable=False),
    Column("context", String(255), nullable=False),
    Column("course", String(100), nullable=False),
    Column("notebook", String(1024), nullable=False),  # without `.ipynb`
    Column("resource_link", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("line_items", Text, nullable=False),
    Column("line_item", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # a JSON list
    Column("seen", Float, nullable=False),
    UniqueConstraint("user_id", "platform_id", "course", "notebook", name="uq_grade_links_place"),
)

# Scores on their way to platforms, and those that went.
scores = Table(
    "scores",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("grade_link_id", ForeignKey("grade_links.id", ondelete="CASCADE"), nullable=False),
    Column("given", Float, nullable=False),
    Column("most", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("by_slug", String(48), nullable=False),  # the teacher; empty: the notebook itself
    Column("made", Float, nullable=False),
    Column("queued", Float, nullable=False),  # since when we try
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Float, nullable=False),
    Column("problem", Text, nullable=False),
    Column("sent", Float),
    sqlite_autoincrement=True,
)
Index("ix_scores_due", scores.c.state, scores.c.next_try)
Index("ix_scores_link", scores.c.grade_link_id)

# Who came by a portal's signed link, and as what.
portal_members = Table(
    "portal_members",
    metadata,
    Column("portal", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("course", String(100), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("seen", Float, nullable=False),
)
