"""The *Predict* tab at work: drawing, text and spectrum kept together, and what is done with the molecule that is shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.jobs import CancelToken, ReportProgress
from bitspec_gui.domain.library import LibraryEntry
from bitspec_gui.domain.molecule import Molecule, MoleculeInput, is_block
from bitspec_gui.domain.prediction import Prediction
from bitspec_gui.domain.sketch import PastedStructures, Sketch, SketchReading
from bitspec_gui.services.comparison import predicted_match
from bitspec_gui.services.derivatising import predicted
from bitspec_gui.services.export import record_of
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.sketching import read, sketch_of_molecule
from bitspec_gui.services.structure_input import StructureInput
from bitspec_gui.ui.panels.predict import PredictPanel
from bitspec_gui.ui.prediction_flow import PredictionFlow
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import Phase, WindowState
from bitspec_gui.ui.theme import Colours
from bitspec_gui.workers.runner import Runner

_log = logging.getLogger(__name__)

PAUSE_MS = 15
"""How long a drawing must rest before it is read: strokes that come in one go count as one."""

ION_SHARE, ION_SHARE_DARK = 0.3, 0.42
"""How much of the colour of ions there is behind the atoms of the selected peak."""


class Predicting(QObject):
    """What is drawn, what is written and what is predicted are of one molecule; the newest of them leads.

    `shown` asks the window to bring the tab to the front, `identify_wanted` brings a spectrum to be searched for,
    `derivatives_wanted` a molecule whose derivatives are asked for.
    """

    shown = Signal()
    told = Signal(str)
    identify_wanted = Signal(object)
    derivatives_wanted = Signal(object)

    def __init__(
        self,
        service: PredictionService,
        runner: Runner,
        state: WindowState,
        session: Session,
        panel: PredictPanel,
        flow: PredictionFlow,
    ) -> None:
        super().__init__(panel)
        self._service, self._runner, self._state, self._session = service, runner, state, session
        self._panel, self._flow = panel, flow
        self._sketcher = panel.sketcher
        self._named = ("", "")
        self._drawn_last = False
        self._taking_text = self._keep_when_read = False
        self._reading = SketchReading()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask_for_drawing)
        panel.input.asked.connect(self._asked)
        panel.predict_wanted.connect(self.predict_now)
        self._sketcher.sketch_changed.connect(self._drawn)
        flow.text_read.connect(self._text_read)
        flow.sketch_read.connect(self._sketch_read)
        for signal in (state.peak_changed, state.assignment_changed, state.prediction_changed, state.colours_changed):
            signal.connect(self._tint)

    def stop(self) -> None:
        """Begin nothing any more (the window closes)."""
        self._pause.stop()
        self._panel.input.stop()
        self._sketcher.stop()
        self._flow.stop()

    @property
    def sketch(self) -> Sketch:
        """What is drawn."""
        return self._sketcher.editor.sketch

    # Asking

    def predict_text(self, text: str, name: str = "") -> None:
        """Put a molecule into the input and predict it."""
        self.shown.emit()
        self._named = (text, name)
        self._panel.input.set_text(text)

    def predict_sketch(self, sketch: Sketch) -> None:
        """Show a drawing and predict it."""
        self.shown.emit()
        self._put(sketch, self.tr("Open drawing"))

    def predict_molecule(self, molecule: Molecule) -> None:
        """Predict a molecule of the list again, drawn as it was."""
        self.shown.emit()
        self._session.keep(molecule)

        def cannot_be_drawn(_error: Exception) -> None:
            self.predict_text(molecule.smiles, molecule.name)

        self._runner.submit(
            "sketch", sketch_of_molecule, molecule, on_done=self.predict_sketch, on_error=cannot_be_drawn, key="molecule"
        )

    def predict_entry(self, entry: LibraryEntry) -> None:
        """Predict the compound of a library entry."""
        text = entry.record.smiles or entry.record.inchi
        if text:
            self.predict_text(text, entry.record.name)

    def predict_now(self) -> None:
        """Predict what is drawn or written, whichever came last, and keep it."""
        self.shown.emit()
        if self._drawn_last and not self._panel.input.has_news:
            self._pause.stop()
            self._keep_when_read = True
            self._flow.request_sketch(self.sketch)
        else:
            self._panel.input.ask_now()

    def new_drawing(self) -> None:
        """Empty the drawing, so that another molecule can be drawn; what was drawn can be had back by Undo."""
        self.shown.emit()
        # What was asked for last may still be on its way, and would be drawn.
        self._panel.input.set_text("", ask=False)
        self._flow.request("")
        self._sketcher.set_sketch(Sketch(), self.tr("New drawing"))
        self._sketcher.canvas.setFocus()

    def take_structures(self, found: PastedStructures) -> None:
        """Of several structures that were pasted the first is drawn; the others go on the list, each with its prediction."""
        others = list(zip(found.sketches[1:], found.names[1:], strict=True))
        if others:
            words = self.tr("%1 structures were found: the first is drawn, the others go on the list at the left.")
            self.told.emit(words.replace("%1", str(1 + len(others))))
            self._runner.submit(
                "batch", _predict_sketches, self._service, others, on_done=self._session.keep_all,
                title=self.tr("Predicting pasted structures: %1").replace("%1", str(len(others))), cancellable=True,
            )  # fmt: skip

    def restore(self, kept: Sequence[str]) -> None:
        """Put the molecules of the last session on the list again, each with its prediction."""
        inputs = [MoleculeInput(text=line.partition(" ")[0], name=line.partition(" ")[2]) for line in kept]
        self._session.waiting = tuple(kept)
        if inputs:
            self._runner.submit(
                "batch",
                _predict_all,
                self._service,
                inputs,
                on_done=self._restored,
                on_error=self._not_restored,
                cancellable=True,
            )

    # Doing something with the molecule that is shown

    def keep(self) -> None:
        """Put the molecule that is shown on the list."""
        prediction = self._state.prediction
        if prediction is None or self._state.stale or self._pause.isActive():
            self.told.emit(self.tr("There is no prediction of this drawing to keep."))
            return
        molecule = prediction.molecule
        self._session.keep(molecule, prediction)
        self.told.emit(self.tr("%1 is in the list at the left").replace("%1", molecule.name or molecule.formula))

    def compare_with(self, smiles: str) -> None:
        """Show the prediction of a molecule of the list below that of the molecule that is shown."""
        kept, shown = self._session.of(smiles), self._state.prediction
        if kept is None or kept.prediction is None or shown is None:
            self.told.emit(self.tr("It has no prediction yet to compare with: click it once to predict it."))
            return
        self.shown.emit()
        self._state.set_rival(predicted_match(shown, kept.prediction))

    def stop_comparing(self) -> None:
        """Compare with measured spectra again."""
        self._state.set_rival(None)

    def identify(self, smiles: str) -> None:
        """Search the libraries for the predicted spectrum of a molecule of the list."""
        kept = self._session.of(smiles)
        if kept is not None and kept.prediction is not None:
            self.identify_prediction(kept.prediction)
        else:
            self.told.emit(self.tr("It has no predicted spectrum yet: click it once to predict it."))

    def identify_prediction(self, prediction: Prediction) -> None:
        """Search the libraries for a predicted spectrum, whoever shows it."""
        self.identify_wanted.emit(record_of(prediction))

    def derivatise(self) -> None:
        """Ask for the derivatives of the molecule that is shown."""
        if self._state.molecule is not None and self._state.phase not in (Phase.UNFINISHED, Phase.REFUSED):
            self.derivatives_wanted.emit(self._state.molecule)
        else:
            self.told.emit(self.tr("Draw or write a molecule first."))

    # Drawing and text follow each other

    def _asked(self, text: str) -> None:
        self._pause.stop()
        self._drawn_last = False
        self._flow.request(text, self._named[1] if text == self._named[0] else "")

    def _drawn(self, _sketch: object) -> None:
        if not self._taking_text:
            self._drawn_last = True
            self._panel.input.count_as_asked()
            self._flow.forget_requests()
            self._pause.start()

    def _ask_for_drawing(self) -> None:
        self._flow.request_sketch(self.sketch)

    def _text_read(self, found: StructureInput) -> None:
        drawn = self._reading.molecule
        as_drawn = drawn is not None and found.molecule is not None and drawn.smiles == found.molecule.smiles
        if as_drawn and self.sketch and not is_block(self._panel.input.text):
            return  # What is written is what is drawn: the drawing stays as the hand left it. A molblock is a drawing of its own.
        self._taking_text = True
        try:
            self._put(found.sketch, self.tr("Draw what was written"))
        finally:
            self._taking_text = False
        # The editor gives what it is handed ids of its own.
        self._show_reading(found.reading.of_copy(found.sketch, self.sketch))

    def _put(self, sketch: Sketch, words: str) -> None:
        """Show a drawing as a step to undo; what comes on untouched paper, as at a start, is where the history begins."""
        editor = self._sketcher.editor
        untouched = not editor.sketch and not editor.undo_stack.count()
        self._sketcher.set_sketch(sketch, words)
        if untouched:
            editor.forget_history()

    def _sketch_read(self, reading: SketchReading) -> None:
        if reading.molecule is not None:
            if self._keep_when_read:
                shown = self._state.prediction
                same = shown is not None and shown.molecule.smiles == reading.molecule.smiles
                self._session.keep(reading.molecule, shown if same else None)
            self._panel.input.set_text(reading.molecule.smiles, ask=False)
        elif not self.sketch:
            self._panel.input.set_text("", ask=False)
        self._keep_when_read = False
        self._show_reading(reading)

    def _show_reading(self, reading: SketchReading) -> None:
        self._reading = reading
        self._sketcher.show_reading(reading)
        self._tint()

    def _tint(self) -> None:
        """Light up the atoms of the selected peak in the drawing, as in the structure at the right."""
        state, reading = self._state, self._reading
        assignment, prediction = state.assignment, state.prediction
        same = prediction is not None and reading.molecule is not None and reading.molecule.smiles == prediction.molecule.smiles
        atoms = assignment.atoms if assignment is not None and same else ()
        named = [reading.atom_ids[place] for place in atoms if place < len(reading.atom_ids)]
        self._sketcher.set_tint(dict.fromkeys(named, _behind_ink(state.colours)))

    def _not_restored(self, error: Exception) -> None:
        """The lines stay waiting, so that the next start tries again."""
        _log.warning("The molecules of the last session are not predicted: %s", error)
        if not isinstance(error, BitSpecError):
            self._flow.unexpected.emit(error)

    def _restored(self, predictions: Sequence[Prediction]) -> None:
        """The list of the last session goes below what was asked for meanwhile."""
        self._session.waiting = ()
        known = {each.molecule.smiles for each in self._session.kept}
        mine = self._session.kept
        self._session.keep_all([each for each in predictions if each.molecule.smiles not in known])
        for each in reversed(mine):
            self._session.keep(each.molecule, each.prediction)


def _behind_ink(colours: Colours) -> str:
    """The colour of ions, so pale that lines and letters stay legible upon it."""
    share = ION_SHARE_DARK if colours.dark else ION_SHARE
    ion, paper = QColor(colours.ion), QColor(colours.base)

    def mixed(one: int, other: int) -> int:
        return round(share * one + (1 - share) * other)

    return QColor(mixed(ion.red(), paper.red()), mixed(ion.green(), paper.green()), mixed(ion.blue(), paper.blue())).name()


def _predict_sketches(
    service: PredictionService, drawn: Sequence[tuple[Sketch, str]], progress: ReportProgress, cancel: CancelToken
) -> list[Prediction]:
    """Predict the sketches that are molecules; in the batch lane."""
    molecules = [molecule for sketch, name in drawn if (molecule := read(sketch, name).molecule) is not None]
    found = predicted(service, molecules, annotate=True, progress=progress, cancel=cancel)
    return [each for each in found if isinstance(each, Prediction)]


def _predict_all(
    service: PredictionService, inputs: Sequence[MoleculeInput], progress: ReportProgress, cancel: CancelToken
) -> list[Prediction]:
    """Predict what can be predicted; in the batch lane."""
    found = service.predict_many(inputs, batch_size=4, annotate=True, progress=progress, cancel=cancel)
    return [each for each in found if isinstance(each, Prediction)]
