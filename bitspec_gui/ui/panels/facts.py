"""Facts on a compound as text to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

LONG = ("inchikey", "smiles")
"""Facts without blanks to break at: kept on one line, to be scrolled and copied whole."""


def with_subscripts(formula: str) -> str:
    """Formula with its counts as subscripts; that of an ion stays as it is."""
    return formula if "+" in formula or "-" in formula else formula.translate(_SUBSCRIPTS)


def shortened(text: str, most: int = 26) -> str:
    """Text without its middle if it is longer than `most` characters."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"


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
