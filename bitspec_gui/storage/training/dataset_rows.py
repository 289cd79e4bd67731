"""Rows of datasets: found, named, and summed up."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bitspec_gui.domain.errors import StorageError
from bitspec_gui.domain.tuning_data import DatasetInfo, Standing, combined_hash
from bitspec_gui.domain.tuning_json import as_json, from_json
from bitspec_gui.storage.training.row_texts import name_values, now
from bitspec_gui.storage.training.schema import SPECTRUM, DatasetRow

_SUMMED_UP = tuple(
    SPECTRUM.c[name] for name in ("standing", "choice", "used", "compound", "instrument", "source_file", "digest")
)  # fmt: skip


def dataset_row(session: Session, dataset_id: int) -> DatasetRow:
    """Row of a dataset that is in sight; raises `StorageError` if there is none."""
    row = session.get(DatasetRow, dataset_id)
    if row is None or row.removed_at is not None:
        raise StorageError("This dataset is no longer there; it may have been removed meanwhile.")
    return row


def dataset_info(row: DatasetRow) -> DatasetInfo:
    """A dataset in numbers; raises ValueError if they were damaged."""
    values = json.loads(row.summary)
    if not isinstance(values, dict):
        raise ValueError("the summary is none")
    return from_json(DatasetInfo, values | {"dataset_id": row.dataset_id, "name": row.name, "made_at": row.made_at})


def named_values(session: Session, name: str, but: int | None = None) -> dict[str, str]:
    """Values that give a dataset a name; raises `StorageError` if another one than `but` has it, or if it is empty."""
    values = name_values(name)
    if not values["name_key"]:
        raise StorageError("Give the dataset a name.")
    if _taken(session, values["name_key"], but):
        raise StorageError(f"There is a dataset named “{values['name']}” already. Choose another name.")
    return values


def free_name_values(session: Session, name: str) -> dict[str, str]:
    """The same with a number behind the name if another dataset has it."""
    number, values = 1, name_values(name)
    while _taken(session, values["name_key"], None):
        number += 1
        values = name_values(f"{name} ({number})")
    return values


def _taken(session: Session, name_key: str, but: int | None) -> bool:
    found = select(DatasetRow.dataset_id).where(DatasetRow.name_key == name_key, DatasetRow.removed_at.is_(None))
    return session.scalar(found) not in (None, but)


def new_row(name: dict[str, str]) -> DatasetRow:
    """Row of a dataset that is empty."""
    row = DatasetRow(made_at=now(), **name)
    row.summary = _packed(DatasetInfo(0, "", datetime.now(UTC), 0, 0, 0, content_hash=combined_hash([])))
    return row


def sum_up(session: Session, row: DatasetRow) -> None:
    """Sum a dataset up anew: to be done in every transaction that changes its spectra."""
    session.flush()
    found = select(*_SUMMED_UP).where(SPECTRUM.c.dataset_id == row.dataset_id, SPECTRUM.c.removed_by.is_(None))
    spectra = session.execute(found.order_by(SPECTRUM.c.spectrum_id)).fetchall()
    used = [each for each in spectra if each.used]
    standings = Counter(each.standing for each in spectra)
    instruments = Counter(each.instrument for each in spectra if each.instrument)
    info = DatasetInfo(
        dataset_id=row.dataset_id,
        name="",
        made_at=datetime.now(UTC),
        spectra=len(spectra),
        used=len(used),
        compounds=len({each.compound for each in used}),
        counts=tuple((each, standings[each.value]) for each in Standing if standings[each.value]),
        left_out=sum(each.choice is False and Standing(each.standing).usable for each in spectra),
        instruments=tuple(name for name, _ in instruments.most_common()),
        sources=tuple(dict.fromkeys(each.source_file for each in spectra if each.source_file)),
        content_hash=combined_hash(each.digest for each in used),
    )
    row.summary = _packed(info)


def _packed(info: DatasetInfo) -> str:
    # The row says the rest itself.
    values = {key: value for key, value in as_json(info).items() if key not in ("dataset_id", "name", "made_at")}
    return json.dumps(values)
