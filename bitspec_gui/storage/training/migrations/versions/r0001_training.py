"""Datasets with their edits and reports, jobs, and model versions."""

import sqlalchemy as sa
from alembic import op

revision = "t0001"
down_revision = None
branch_labels = None
depends_on = None

_IN_SIGHT = sa.text("removed_at IS NULL")


def upgrade() -> None:
    """Make all tables."""
    _datasets()
    _edits()
    _versions()
    _jobs()


def _datasets() -> None:
    op.create_table(
        "dataset",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "name_key", "made_at")),
        sa.Column("removed_at", sa.String(), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", name="pk_dataset"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_name_in_sight", "dataset", ["name_key"], unique=True, sqlite_where=_IN_SIGHT)
    op.create_table(
        "dataset_spectrum",
        sa.Column("spectrum_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("choice", sa.Boolean(), nullable=True),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("compound", sa.String(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=True),
        sa.Column("source_file", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=True)
            for name in ("accession", "synonyms_json", "smiles", "inchi", "inchikey", "formula", "cas")
        ),
        sa.Column("nominal_mass", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("exact_mass", "retention_index", "energy_ev")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("licence", "authors", "comment", "predicted_by")),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("doubt", sa.String(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("extra_json", sa.String(), nullable=True),
        sa.Column("mz_blob", sa.LargeBinary(), nullable=False),
        sa.Column("intensity_blob", sa.LargeBinary(), nullable=False),
        _of_dataset("dataset_spectrum"),
        sa.PrimaryKeyConstraint("spectrum_id", name="pk_dataset_spectrum"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_spectrum_dataset_id", "dataset_spectrum", ["dataset_id"])
    op.create_table(
        "dataset_report",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_dataset("dataset_report"),
        sa.PrimaryKeyConstraint("report_id", name="pk_dataset_report"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_report_dataset_id", "dataset_report", ["dataset_id"])


def _edits() -> None:
    op.create_table(
        "dataset_edit",
        sa.Column("edit_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        _of_dataset("dataset_edit"),
        sa.PrimaryKeyConstraint("edit_id", name="pk_dataset_edit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_edit_dataset_id", "dataset_edit", ["dataset_id"])
    op.create_table(
        "dataset_edit_step",
        sa.Column("edit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["dataset_edit.edit_id"], name="fk_dataset_edit_step_edit_id_dataset_edit", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edit_id", "place", name="pk_dataset_edit_step"),
    )


def _versions() -> None:
    op.create_table(
        "version",
        sa.Column("version_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("name", "name_key", "sha256", "licence", "description", "file")
        ),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("made_at", "removed_at")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("parent_sha256", "parent_name")),
        sa.Column("small", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("dataset_name", "dataset_hash")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("settings", "metrics")),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name="pk_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_version_name_in_sight", "version", ["name_key"], unique=True, sqlite_where=_IN_SIGHT)
    op.create_table(
        "active_history",
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_active_history"),
        sqlite_autoincrement=True,
    )


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=True),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("dataset_name", "dataset_hash", "base_sha256", "base_name", "settings", "state", "made_at")
        ),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("started_at", "ended_at")),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.dataset_id"], name="fk_job_dataset_id_dataset", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["version_id"], ["version.version_id"], name="fk_job_version_id_version", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
        sqlite_autoincrement=True,
    )
    for column in ("dataset_id", "version_id"):
        op.create_index(f"ix_job_{column}", "job", [column])


def _of_dataset(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["dataset_id"], ["dataset.dataset_id"], name=f"fk_{table}_dataset_id_dataset", ondelete="CASCADE"
    )


def downgrade() -> None:
    """Drop all tables."""
    tables = ("job", "active_history", "version", "dataset_edit_step", "dataset_edit", "dataset_report", "dataset_spectrum")
    for table in (*tables, "dataset"):
        op.drop_table(table)
