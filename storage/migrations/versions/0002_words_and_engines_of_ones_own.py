"""words and engines of one's own"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("series") as series:
        series.add_column(sa.Column("engine", sa.String(length=32), server_default=sa.text("''"), nullable=False))
    with op.batch_alter_table("shot") as shot:
        for name in ("english", "prompt", "negative_prompt"):
            shot.add_column(sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
    with op.batch_alter_table("take") as take:
        take.add_column(sa.Column("provenance", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("take") as take:
        take.drop_column("provenance")
    with op.batch_alter_table("shot") as shot:
        for name in ("negative_prompt", "prompt", "english"):
            shot.drop_column(name)
    with op.batch_alter_table("series") as series:
        series.drop_column("engine")
