"""Learning platforms: who they are, who came from them, what they are told; slugs ever used."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Platforms, invitations, memberships, where scores go, scores; portals' people; slugs."""
    _platforms()
    _memberships()
    _grade_links()
    _scores()
    op.create_table(
        "portal_members",
        sa.Column("portal", sa.String(64), nullable=False),
        _user(),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("portal", "user_id", "course"),
    )
    _used_slugs()


def _user() -> sa.Column[int]:
    return sa.Column(
        "user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    )


def _platform() -> sa.Column[int]:
    return sa.Column(
        "platform_id", sa.Integer, sa.ForeignKey("platforms.id", ondelete="CASCADE"), nullable=False
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _platforms() -> None:
    op.create_table(
        "platforms",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("client", sa.String(255), nullable=False),
        sa.Column("title", sa.String(128), nullable=False),
        *_texts("authorization", "token", "keys_url", "audience", "deployments"),
        sa.Column("created", sa.Float, nullable=False),
        sa.UniqueConstraint("issuer", "client", name="uq_platforms_client"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "platform_invitations",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(128), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("taken", sa.Float),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("course", sa.String(100), nullable=False),
        _user(),
        _platform(),
        sa.Column("context", sa.String(255), nullable=False),
        sa.Column("context_title", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("is_preview", sa.Boolean, nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        *_texts("members_url"),
        sa.Column("seen", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("course", "user_id", "platform_id", "context"),
    )


def _grade_links() -> None:
    op.create_table(
        "grade_links",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        _user(),
        _platform(),
        sa.Column("context", sa.String(255), nullable=False),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("notebook", sa.String(1024), nullable=False),
        sa.Column("resource_link", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        *_texts("line_items", "line_item", "scopes"),
        sa.Column("seen", sa.Float, nullable=False),
        sa.UniqueConstraint(
            "user_id", "platform_id", "course", "notebook", name="uq_grade_links_place"
        ),
    )


def _scores() -> None:
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "grade_link_id",
            sa.Integer,
            sa.ForeignKey("grade_links.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("given", sa.Float, nullable=False),
        sa.Column("most", sa.Float, nullable=False),
        *_texts("comment"),
        sa.Column("by_slug", sa.String(48), nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("queued", sa.Float, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try", sa.Float, nullable=False),
        *_texts("problem"),
        sa.Column("sent", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scores_due", "scores", ["state", "next_try"])
    op.create_index("ix_scores_link", "scores", ["grade_link_id"])


def _used_slugs() -> None:
    op.create_table(
        "used_slugs",
        sa.Column("slug", sa.String(48), primary_key=True),
        sa.Column("provider", sa.String(64)),
        sa.Column("issuer", sa.String(255)),
        sa.Column("subject", sa.String(255)),
    )
    op.execute(
        "INSERT INTO used_slugs (slug, provider, issuer, subject) "
        "SELECT users.slug, identities.provider, identities.issuer, identities.subject "
        "FROM users LEFT JOIN identities ON identities.id = "
        "(SELECT MIN(id) FROM identities WHERE identities.user_id = users.id)"
    )
