"""Facts on a compound as text to read and to copy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from bitspec_gui.domain.spectrum import SpectrumRecord
from bitspec_gui.ui.formula_text import subscripted

LONG = ("inchikey", "smiles")
"""Facts without blanks to break at: kept on one line, to be scrolled and copied whole."""

_CHARGE = re.compile(r"(.*?)([+-]\d*)")
_LABEL = re.compile(r"\[(\d+)([A-Z][a-z]?)\]")
_SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def with_subscripts(formula: str) -> str:
    """Formula with its counts as subscripts, the charge of an ion and the mass numbers of labels as superscripts."""
    written = _CHARGE.fullmatch(formula)
    body, charge = written.groups() if written is not None else (formula, "")
    labelled = _LABEL.sub(lambda label: label[1].translate(_SUPERSCRIPTS) + label[2], body)
    return subscripted(labelled) + (charge[1:] + charge[:1]).translate(_SUPERSCRIPTS)


def shortened(text: str, most: int = 26) -> str:
    """Text without its middle if it is longer than `most` characters."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"


def how_predicted(record: SpectrumRecord) -> str:
    """Which model predicted a library spectrum and how sure it was, for whoever might take it for a measured one."""
    if record.predicted_by is None:
        return ""
    words = QCoreApplication.translate("Facts", "Predicted by %1, not measured")
    if record.confidence is not None:
        words = QCoreApplication.translate("Facts", "Predicted by %1, confidence %2 – not measured")
        words = words.replace("%2", f"{record.confidence:.2f}")
    return words.replace("%1", record.predicted_by)


def why_doubtful(record: SpectrumRecord) -> str:
    """Why a library spectrum may not be that of its compound, as a sentence; empty if nothing says so."""
    if not record.doubt:
        return ""
    words = QCoreApplication.translate("Facts", "This spectrum may not be that of the compound that it is filed under: %1")
    return words.replace("%1", record.doubt)


def make_facts(names: Sequence[str], parent: QWidget) -> dict[str, QLabel | QLineEdit]:
    """A field for each fact; all can be selected with the mouse."""
    return {name: _line(name, parent) if name in LONG else _label(name, parent) for name in names}


def _line(name: str, parent: QWidget) -> QLineEdit:
    line = QLineEdit(parent)
    line.setObjectName(f"fact_{name}")
    line.setAccessibleName(name)
    line.setReadOnly(True)
    line.setTextMargins(-2, 0, 0, 0)
    line.setProperty("role", "fact")
    line.setAcceptDrops(False)
    return line


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(f"fact_{name}")
    label.setAccessibleName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
