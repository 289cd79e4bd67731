"""Libraries, their spectra, and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The integers of PostgreSQL have 32 bits unless told; a file may say more.
_WHOLE_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "library",
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("embedded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("library_id", name="pk_library"),
        sa.UniqueConstraint("name", name="uq_library_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "note",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_note"),
    )
    op.create_table(
        "spectrum",
        sa.Column("spectrum_id", sa.Integer(), nullable=False),
        sa.Column("library_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("accession", sa.String(), nullable=True),
        sa.Column("synonyms_json", sa.String(), nullable=True),
        sa.Column("smiles", sa.String(), nullable=True),
        sa.Column("inchi", sa.String(), nullable=True),
        sa.Column("inchikey", sa.String(), nullable=True),
        sa.Column("connectivity", sa.String(), nullable=True),
        sa.Column("formula", sa.String(), nullable=True),
        sa.Column("cas", sa.String(), nullable=True),
        sa.Column("nominal_mass", _WHOLE_NUMBER, nullable=True),
        sa.Column("exact_mass", sa.Double(), nullable=True),
        sa.Column("retention_index", sa.Double(), nullable=True),
        sa.Column("instrument", sa.String(), nullable=True),
        sa.Column("energy_ev", sa.Double(), nullable=True),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("authors", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("source_file", sa.String(), nullable=False),
        sa.Column("line", _WHOLE_NUMBER, nullable=True),
        sa.Column("extra_json", sa.String(), nullable=True),
        sa.Column("mz_blob", sa.LargeBinary(), nullable=False),
        sa.Column("intensity_blob", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["library_id"], ["library.library_id"], name="fk_spectrum_library_id_library", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("spectrum_id", name="pk_spectrum"),
        sa.UniqueConstraint("library_id", "content_hash", name="uq_spectrum_library_id_content_hash"),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["library_id"],
        ["library_id", "search_text"],
        ["library_id", "connectivity"],
        ["connectivity"],
        ["name"],
        ["formula"],
        ["cas"],
    ):
        # An index entry of PostgreSQL must not be longer than 2.7 kB, and a compound may have more synonyms than that.
        if "search_text" not in columns or op.get_bind().dialect.name == "sqlite":
            op.create_index("ix_spectrum_" + "_".join(columns), "spectrum", columns)


def downgrade() -> None:
    op.drop_table("spectrum")
    op.drop_table("note")
    op.drop_table("library")
