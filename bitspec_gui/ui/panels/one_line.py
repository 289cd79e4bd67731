"""See `bitspec_gui.ui.one_line`."""

from bitspec_gui.ui.one_line import SHORTEST_PX, OneLine

__all__ = ["SHORTEST_PX", "OneLine"]
