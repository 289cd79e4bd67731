"""Windows of derivatives: opened for a molecule, and what comes of them in the main window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bitspec_gui.domain.molecule import Molecule
from bitspec_gui.services.catalogue import Services
from bitspec_gui.ui.derivatives.window import DerivativesDialog
from bitspec_gui.ui.drawings import Drawings
from bitspec_gui.ui.predicting import Predicting
from bitspec_gui.ui.session import Session
from bitspec_gui.ui.state import WindowState
from bitspec_gui.ui.thumbnails import Thumbnails
from bitspec_gui.workers.runner import Runner


class Derivatising(QObject):
    """Opens a window of derivatives where `Predicting` asks for one."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        services: Services,
        runner: Runner,
        state: WindowState,
        session: Session,
        predicting: Predicting,
        drawings: Drawings,
        thumbnails: Thumbnails,
        last_folder: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window, self._services, self._runner, self._state = window, services, runner, state
        self._session, self._predicting = session, predicting
        self._drawings, self._thumbnails = drawings, thumbnails
        self._last_folder = last_folder
        predicting.derivatives_wanted.connect(self.open_for)
        state.colours_changed.connect(self._recolour)

    def open_for(self, molecule: Molecule) -> None:
        """Open the window of a molecule's derivatives."""
        colours, folder = self._state.colours, self._last_folder()
        dialog = DerivativesDialog(
            molecule, self._services, self._runner, self._drawings, self._thumbnails, colours, self._window, folder=folder
        )
        dialog.show_wanted.connect(self._predicting.predict_molecule)
        dialog.identify_wanted.connect(self._predicting.identify_prediction)
        dialog.keep_wanted.connect(self._session.keep_all)
        dialog.told.connect(self.told)
        dialog.failed.connect(self.failed)
        dialog.show()

    def _recolour(self) -> None:
        for dialog in self._window.findChildren(DerivativesDialog):
            dialog.set_colours(self._state.colours)
