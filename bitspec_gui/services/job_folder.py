"""The folder of a fine-tuning job: its frozen data, its journal, what is wished of it, and its checkpoints."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bitspec_gui.config.whole_files import new_file_for
from bitspec_gui.domain.errors import TrainingError
from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.domain.tuning_json import as_json, from_json

RESERVE_BYTES = 1 << 20
"""Kept free in the folder while a job runs, so that on a full disk there is room to say so in the database."""

_OWN, _PUBLIC, _MOLECULES = "own.jsonl.gz", "public.jsonl.gz", "molecules.jsonl.gz"


class JobFolder:
    """Where a job keeps what it needs to go on: frozen spectra, journal, wish, checkpoints, log.

    Frozen files are written whole, and their sha256 afterwards: a job that goes on works on the very data that it began with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal.jsonl"
        self.wish = path / "wish"
        self.log = path / "log.txt"
        self.work = path / "work"
        """Folder of the core: its checkpoints, and at the end its result."""
        self._reserve = path / "reserve"

    def begin(self, own: Sequence[SpectrumRecord]) -> None:
        """Make the folder anew and freeze the spectra to learn from; raises OSError."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        self._freeze(_OWN, map(as_json, own))

    @property
    def complete(self) -> bool:
        """Whether the spectra that the job is to learn from are frozen."""
        return self._sum_of(_OWN).is_file()

    def own(self) -> list[SpectrumRecord]:
        """The spectra to learn from; raises `TrainingError` if they are damaged or gone."""
        return [self._record(line, _OWN) for line in self._frozen(_OWN)]

    @property
    def has_public(self) -> bool:
        """Whether public data are frozen, which happens when the job first starts."""
        return self._sum_of(_PUBLIC).is_file() and self._sum_of(_MOLECULES).is_file()

    def freeze_public(self, records: Iterable[SpectrumRecord], molecules: Iterable[str]) -> None:
        """Freeze public spectra, and SMILES of public molecules."""
        self._freeze(_PUBLIC, map(as_json, records))
        self._freeze(_MOLECULES, ({"smiles": smiles} for smiles in molecules))

    def public(self) -> tuple[list[SpectrumRecord], list[str]]:
        """Public spectra and SMILES as they were frozen; raises `TrainingError`."""
        records = [self._record(line, _PUBLIC) for line in self._frozen(_PUBLIC)]
        return records, [str(line.get("smiles", "")) for line in self._frozen(_MOLECULES)]

    def keep_reserve(self) -> None:
        """Take up a little room on the disk, to be given back by `free_reserve`; raises OSError on a full disk."""
        if not self._reserve.is_file() or self._reserve.stat().st_size < RESERVE_BYTES:
            # Random bytes: a file system that compresses, or leaves out zeros, would reserve nothing.
            self._reserve.write_bytes(os.urandom(RESERVE_BYTES))

    def free_reserve(self) -> None:
        """Give that room back."""
        self._reserve.unlink(missing_ok=True)

    def clear_work(self) -> None:
        """Remove checkpoints and public data: the job is over."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.free_reserve()
        for name in (_PUBLIC, _MOLECULES):
            (self.path / name).unlink(missing_ok=True)
            self._sum_of(name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def size_bytes(self) -> int:
        """What it takes up."""
        return folder_size(self.path)

    def _sum_of(self, name: str) -> Path:
        return self.path / f"{name}.sha256"

    def _freeze(self, name: str, lines: Iterable[dict[str, Any]]) -> None:
        path = self.path / name
        with (
            new_file_for(path) as temporary,
            temporary.open("wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=3, mtime=0) as stream,
        ):
            for line in lines:
                stream.write(json.dumps(line, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n")
        with new_file_for(self._sum_of(name)) as temporary:
            temporary.write_text(_sha256_of(path), encoding="ascii")

    def _frozen(self, name: str) -> list[dict[str, Any]]:
        path = self.path / name
        try:
            if _sha256_of(path) != self._sum_of(name).read_text(encoding="ascii"):
                raise self._damaged(name)
            with gzip.open(path, "rb") as stream:
                return [json.loads(line) for line in stream]
        except (OSError, EOFError, ValueError) as error:
            raise self._damaged(name) from error

    def _record(self, line: dict[str, Any], name: str) -> SpectrumRecord:
        try:
            return from_json(SpectrumRecord, line)
        except ValueError as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> TrainingError:
        return TrainingError(
            f"The data that this fine-tuning began with are damaged or gone ({self.path / name}). "
            "Start it again from its dataset."
        )


def folder_size(path: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile count nothing."""
    total = 0
    for folder, _folders, files in os.walk(path):
        for name in files:
            try:
                total += os.stat(os.path.join(folder, name)).st_size
            except FileNotFoundError:
                continue
    return total


def _sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
