"""One exception per cause. ``str(error)`` is the sentence that the user reads."""

from __future__ import annotations

from pathlib import Path


class BitSpecError(Exception):
    """Base of every error that BitSpec raises on purpose; its text is meant for a chemist."""


class MoleculeError(BitSpecError):
    """The text or file given as a molecule cannot be used, and the message says why."""


class UnreadableMolecule(MoleculeError):
    """Neither SMILES, InChI nor molblock could be read from the input.

    ``position`` is the place of the fault in the text as it was given (0-based), None where no single place is at fault.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class RefusedMolecule(MoleculeError):
    """The molecule was read, but lies outside what an EI prediction can mean."""


class UnknownName(MoleculeError):
    """No compound of a name or CAS number is known; ``near`` are names that may be meant."""

    def __init__(self, message: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.near = near


class UnknownGroup(MoleculeError):
    """The text typed at an atom of a drawing is neither an element nor a group that BitSpec knows."""


class SpectrumError(BitSpecError):
    """Peaks that do not form a spectrum: no peaks, unequal lengths, negative or non-finite values."""


class UnreadableFile(BitSpecError):
    """A file that cannot be opened, or whose content BitSpec has no reader for."""


class StorageError(BitSpecError):
    """The library database cannot be opened, read or written."""


class DamagedDatabase(StorageError):
    """The library database is damaged or is no database; ``database`` is its path, so that it can be set aside."""

    def __init__(self, message: str, database: Path) -> None:
        super().__init__(message, database)
        self.database = database

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownLibrary(StorageError):
    """A library was named that is not in the database."""


class EditError(BitSpecError):
    """A library or its entries cannot be changed as asked; nothing was changed."""


class ModelFileError(BitSpecError):
    """A model file is missing, damaged or of a format that this BitSpec cannot read."""


class DeviceUnavailable(BitSpecError):
    """A computing device was asked for by name that this machine does not have."""


class SettingsError(BitSpecError):
    """The settings file cannot be read or written."""


class ExportError(BitSpecError):
    """A result could not be written where the user asked for it."""


class TrainingError(BitSpecError):
    """Training cannot start or go on, for example because the data are not where they were said to be."""


class IndexFileError(BitSpecError):
    """A search index is missing, cut short, damaged or of a format that this BitSpec cannot read."""


class SearchError(BitSpecError):
    """A search cannot be done as asked: an unknown library, a substructure or formula that cannot be read, no peak to search."""


class ExplanationError(BitSpecError):
    """A prediction cannot be explained as asked: no such method, or a peak that the molecule cannot have."""


class Interrupted(BitSpecError):
    """Long work was ended before its time, and can go on from what it last kept."""


class VersionError(BitSpecError):
    """A model version cannot be used, exported, imported or changed as asked; nothing was changed."""


class Cancelled(BitSpecError):
    """The user cancelled; what was finished before is kept."""
