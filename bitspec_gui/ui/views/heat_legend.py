"""The legend of a heat map: scale, method, target, and what scores mean and do not mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from bitspec_gui.domain.explanation import Explanation, MethodInfo
from bitspec_gui.ui.one_line import OneLine
from bitspec_gui.ui.some_lines import SomeLines
from bitspec_gui.ui.theme import LIGHT, Colours
from bitspec_gui.ui.views.heat_bar import SWATCH_PX, bar_height, fragment_texts, paint_fragment_keys, paint_heat_bar
from bitspec_gui.ui.views.heat_map_words import LegendWords, figure_text, legend_words


class HeatLegend(QWidget):
    """Says below a heat map what is seen on it; it needs no more than some 200 pixels across."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Legend of the heat map"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._words: LegendWords | None = None
        self.method = OneLine(f"{name}Method", "section", self)
        self.target = OneLine(f"{name}Target", "", self)
        self.bar = _Bar(f"{name}Bar", self)
        self.unit = OneLine(f"{name}Unit", "muted", self)
        self.keys = _Keys(f"{name}Keys", self)
        self.meaning = SomeLines(f"{name}Meaning", "muted", 1, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(2)
        for part in (self.method, self.target, self.bar, self.unit, self.keys, self.meaning):
            column.addWidget(part)
        self.set_fragment_shown(False)
        self.show_explanation(None, None)

    def show_explanation(self, explanation: Explanation | None, info: MethodInfo | None) -> None:
        """Say what the map of an explanation shows; with None nothing is said, and the room stays as it is."""
        words = None if explanation is None or info is None else legend_words(explanation, info)
        self._words = words
        self.method.setText("" if words is None else words.method)
        self.target.setText("" if words is None else words.target)
        self.unit.setText("" if words is None else words.unit)
        self.meaning.setText("" if words is None else f"{words.meaning} {words.caution}")
        whole = "" if words is None else "\n".join(part for part in (words.target, words.meaning, words.caution) if part)
        for part in (self.meaning, self.method):
            part.setToolTip(whole)
        self.bar.show_words(words)
        self.setAccessibleDescription("" if words is None else _spoken(words))

    def set_threshold(self, share: float) -> None:
        """Mark from where on atoms and bonds have a colour, as a share of the highest score."""
        self.bar.set_threshold(share)

    def set_fragment_shown(self, shown: bool) -> None:
        """Say what the outline and the grey of a fragment mean, or not."""
        self.keys.setVisible(shown)

    def set_shown(self, *, target: bool, unit: bool, meaning_lines: int) -> None:
        """Leave out parts where there is little room; pointing at what is left tells them."""
        self.target.setVisible(target)
        self.unit.setVisible(unit)
        self.meaning.set_lines(max(meaning_lines, 1))
        self.meaning.setVisible(meaning_lines > 0)

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self.bar.set_colours(colours)
        self.keys.set_colours(colours)


def _spoken(words: LegendWords) -> str:
    scale = f"{figure_text(words.low)} – {figure_text(words.high)}"
    return "; ".join(
        part for part in (words.method, words.target, f"{scale} {words.unit}".strip(), words.meaning, words.caution) if part
    )


class _Bar(QWidget):
    """The scale with its figures."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Scale of the heat map"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words: LegendWords | None = None
        self._threshold = 0.0
        self._colours = LIGHT

    def sizeHint(self) -> QSize:
        """As high as the bar and its figures."""
        return QSize(220, round(bar_height(QFontMetricsF(self.font())) + 1))

    def minimumSizeHint(self) -> QSize:
        """The same, but narrower."""
        return QSize(100, self.sizeHint().height())

    def show_words(self, words: LegendWords | None) -> None:
        """Say what the ends of the scale stand for."""
        self._words = words
        self._tell()

    def set_threshold(self, share: float) -> None:
        """Mark where colours begin."""
        self._threshold = share
        self._tell()

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self._colours = colours
        self.update()

    def _tell(self) -> None:
        words = self._words
        said = ""
        if words is not None:
            said = self.tr("Colours from %1 to %2").replace("%1", figure_text(words.low)).replace("%2", figure_text(words.high))
            said += f" ({words.unit})" if words.unit else ""
            if self._threshold > 0:
                least = figure_text(self._threshold * words.high)
                said += self.tr("\nno colour nearer to 0 than %1: the threshold").replace("%1", least)
        self.setToolTip(said)
        self.setAccessibleDescription(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, or nothing as long as there is nothing to say."""
        if self._words is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_heat_bar(
            painter,
            QRectF(self.rect()),
            self._words,
            threshold=self._threshold,
            dark=self._colours.dark,
            text=self._colours.text,
            border=self._colours.muted,
        )
        painter.end()


class _Keys(QWidget):
    """What the outline and the grey mean while a fragment is shown."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Outlined: kept fragment; grey: lost part"))
        self.setToolTip(self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colours = LIGHT

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, max(SWATCH_PX - 2, self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        """One line, however narrow."""
        return QSize(100, self.sizeHint().height())

    def set_colours(self, colours: Colours) -> None:
        """Take the colours of a theme."""
        self._colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both swatches with their words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_fragment_keys(painter, QRectF(self.rect()), fragment_texts(), dark=self._colours.dark, text=self._colours.text)
        painter.end()
