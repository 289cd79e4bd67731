"""What can be done with a molecule of the session's list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from bitspec_gui.ui.explain_shown import ExplainShown
from bitspec_gui.ui.predicting import Predicting
from bitspec_gui.ui.session import Kept, Session


class SessionMenu(QObject):
    """Opens beside a molecule of the list."""

    def __init__(self, window: QWidget, session: Session, predicting: Predicting, explaining: ExplainShown) -> None:
        super().__init__(window)
        self._window, self._session, self._predicting, self._explaining = window, session, predicting, explaining

    def open_for(self, kept: Kept, place: QPoint) -> None:
        """Show the menu of a molecule at a place of the screen."""
        self.made_for(kept).popup(place)

    def made_for(self, kept: Kept) -> QMenu:
        """The menu of a molecule."""
        smiles, predicted = kept.molecule.smiles, kept.prediction is not None
        menu = QMenu(self._window)
        menu.setObjectName("sessionMenu")
        menu.aboutToHide.connect(menu.deleteLater)
        entries: list[tuple[str, str, Callable[[], None], bool]] = [
            ("sessionShow", self.tr("&Draw and predict"), lambda: self._predicting.predict_molecule(kept.molecule), True),
            (
                "sessionCompare", self.tr("&Compare with what is shown"),
                lambda: self._predicting.compare_with(smiles), predicted,
            ),
            ("sessionIdentify", self.tr("&Identify its spectrum"), lambda: self._predicting.identify(smiles), predicted),
            ("sessionExplain", self.tr("&Explain its peaks"), lambda: self._explaining.explain_kept(smiles), predicted),
            (
                "sessionDerivatise", self.tr("&Derivatives…"),
                lambda: self._predicting.derivatives_wanted.emit(kept.molecule), True,
            ),
            ("sessionRename", self.tr("&Rename…"), lambda: self._rename(kept), True),
            ("sessionRemove", self.tr("&Take off the list"), lambda: self._session.remove(smiles), True),
        ]  # fmt: skip
        for name, text, do, enabled in entries:
            action = menu.addAction(text)
            action.setObjectName(name)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _checked=False, do=do: do())
        return menu

    def _rename(self, kept: Kept) -> None:
        dialog = QInputDialog(self._window)
        dialog.setObjectName("renameMolecule")
        dialog.setWindowTitle(self.tr("Rename"))
        dialog.setLabelText(self.tr("Name of the molecule"))
        dialog.setTextEchoMode(QLineEdit.EchoMode.Normal)
        dialog.setTextValue(kept.molecule.name)
        dialog.textValueSelected.connect(lambda name: self._session.rename(kept.molecule.smiles, " ".join(name.split())))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
