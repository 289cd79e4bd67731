"""Words on the spectra of a dataset: which of them are shown, how each stands, and what it is measured with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import QCoreApplication

from bitspec_gui.domain.tuning_data import DatasetSpectrum, Standing


class Kind(Enum):
    """Which spectra of a dataset are listed."""

    ALL = "all"
    USED = "used"
    DOUBTFUL = "doubtful"
    NO_STRUCTURE = "no structure"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    LEFT_OUT = "left out"

    def holds(self, spectrum: DatasetSpectrum) -> bool:
        """Whether a spectrum is one of them."""
        if self is Kind.ALL:
            return True
        if self is Kind.USED:
            return spectrum.used
        if self is Kind.LEFT_OUT:
            return spectrum.standing is Standing.GOOD and not spectrum.used
        return spectrum.standing is _STANDINGS[self]


@dataclass(frozen=True)
class KindCounts:
    """How many spectra of each kind a dataset has, and of how many compounds those are that are used."""

    kinds: Mapping[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, 0))
    compounds: int = 0

    @classmethod
    def of(cls, spectra: Sequence[DatasetSpectrum]) -> KindCounts:
        """Count spectra."""
        kinds = {kind: sum(map(kind.holds, spectra)) for kind in Kind}
        return cls(kinds, len({each.compound for each in spectra if each.used}))


_STANDINGS = {
    Kind.DOUBTFUL: Standing.DOUBTFUL,
    Kind.NO_STRUCTURE: Standing.NO_STRUCTURE,
    Kind.DUPLICATE: Standing.DUPLICATE,
    Kind.REFUSED: Standing.REFUSED,
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("DatasetWords", text)


def kind_words(kind: Kind, number: int, compounds: int = 0) -> str:
    """What a button says that lists spectra of a kind; ``compounds`` counts those that are used."""
    if kind is Kind.USED:
        words = _tr("%1 used (%2 compound)") if compounds == 1 else _tr("%1 used (%2 compounds)")
        return words.replace("%1", f"{number:,}").replace("%2", f"{compounds:,}")
    one = number == 1
    words = {
        Kind.ALL: _tr("%1 spectrum") if one else _tr("%1 spectra"),
        Kind.DOUBTFUL: _tr("%1 doubtful"),
        Kind.NO_STRUCTURE: _tr("%1 without structure"),
        Kind.DUPLICATE: _tr("%1 duplicate") if one else _tr("%1 duplicates"),
        Kind.REFUSED: _tr("%1 cannot be used"),
        Kind.LEFT_OUT: _tr("%1 left out by you"),
    }[kind]
    return words.replace("%1", f"{number:,}")


def kind_meaning(kind: Kind) -> str:
    """What spectra of a kind are, in a sentence or two."""
    return {
        Kind.ALL: _tr("All spectra of the dataset"),
        Kind.USED: _tr("Spectra that the model learns from, or is judged by"),
        Kind.DOUBTFUL: _tr("Spectra that contradict their structure. They are left out unless you tick them."),
        Kind.NO_STRUCTURE: _tr(
            "Spectra of which nothing says which compound they are of. Give them a structure (F2), or drop a table with SMILES."
        ),
        Kind.DUPLICATE: _tr("The same peaks of the same compound are there already. They are left out unless you tick them."),
        Kind.REFUSED: _tr("Spectra that lie outside what the model can predict; the reason stands in each row."),
        Kind.LEFT_OUT: _tr("Spectra with nothing wrong that you have left out"),
    }[kind]


def standing_words(spectrum: DatasetSpectrum) -> str:
    """How a spectrum stands, in a few words."""
    standing = spectrum.standing
    if standing is Standing.NO_STRUCTURE:
        return _tr("no structure")
    if standing is Standing.REFUSED:
        return _tr("cannot be used")
    if standing is Standing.GOOD:
        return _tr("used") if spectrum.used else _tr("left out by you")
    name = _tr("doubtful") if standing is Standing.DOUBTFUL else _tr("duplicate")
    end = _tr("%1, used all the same") if spectrum.used else _tr("%1, left out")
    return end.replace("%1", name)


def why_words(spectrum: DatasetSpectrum) -> str:
    """How a spectrum stands, and why."""
    words = standing_words(spectrum)
    return f"{words}: {spectrum.reason}" if spectrum.reason else words


def name_words(spectrum: DatasetSpectrum) -> str:
    """What a spectrum is called."""
    record = spectrum.record
    return record.name or record.accession or _tr("Unnamed")


def energy_words(spectrum: DatasetSpectrum) -> str:
    """Electron energy, empty if the file does not say it."""
    energy = spectrum.record.energy_ev
    return "" if energy is None else f"{energy:g} eV"


def source_words(spectrum: DatasetSpectrum, *, whole: bool = False) -> str:
    """File that a spectrum is from, ``whole`` with its line."""
    record = spectrum.record
    file = record.source_file.replace("\\", "/").rpartition("/")[2]
    if not whole or record.line is None or not file:
        return file
    return _tr("%1, line %2").replace("%1", file).replace("%2", f"{record.line:,}")


def used_words(counts: KindCounts) -> str:
    """How many spectra, of how many compounds, there are to learn from."""
    used, compounds = counts.kinds[Kind.USED], counts.compounds
    words = _tr("%1 of %2 to learn from")
    ones = _tr("1 spectrum") if used == 1 else _tr("%1 spectra").replace("%1", f"{used:,}")
    return words.replace("%1", ones).replace("%2", _tr("1 compound") if compounds == 1 else _compounds(compounds))


def _compounds(number: int) -> str:
    return _tr("%1 compounds").replace("%1", f"{number:,}")
