"""Colours of sketches: ink, elements and marks, light, dark and for print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from PySide6.QtGui import QColor

from bitspec_gui.domain.heat_colours import heat_colours
from bitspec_gui.ui.theme import Colours

_LIGHT_ELEMENTS = {
    "N": "#2152c7", "O": "#c92121", "F": "#1a8033", "P": "#c76600", "S": "#997300", "Cl": "#1a8033", "Br": "#8c401a",
    "I": "#7326a6", "Si": "#66593f", "B": "#b3573f", "Se": "#a66000",
}  # fmt: skip
_DARK_ELEMENTS = {
    "N": "#78abff", "O": "#ff7870", "F": "#73d98c", "P": "#ffa84d", "S": "#f2d45c", "Cl": "#73d98c", "Br": "#de8c6b",
    "I": "#c78cf2", "Si": "#ccbfa6", "B": "#e8a38c", "Se": "#f0b355",
}  # fmt: skip


@dataclass(frozen=True)
class SketchPalette:
    """Colours of a drawing, as ``#rrggbb``."""

    ink: str
    faint: str
    """What would be drawn if the mouse were let go now."""
    accent: str
    selection: str
    fault: str
    note: str
    """Stereo labels."""
    paper: str = "#ffffff"
    elements: Mapping[str, str] = field(default_factory=dict)

    def of_element(self, symbol: str) -> str:
        """Colour of an atom's label."""
        return self.elements.get(symbol, self.ink)


PRINT = SketchPalette(ink="#000000", faint="#808080", accent="#2458c6", selection="#c8d6f2", fault="#a32020", note="#606060")
"""Black, as journals want it."""

PRINT_COLOURED = SketchPalette(
    ink="#000000",
    faint="#808080",
    accent="#2458c6",
    selection="#c8d6f2",
    fault="#a32020",
    note="#606060",
    elements=_LIGHT_ELEMENTS,
)


def sketch_palette(colours: Colours) -> SketchPalette:
    """Colours of a sketch on the screen."""
    ink = "#dbdee3" if colours.dark else "#1a1c21"
    return SketchPalette(
        ink=ink,
        faint=mixed(colours.accent, colours.base, 0.75),
        accent=colours.accent,
        selection=mixed(colours.accent, colours.base, 0.32),
        fault=colours.danger,
        note=colours.muted,
        paper=colours.base,
        elements=_DARK_ELEMENTS if colours.dark else _LIGHT_ELEMENTS,
    )


def heat_palette(colours: Colours) -> SketchPalette:
    """Colours of a drawing under a heat map: all of it in one ink, which the colours of the map leave legible."""
    heat = heat_colours(colours.dark)
    return replace(
        sketch_palette(colours), ink=heat.ink, faint=heat.lost, accent=heat.kept, note=heat.ink, paper=heat.paper, elements={}
    )


@lru_cache(maxsize=4096)
def mixed(one: str, other: str, share: float) -> str:
    """Colour between two, with the `share` (0 to 1) of the first."""
    a, b = QColor(one), QColor(other)
    parts = [(a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())]
    return QColor(*(round(share * first + (1 - share) * second) for first, second in parts)).name()
