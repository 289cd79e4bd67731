"""Structure drawings, made in the query lane and kept."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.services.depiction import structure_svg
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.views.structure import DRAWING_SIZE, StructureView
from bitspec_gui.workers.runner import Runner

KEPT = 200


class Drawings(QObject):
    """Draws structures into views; a newer request for the same view wins."""

    def __init__(self, prediction: PredictionService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prediction, self._runner = prediction, runner
        self._kept: OrderedDict[tuple[str, bool], tuple[Molecule, str]] = OrderedDict()

    def draw(self, view: StructureView, molecule: Molecule, *, dark: bool) -> None:
        """Draw a molecule into a view."""
        self._request(view, molecule.smiles + molecule.molblock, molecule, dark)

    def draw_text(self, view: StructureView, text: str, *, dark: bool) -> None:
        """Draw a SMILES or InChI into a view; one that cannot be read leaves a few words there."""
        self._request(view, text, text, dark)

    def _request(self, view: StructureView, key: str, what: Molecule | str, dark: bool) -> None:
        if (key, dark) in self._kept:
            self._runner.abandon(_key(view))
            self._kept.move_to_end((key, dark))
            view.show_drawing(*self._kept[key, dark])
            return

        def done(answer: tuple[Molecule, str]) -> None:
            self._kept[key, dark] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            view.show_drawing(*answer)

        def failed(error: Exception) -> None:
            sentence = str(error) if isinstance(error, BitSpecError) else self.tr("This structure cannot be drawn.")
            view.clear(sentence)

        self._runner.submit("query", _draw, self._prediction, what, dark, on_done=done, on_error=failed, key=_key(view))


def _key(view: StructureView) -> str:
    return f"drawing-{view.objectName()}"


def _draw(service: PredictionService, what: Molecule | str, dark: bool) -> tuple[Molecule, str]:
    """Read (if need be) and draw; in the query lane."""
    molecule = service.molecule(what) if isinstance(what, str) else what
    return molecule, structure_svg(molecule, *DRAWING_SIZE, dark=dark)
