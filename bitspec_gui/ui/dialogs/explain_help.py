"""How the maps of the *Explain* tab are read: what colours, verdicts and methods mean, in a window that can stay open."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from bitspec_gui.domain.explanation import MethodInfo


class ExplainHelpDialog(QDialog):
    """The whole help on one page; ``methods`` are described with their own words."""

    def __init__(self, methods: Iterable[MethodInfo], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainHelpDialog")
        self.setWindowTitle(self.tr("How to read the maps"))
        self.text = QTextBrowser(self)
        self.text.setObjectName("explainHelpText")
        self.text.setAccessibleName(self.tr("How to read the maps"))
        self.text.setHtml("".join([*self._on_maps(), *self._on_truth(), *self._on_methods(methods)]))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(620, 640)

    def _on_maps(self) -> list[str]:
        return [
            _heading(self.tr("Which atoms made this peak?")),
            _list(
                self.tr("Click a peak, predicted or measured, or type its m/z; left and right go from peak to peak."),
                self.tr(
                    "The stronger the colour of an atom or bond, the more it has to do with the peak. Blue speaks against it."
                ),
                self.tr(
                    "The table lists the fragments that the peak can be. The one that is chosen is outlined in blue; what it "
                    "lost is grey."
                ),
                self.tr(
                    "Click an atom, or draw a line around several: the peaks whose ions hold them all light up. Ctrl adds atoms, "
                    "Esc lets go of them."
                ),
                self.tr("Point at an atom or a bond to read its score."),
            ),
        ]

    def _on_truth(self) -> list[str]:
        return [
            _heading(self.tr("Is that true?")),
            _paragraph(
                self.tr(
                    "Every map is put to the test: the spectrum is predicted again without the atoms that the map points at, and "
                    "with nothing but them, and the same is done with as many random atoms. The sentence beside the map says "
                    "what became of the peak, and the curves show it atom by atom."
                )
            ),
            _list(
                self.tr("<b>The network relies on these atoms</b>: the peak goes with them more than with random atoms."),
                self.tr("<b>The network relies partly on them</b>: more than on random ones, but not by much."),
                self.tr("<b>Other atoms matter as much</b>: random atoms would do as well. Do not rely on the map alone."),
                self.tr("<b>Does not tell atoms apart</b>: the map points at all atoms, or at none."),
            ),
            _paragraph(
                self.tr(
                    "The test is about the prediction, not about the ion source. A map by fragments can show the right ion and "
                    "fail: how high its peak is depends on the rest of the molecule, too. And a prediction that does not agree "
                    "with the measured spectrum is explained as faithfully as one that does."
                )
            ),
        ]

    def _on_methods(self, methods: Iterable[MethodInfo]) -> list[str]:
        told = [f"<b>{escape(each.name)}</b>: {escape(each.meaning)} {escape(each.caution)}" for each in methods]
        if not told:
            return []
        words = self.tr("Atoms that several methods point at can be relied on more than those of one alone: compare two of them.")
        return [_heading(self.tr("The methods")), _list(*told), _paragraph(words)]


def _heading(text: str) -> str:
    return f"<h3>{text}</h3>"


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def _list(*items: str) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
