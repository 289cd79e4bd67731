"""Structure drawings, made in the query lane and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.services.depiction import structure_svg
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.ui.views.structure import DRAWING_SIZE, StructureView
from bitspec_gui.workers.runner import Runner

KEPT = 200


class _Wanted(NamedTuple):
    """A drawing: of what, for which background, and which atoms are tinted."""

    key: str
    dark: bool
    kept: tuple[int, ...] | None = None


class Drawings(QObject):
    """Draws structures into views; a newer request for the same view wins."""

    def __init__(self, prediction: PredictionService, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prediction, self._runner = prediction, runner
        self._kept: OrderedDict[_Wanted, tuple[Molecule, str]] = OrderedDict()

    def draw(self, view: StructureView, molecule: Molecule, *, dark: bool, kept: Sequence[int] | None = None) -> None:
        """Draw a molecule into a view, all its atoms alike or those of `kept` tinted and the others grey."""
        atoms = None if kept is None else tuple(kept)
        self._request(view, molecule, _Wanted(molecule.smiles + molecule.molblock, dark, atoms))

    def draw_text(self, view: StructureView, text: str, *, dark: bool) -> None:
        """Draw a SMILES or InChI into a view; one that cannot be read leaves a few words there."""
        self._request(view, text, _Wanted(text, dark))

    def clear(self, view: StructureView, hint: str = "") -> None:
        """Show a few words in a view, and no drawing that is still on its way there."""
        self._runner.abandon(_key(view))
        view.clear(hint)

    def prepare(self, texts: Sequence[str], *, dark: bool) -> None:
        """Draw structures ahead of need, so that they are there at once when they are looked at; the newest wish wins."""
        missing = [wanted for wanted in (_Wanted(text, dark) for text in texts) if wanted not in self._kept]
        if missing:
            self._runner.submit("query", _draw_ahead, self._prediction, missing, on_done=self._keep_ahead, key="drawings-ahead")

    def _keep_ahead(self, drawn: dict[_Wanted, tuple[Molecule, str]]) -> None:
        self._kept.update(drawn)
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _request(self, view: StructureView, what: Molecule | str, wanted: _Wanted) -> None:
        if wanted in self._kept:
            self._runner.abandon(_key(view))
            self._kept.move_to_end(wanted)
            view.show_drawing(*self._kept[wanted])
            return

        def done(answer: tuple[Molecule, str]) -> None:
            self._kept[wanted] = answer
            self._forget_oldest()
            view.show_drawing(*answer)

        def failed(error: Exception) -> None:
            sentence = str(error) if isinstance(error, BitSpecError) else self.tr("This structure cannot be drawn.")
            view.clear(sentence)

        self._runner.submit("query", _draw, self._prediction, what, wanted, on_done=done, on_error=failed, key=_key(view))


def _key(view: StructureView) -> str:
    # Two windows of one kind have views of the same name.
    return f"drawing-{view.objectName()}-{id(view)}"


def _draw_ahead(service: PredictionService, wanted: Sequence[_Wanted]) -> dict[_Wanted, tuple[Molecule, str]]:
    """Draw what can be drawn; in the query lane."""
    drawn = {}
    for each in wanted:
        try:
            drawn[each] = _draw(service, each.key, each)
        except BitSpecError:
            continue  # Said when it is looked at.
    return drawn


def _draw(service: PredictionService, what: Molecule | str, wanted: _Wanted) -> tuple[Molecule, str]:
    """Read (if need be) and draw; in the query lane."""
    molecule = service.molecule(what) if isinstance(what, str) else what
    return molecule, structure_svg(molecule, *DRAWING_SIZE, dark=wanted.dark, kept=wanted.kept)
