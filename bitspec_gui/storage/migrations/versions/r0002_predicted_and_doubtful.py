"""Predicted spectra with their confidence, and doubts about measured ones."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("spectrum", sa.Column("predicted_by", sa.String(), nullable=True))
    op.add_column("spectrum", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("spectrum", sa.Column("doubt", sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("doubt", "confidence", "predicted_by"):
        op.drop_column("spectrum", column)
