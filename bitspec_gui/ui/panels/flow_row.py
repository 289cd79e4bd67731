"""See `bitspec_gui.ui.flow_row`."""

from bitspec_gui.ui.flow_row import GAP_PX, FlowRow

__all__ = ["GAP_PX", "FlowRow"]
