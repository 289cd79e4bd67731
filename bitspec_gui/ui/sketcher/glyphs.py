"""Letters of labels as outlines, as wide and as high everywhere as the layout reckons with."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainterPath, QTransform

from bitspec_gui.ui.sketcher.letters import CAP_HEIGHT, FONT_FAMILIES, advance

_EM_PX = 200


def label_font(pixel_size: int = _EM_PX) -> QFont:
    """The font of labels; where none of its families is installed, whatever sans serif there is."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setPixelSize(pixel_size)
    return font


def natural_scale(text: str) -> tuple[float, float]:
    """By how much `label_font` is to be scaled, across and upright, so that the text is as large as its one em in Arial is."""
    metrics = QFontMetricsF(label_font())
    wide, high = metrics.horizontalAdvance(text), metrics.capHeight()
    return (advance(text) / wide if wide > 0 else 1 / _EM_PX), (CAP_HEIGHT / high if high > 0 else 1 / _EM_PX)


@lru_cache(maxsize=512)
def outline(text: str) -> QPainterPath:
    """Outline of a text of one em, y downwards, its left end and its line at 0; another font than Arial is stretched to fit."""
    path = QPainterPath()
    path.addText(QPointF(0.0, 0.0), label_font(), text)
    return QTransform.fromScale(*natural_scale(text)).map(path)
