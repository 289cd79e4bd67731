"""What is taken out of the *Explain* tab: pictures of its heat maps, their scores, a report, a copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from bitspec_gui.services.explanation_report import Explained, ExplanationReportContent
from bitspec_gui.services.explanation_words import in_words
from bitspec_gui.ui.explain_state import ExplainState
from bitspec_gui.ui.explanation_export import ExplanationExport
from bitspec_gui.ui.panels.explain import ExplainPanel
from bitspec_gui.ui.views.heat_map_content import HeatMapContent
from bitspec_gui.ui.views.heat_map_picture import heat_map_bytes, image_of
from bitspec_gui.workers.runner import Runner


class ExplainOutput(QObject):
    """Does what the *Export* button of the tab asks for."""

    told = Signal(str)

    def __init__(
        self, window: QWidget, runner: Runner, state: ExplainState, panel: ExplainPanel, last_folder: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._state, self._panel, self._last_folder = state, panel, last_folder
        self.files = ExplanationExport(window, runner)

    def take(self, kind: str) -> None:
        """Write or copy what is on show: ``picture``, ``scores``, ``report`` or ``copy``."""
        content = self.content
        if content is None:
            self.told.emit(self.tr("There is no explanation yet."))
        elif kind == "copy":
            QGuiApplication.clipboard().setImage(self._image(content))
            self.told.emit(self.tr("Heat map copied as a picture"))
        elif kind == "picture":
            self.files.ask_picture(content, self._picture(content), self._last_folder())
        elif kind == "scores":
            self.files.ask_scores(content, self._last_folder())
        else:
            self.files.ask_report(content, self._last_folder())

    @property
    def content(self) -> ExplanationReportContent | None:
        """The maps on show with what they are about; None while there is none."""
        state = self._state
        results = [each for side in state.shown_sides if (each := self._explained(side)) is not None]
        if state.subject is None or not results:
            return None
        kept = state.candidate.atoms if state.candidate is not None else None
        return ExplanationReportContent(state.subject.prediction, state.subject.measured, tuple(results), kept)

    def _explained(self, side: int) -> Explained | None:
        """What a map shows; None if it is not of the peak that is looked at (another is still being made)."""
        shown = self._state.sides[side]
        info = self._state.methods.of(shown.explanation.request.method) if shown.explanation is not None else None
        if info is None or shown.explanation is None or not self._state.is_current(side):
            return None
        return info, shown.explanation, shown.faithfulness

    def _picture(self, content: ExplanationReportContent) -> Callable[[str], bytes]:
        maps, notes = self._maps(content)
        title = f"{content.name} · {content.prediction.model_version}"
        return lambda suffix: heat_map_bytes(maps, suffix, notes=notes, title=title)

    def _maps(self, content: ExplanationReportContent) -> tuple[list[HeatMapContent], list[str]]:
        """The maps on show, and under each how far it can be trusted."""
        maps = [self._panel.maps[side].view.content for side in self._state.shown_sides if self._explained(side) is not None]
        return maps, [in_words(each, measured) if measured is not None else "" for _, each, measured in content.results]

    def _image(self, content: ExplanationReportContent) -> QImage:
        maps, notes = self._maps(content)
        return image_of(maps, notes=notes)
