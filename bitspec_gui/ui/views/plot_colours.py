"""How plots look in light and dark: their axes, and the words beside the mouse."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor, QFont, QPen

from bitspec_gui.ui.theme import Colours


def colour_axis(axis: pg.AxisItem, colours: Colours, font: QFont, label: str | None = None) -> None:
    """Colours and font of an axis, with its label if it has one; numbers stand as they are, without prefixes such as k."""
    axis.setPen(QPen(QColor(colours.border), 1))
    axis.setTextPen(QPen(QColor(colours.muted)))
    axis.setStyle(tickFont=font)
    axis.enableAutoSIPrefix(False)
    if label is not None:
        axis.setLabel(label, **{"color": colours.muted, "font-size": f"{font.pointSizeF():.1f}pt"})


def words_on_plot(colours: Colours) -> str:
    """Style sheet of words that lie on a plot, such as those beside the mouse."""
    return (
        f"background: {colours.raised}; color: {colours.text}; border: 1px solid {colours.border};"
        "border-radius: 4px; padding: 3px 6px;"
    )
