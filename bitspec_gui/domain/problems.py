"""What went wrong with a part of an input while the rest was kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault in one place: ``what`` is a sentence, ``kept`` says what became of the record.

    ``rejected`` is True when the record was left out, False when it was kept with a repair.
    """

    file: str
    line: int | None
    what: str
    kept: str = "This record was left out; the others were kept."
    rejected: bool = True

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.what} {self.kept}".rstrip()
