"""Tables of the database. A change here needs a migration in ``migrations/versions``; a test compares the two."""

from __future__ import annotations

from typing import cast

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

WHOLE_NUMBER = Integer().with_variant(BigInteger(), "postgresql")
"""What a file may say: SQLite's integers have 64 bits, those of PostgreSQL 32 unless told."""


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Of indexes and constraints, so that migrations can refer to them."""


class Base(DeclarativeBase):
    """Base of all rows of libraries."""

    metadata = MetaData(naming_convention=NAMES)


class LibraryRow(Base):
    """A library of spectra.

    ``revision`` is a random text, another one after every change to what a search index holds of its spectra; ``edition`` one
    after every change to anything that is shown of it. ``removed_by`` is the edit that removed it, or its spectra, from sight,
    and can bring them back; None for a library that is there.
    """

    __tablename__ = "library"
    # AUTOINCREMENT: an id that a panel still holds never comes to mean another library.
    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})

    library_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    licence: Mapped[str]
    source: Mapped[str]
    embedded: Mapped[bool]
    revision: Mapped[str] = mapped_column(server_default=text("''"))
    edition: Mapped[str] = mapped_column(server_default=text("''"))
    removed_by: Mapped[int | None]


OUTLINE = ("library_id", "predicted_by", "mass_da", "composition", "retention_index", "confidence", "cas", "inchikey", "licence",
           "instrument", "peaks")  # fmt: skip
"""Columns that lists are filtered and sorted by, together in one index."""


class SpectrumRow(Base):
    """A measured or predicted spectrum: one `SpectrumRecord`.

    ``content_hash`` says whether two records are the same (that of the record as it was imported, whatever was edited since),
    ``connectivity`` is the first block of the InChIKey, ``search_text`` what a text query looks into, ``composition`` the formula
    in one spelling (see `derived_values.composition`), ``mass_da`` the nominal mass that filters and searches go by, ``peaks``
    how many there are. The wide indexes let a query pass over a library without reading the peaks.
    """

    __tablename__ = "spectrum"
    __table_args__ = (
        UniqueConstraint("library_id", "content_hash"),
        Index(None, "library_id"),
        # An index entry of PostgreSQL must not be longer than 2.7 kB, and a compound may have more synonyms than that.
        Index(None, "library_id", "search_text").ddl_if(dialect="sqlite"),
        Index(None, "library_id", "connectivity"),
        Index(None, "connectivity"),
        Index("ix_spectrum_outline", *OUTLINE).ddl_if(dialect="sqlite"),
        Index("ix_spectrum_doubtful", "library_id", sqlite_where=text("doubt IS NOT NULL")).ddl_if(dialect="sqlite"),
        {"sqlite_autoincrement": True},
    )

    spectrum_id: Mapped[int] = mapped_column(primary_key=True)
    library_id: Mapped[int] = mapped_column(ForeignKey("library.library_id", ondelete="CASCADE"))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    search_text: Mapped[str] = mapped_column(deferred=True)
    name: Mapped[str]
    accession: Mapped[str | None]
    synonyms_json: Mapped[str | None]
    smiles: Mapped[str | None]
    inchi: Mapped[str | None]
    inchikey: Mapped[str | None]
    connectivity: Mapped[str | None]
    formula: Mapped[str | None]
    cas: Mapped[str | None]
    nominal_mass: Mapped[int | None] = mapped_column(WHOLE_NUMBER)
    exact_mass: Mapped[float | None]
    retention_index: Mapped[float | None]
    instrument: Mapped[str | None]
    energy_ev: Mapped[float | None]
    licence: Mapped[str | None]
    authors: Mapped[str | None]
    comment: Mapped[str | None]
    predicted_by: Mapped[str | None]
    confidence: Mapped[float | None]
    doubt: Mapped[str | None]
    source_file: Mapped[str]
    line: Mapped[int | None] = mapped_column(WHOLE_NUMBER)
    extra_json: Mapped[str | None]
    mz_blob: Mapped[bytes] = mapped_column(LargeBinary)
    intensity_blob: Mapped[bytes] = mapped_column(LargeBinary)
    composition: Mapped[str | None]
    mass_da: Mapped[int | None] = mapped_column(WHOLE_NUMBER)
    peaks: Mapped[int] = mapped_column(server_default="0")


class NoteRow(Base):
    """What a use case must remember in the database, under a key."""

    __tablename__ = "note"

    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


SPECTRUM = cast(Table, SpectrumRow.__table__)
"""The table itself, for statements about very many rows."""


class TagRow(Base):
    """A word that users put on entries."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})

    tag_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class SpectrumTagRow(Base):
    """A tag on a spectrum."""

    __tablename__ = "spectrum_tag"
    __table_args__ = (Index(None, "tag_id"),)

    spectrum_id: Mapped[int] = mapped_column(ForeignKey("spectrum.spectrum_id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.tag_id", ondelete="CASCADE"), primary_key=True)


class EditRow(Base):
    """Something a user changed, kept so that it can be undone: ``said`` in words, ``made_at`` in UTC, by whom.

    ``size`` is in bytes, of what is kept for it; ``undone`` edits can be done again until the next new one.
    """

    __tablename__ = "edit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    edit_id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str]
    made_at: Mapped[str]
    said: Mapped[str]
    undone: Mapped[bool]
    size: Mapped[int] = mapped_column(WHOLE_NUMBER)


class EditStepRow(Base):
    """One step of an edit, by its ``place`` in it: ``kind`` and ``content`` are those of `storage.edit_steps`."""

    __tablename__ = "edit_step"

    edit_id: Mapped[int] = mapped_column(ForeignKey("edit.edit_id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportReportRow(Base):
    """What became of the records of an import; ``content`` is compressed JSON, ``made_at`` in UTC."""

    __tablename__ = "import_report"
    __table_args__ = ({"sqlite_autoincrement": True},)

    report_id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[str]
    library: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
