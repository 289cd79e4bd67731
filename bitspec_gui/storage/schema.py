"""Tables of the database. A change here needs a migration in ``migrations/versions``; a test compares the two."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all rows; names its constraints so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class LibraryRow(Base):
    """A library of spectra."""

    __tablename__ = "library"
    # AUTOINCREMENT: an id that a panel still holds never comes to mean another library.
    __table_args__ = (UniqueConstraint("name"), {"sqlite_autoincrement": True})

    library_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    licence: Mapped[str]
    source: Mapped[str]
    embedded: Mapped[bool]


class SpectrumRow(Base):
    """A measured or predicted spectrum: one `SpectrumRecord`.

    ``content_hash`` says whether two records are the same, ``connectivity`` is the first block of the InChIKey, ``search_text``
    what a text query looks into; its index lets a query pass over the library without reading the peaks.
    """

    __tablename__ = "spectrum"
    __table_args__ = (
        UniqueConstraint("library_id", "content_hash"),
        Index(None, "library_id"),
        Index(None, "library_id", "search_text"),
        Index(None, "library_id", "connectivity"),
        Index(None, "connectivity"),
        Index(None, "name"),
        Index(None, "formula"),
        Index(None, "cas"),
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
    nominal_mass: Mapped[int | None]
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
    line: Mapped[int | None]
    extra_json: Mapped[str | None]
    mz_blob: Mapped[bytes] = mapped_column(LargeBinary)
    intensity_blob: Mapped[bytes] = mapped_column(LargeBinary)


class NoteRow(Base):
    """What a use case must remember in the database, under a key."""

    __tablename__ = "note"

    key: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
