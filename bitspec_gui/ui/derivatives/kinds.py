"""What a sample is treated with: a row of buttons of which one is down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from bitspec_gui.domain.derivatives import DerivativeKind
from bitspec_gui.ui.flow_row import FlowRow


class DerivativeKinds(QWidget):
    """`chosen` carries a `DerivativeKind` when a button was clicked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("derivativeKinds")
        self.buttons: dict[DerivativeKind, QToolButton] = {}
        row = FlowRow(self)
        group = QButtonGroup(self)
        for kind, (text, words) in self._words().items():
            button = QToolButton(self)
            button.setObjectName(f"derivativeKind_{kind.value}")
            button.setText(text)
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setCheckable(True)
            button.setProperty("role", "chooser")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _on=False, kind=kind: self.chosen.emit(kind))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[kind] = button

    def mark(self, kind: DerivativeKind) -> None:
        """Press the button of a kind, without a signal."""
        self.buttons[kind].setChecked(True)

    def _words(self) -> dict[DerivativeKind, tuple[str, str]]:
        kinds = DerivativeKind
        return {
            kinds.TMS: ("TMS", self.tr("Trimethylsilyl: BSTFA, MSTFA")),
            kinds.MEOX_TMS: ("MeOX + TMS", self.tr("Methoximes of aldehydes and ketones, then trimethylsilyl: metabolomics")),
            kinds.MEOX: ("MeOX", self.tr("Methoximes of aldehydes and ketones: methoxyamine")),
            kinds.TBDMS: ("TBDMS", self.tr("tert-Butyldimethylsilyl: MTBSTFA")),
            kinds.ACETYL: (self.tr("Acetyl"), self.tr("Acetyl: acetic anhydride")),
            kinds.TFA: ("TFA", self.tr("Trifluoroacetyl: TFAA, MBTFA")),
            kinds.PFP: ("PFP", self.tr("Pentafluoropropionyl: PFPA")),
            kinds.HFB: ("HFB", self.tr("Heptafluorobutyryl: HFBA")),
            kinds.METHYL_ESTER: (self.tr("Methyl ester"), self.tr("Methyl esters of acids: diazomethane, methanol with acid")),
            kinds.METHYL: (self.tr("Methyl, all"), self.tr("Methyl on all O-H and N-H: iodomethane, TMAH, TMSH")),
        }
