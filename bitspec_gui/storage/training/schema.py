"""Tables of the database of fine-tuning. A change here needs a migration in ``migrations/versions``; a test compares the two."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bitspec_gui.storage.schema import NAMES

_IN_SIGHT = text("removed_at IS NULL")


class TrainingBase(DeclarativeBase):
    """Base of all rows of fine-tuning."""

    metadata = MetaData(naming_convention=NAMES)


class DatasetRow(TrainingBase):
    """A dataset. Times are in UTC.

    ``name_key`` is the name as names are compared, of which no two datasets in sight have the same. ``summary`` is a
    `DatasetInfo` as JSON, made anew by every transaction that changes its spectra. A removed dataset can be brought back.
    """

    __tablename__ = "dataset"
    # AUTOINCREMENT: an id that a panel still holds never comes to mean another dataset.
    __table_args__ = (
        Index("ix_dataset_name_in_sight", "name_key", unique=True, sqlite_where=_IN_SIGHT),
        {"sqlite_autoincrement": True},
    )

    dataset_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str]
    made_at: Mapped[str]
    removed_at: Mapped[str | None]
    summary: Mapped[str]


class DatasetSpectrumRow(TrainingBase):
    """A spectrum of a dataset: one `DatasetSpectrum` with its record, in the order of import.

    ``removed_by`` is the edit that removed it from sight, and can bring it back. ``used``, ``compound`` and ``digest`` (what it
    adds to the dataset's hash) follow from the rest; they let a dataset be summed up without reading peaks, which come last for
    the same reason.
    """

    __tablename__ = "dataset_spectrum"
    __table_args__ = (Index(None, "dataset_id"), {"sqlite_autoincrement": True})

    spectrum_id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id", ondelete="CASCADE"))
    removed_by: Mapped[int | None]
    standing: Mapped[str]
    choice: Mapped[bool | None]
    used: Mapped[bool]
    compound: Mapped[str | None]
    instrument: Mapped[str | None]
    source_file: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    duplicate_of: Mapped[int | None]
    reason: Mapped[str]
    name: Mapped[str]
    accession: Mapped[str | None]
    synonyms_json: Mapped[str | None]
    smiles: Mapped[str | None]
    inchi: Mapped[str | None]
    inchikey: Mapped[str | None]
    formula: Mapped[str | None]
    cas: Mapped[str | None]
    nominal_mass: Mapped[int | None]
    exact_mass: Mapped[float | None]
    retention_index: Mapped[float | None]
    energy_ev: Mapped[float | None]
    licence: Mapped[str | None]
    authors: Mapped[str | None]
    comment: Mapped[str | None]
    predicted_by: Mapped[str | None]
    confidence: Mapped[float | None]
    doubt: Mapped[str | None]
    line: Mapped[int | None]
    extra_json: Mapped[str | None]
    mz_blob: Mapped[bytes] = mapped_column(LargeBinary)
    intensity_blob: Mapped[bytes] = mapped_column(LargeBinary)


SPECTRUM = cast(Table, DatasetSpectrumRow.__table__)
"""The table itself, for statements about very many rows."""


class DatasetEditRow(TrainingBase):
    """An edit of a dataset that can be undone: ``said`` in words; ``size`` is in bytes, of what is kept for it.

    ``undone`` edits can be done again until the next new one of the dataset.
    """

    __tablename__ = "dataset_edit"
    __table_args__ = (Index(None, "dataset_id"), {"sqlite_autoincrement": True})

    edit_id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id", ondelete="CASCADE"))
    made_at: Mapped[str]
    said: Mapped[str]
    undone: Mapped[bool]
    size: Mapped[int]


class DatasetEditStepRow(TrainingBase):
    """One step of an edit, by its ``place`` in it: ``kind`` and ``content`` are those of `storage.training.edit_steps`."""

    __tablename__ = "dataset_edit_step"

    edit_id: Mapped[int] = mapped_column(ForeignKey("dataset_edit.edit_id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DatasetReportRow(TrainingBase):
    """What became of the records of an import into a dataset; ``content`` is compressed JSON."""

    __tablename__ = "dataset_report"
    __table_args__ = (Index(None, "dataset_id"), {"sqlite_autoincrement": True})

    report_id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.dataset_id", ondelete="CASCADE"))
    made_at: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class VersionRow(TrainingBase):
    """A model version; the fields of `RegisteredVersion`. ``settings`` and ``metrics`` are JSON, None for none.

    ``file`` is relative to the folder of the database where it lies below that, with ``/``, so that the folder can be moved.
    ``name_key`` is the name as names are compared, of which no two versions in sight have the same.
    """

    __tablename__ = "version"
    # AUTOINCREMENT: ids begin with 1, and 0 is the version that comes with BitSpec.
    __table_args__ = (
        Index("ix_version_name_in_sight", "name_key", unique=True, sqlite_where=_IN_SIGHT),
        {"sqlite_autoincrement": True},
    )

    version_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str]
    sha256: Mapped[str]
    licence: Mapped[str]
    description: Mapped[str]
    file: Mapped[str]
    made_at: Mapped[str | None]
    removed_at: Mapped[str | None]
    parent_sha256: Mapped[str]
    parent_name: Mapped[str]
    small: Mapped[bool]
    dataset_name: Mapped[str]
    dataset_hash: Mapped[str]
    settings: Mapped[str | None]
    metrics: Mapped[str | None]
    size_bytes: Mapped[int]
    notes: Mapped[str]
    imported: Mapped[bool]


class JobRow(TrainingBase):
    """A fine-tuning job; the fields of `TuningJob`. ``settings`` is JSON."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "dataset_id"), Index(None, "version_id"), {"sqlite_autoincrement": True})

    job_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.dataset_id", ondelete="SET NULL"))
    dataset_name: Mapped[str]
    dataset_hash: Mapped[str]
    base_sha256: Mapped[str]
    base_name: Mapped[str]
    settings: Mapped[str]
    state: Mapped[str]
    made_at: Mapped[str]
    started_at: Mapped[str | None]
    ended_at: Mapped[str | None]
    said: Mapped[str]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.version_id", ondelete="SET NULL"))


class ActiveRow(TrainingBase):
    """Which version was chosen to be used, one after the other; 0 is the one that comes with BitSpec."""

    __tablename__ = "active_history"
    __table_args__ = ({"sqlite_autoincrement": True},)

    place: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int]
    chosen_at: Mapped[str]
