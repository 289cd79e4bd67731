"""The molecules of this session, each with its prediction once there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.domain.prediction import Prediction

MOST_KEPT = 200


@dataclass(frozen=True)
class Kept:
    """A molecule on the list; ``prediction`` is None until its spectrum was predicted."""

    molecule: Molecule
    prediction: Prediction | None = None


class Session(QObject):
    """The list, the newest first. A molecule is on it once, by its canonical SMILES.

    ``waiting`` are lines of an earlier session that are still to be read and predicted.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kept: tuple[Kept, ...] = ()
        self.waiting: tuple[str, ...] = ()

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """All predictions on the list."""
        return tuple(each.prediction for each in self.kept if each.prediction is not None)

    @property
    def lines(self) -> tuple[str, ...]:
        """The list as lines of SMILES and name, what is waiting at the end."""
        kept = (f"{each.molecule.smiles} {each.molecule.name}".strip() for each in self.kept)
        return (*kept, *self.waiting)[:MOST_KEPT]

    def of(self, smiles: str) -> Kept | None:
        """What is kept of a canonical SMILES."""
        return next((each for each in self.kept if each.molecule.smiles == smiles), None)

    def keep(self, molecule: Molecule, prediction: Prediction | None = None) -> None:
        """Put a molecule at the head of the list; a prediction and a name that it had stay with it."""
        before = self.of(molecule.smiles)
        if before is not None:
            prediction = prediction or before.prediction
            molecule = molecule if molecule.name else replace(molecule, name=before.molecule.name)
        others = tuple(each for each in self.kept if each.molecule.smiles != molecule.smiles)
        self.kept = (Kept(molecule, prediction), *others)[:MOST_KEPT]
        self.changed.emit()

    def keep_all(self, predictions: Iterable[Prediction]) -> None:
        """Put predictions on the list, the first of them on top."""
        for prediction in reversed(list(predictions)):
            self.keep(prediction.molecule, prediction)

    def add_prediction(self, prediction: Prediction) -> None:
        """Keep the prediction of a molecule that is on the list, where it stands."""
        smiles = prediction.molecule.smiles
        if self.of(smiles) is None:
            return
        self.kept = tuple(replace(each, prediction=prediction) if each.molecule.smiles == smiles else each for each in self.kept)
        self.changed.emit()

    def name(self, smiles: str, name: str) -> None:
        """Name a molecule that is on the list without a name."""
        kept = self.of(smiles)
        if kept is not None and not kept.molecule.name:
            self.rename(smiles, name)

    def rename(self, smiles: str, name: str) -> None:
        """Give a molecule another name."""
        self.kept = tuple(_renamed(each, name) if each.molecule.smiles == smiles else each for each in self.kept)
        self.changed.emit()

    def remove(self, smiles: str) -> None:
        """Take a molecule off the list."""
        self.kept = tuple(each for each in self.kept if each.molecule.smiles != smiles)
        self.changed.emit()


def _renamed(kept: Kept, name: str) -> Kept:
    molecule = replace(kept.molecule, name=name)
    return Kept(molecule, replace(kept.prediction, molecule=molecule) if kept.prediction is not None else None)
