"""What a search asks of the libraries, edits that can be undone, tags, and reports of imports that are kept."""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from bitspec_gui.storage.derived_values import composition, mass_da
from bitspec_gui.storage.peak_blobs import peak_count

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WHOLE_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_ROWS_AT_ONCE = 2000


def upgrade() -> None:
    for column in ("name", "formula", "cas"):
        op.drop_index(f"ix_spectrum_{column}", table_name="spectrum")
    op.add_column("library", sa.Column("revision", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("library", sa.Column("edition", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("library", sa.Column("removed_by", sa.Integer(), nullable=True))
    op.add_column("spectrum", sa.Column("composition", sa.String(), nullable=True))
    op.add_column("spectrum", sa.Column("mass_da", _WHOLE_NUMBER, nullable=True))
    op.add_column("spectrum", sa.Column("peaks", sa.Integer(), nullable=False, server_default="0"))
    _fill(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(
            "ix_spectrum_outline",
            "spectrum",
            [*("library_id", "predicted_by", "mass_da", "composition"), *("retention_index", "confidence", "cas", "inchikey"),
             "licence", "instrument", "peaks"],
        )  # fmt: skip
        op.create_index("ix_spectrum_doubtful", "spectrum", ["library_id"], sqlite_where=sa.text("doubt IS NOT NULL"))
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "tag",
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tag_id", name="pk_tag"),
        sa.UniqueConstraint("name", name="uq_tag_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "spectrum_tag",
        sa.Column("spectrum_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["spectrum_id"], ["spectrum.spectrum_id"], name="fk_spectrum_tag_spectrum_id_spectrum", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.tag_id"], name="fk_spectrum_tag_tag_id_tag", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("spectrum_id", "tag_id", name="pk_spectrum_tag"),
    )
    op.create_index("ix_spectrum_tag_tag_id", "spectrum_tag", ["tag_id"])
    op.create_table(
        "edit",
        sa.Column("edit_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("size", _WHOLE_NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("edit_id", name="pk_edit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "edit_step",
        sa.Column("edit_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edit_id"], ["edit.edit_id"], name="fk_edit_step_edit_id_edit", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edit_id", "place", name="pk_edit_step"),
    )
    op.create_table(
        "import_report",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("library", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="pk_import_report"),
        sqlite_autoincrement=True,
    )


def _fill(connection: sa.Connection) -> None:
    """Give the rows that are there what those that come will have."""
    library = sa.table("library", sa.column("library_id"), sa.column("revision"), sa.column("edition"))
    for (library_id,) in connection.execute(sa.select(library.c.library_id)).fetchall():
        values = {"revision": secrets.token_hex(16), "edition": secrets.token_hex(16)}
        connection.execute(sa.update(library).where(library.c.library_id == library_id).values(**values))
    columns = ("spectrum_id", "formula", "nominal_mass", "exact_mass", "mz_blob")
    said: list[sa.ColumnClause[Any]] = [sa.column(name) for name in columns]
    derived: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("composition", "mass_da", "peaks")]
    spectrum = sa.table("spectrum", *said, *derived)
    change = sa.update(spectrum).where(spectrum.c.spectrum_id == sa.bindparam("row_id"))
    change = change.values({each.name: sa.bindparam(f"new_{each.name}") for each in derived})
    last = 0
    while True:
        some = sa.select(*said).select_from(spectrum).where(spectrum.c.spectrum_id > last)
        rows = connection.execute(some.order_by(spectrum.c.spectrum_id).limit(_ROWS_AT_ONCE)).fetchall()
        if not rows:
            return
        last = rows[-1].spectrum_id
        connection.execute(
            change,
            [
                {
                    "row_id": row.spectrum_id,
                    "new_composition": composition(row.formula),
                    "new_mass_da": mass_da(row.nominal_mass, row.formula, row.exact_mass),
                    "new_peaks": peak_count(row.mz_blob),
                }
                for row in rows
            ],
        )


def downgrade() -> None:
    for table in ("import_report", "edit_step", "edit", "spectrum_tag", "tag"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_spectrum_doubtful", table_name="spectrum")
        op.drop_index("ix_spectrum_outline", table_name="spectrum")
    for column in ("peaks", "mass_da", "composition"):
        op.drop_column("spectrum", column)
    for column in ("removed_by", "edition", "revision"):
        op.drop_column("library", column)
    for column in ("name", "formula", "cas"):
        op.create_index(f"ix_spectrum_{column}", "spectrum", [column])
