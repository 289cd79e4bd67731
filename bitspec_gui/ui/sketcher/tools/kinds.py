"""Tools by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bitspec_gui.domain.sketch import BondStyle
from bitspec_gui.ui.sketcher.tools.bond import BondTool
from bitspec_gui.ui.sketcher.tools.chain import ChainTool
from bitspec_gui.ui.sketcher.tools.element import ElementTool
from bitspec_gui.ui.sketcher.tools.erase import EraseTool
from bitspec_gui.ui.sketcher.tools.marks import ChargeTool, IsotopeTool, RadicalTool
from bitspec_gui.ui.sketcher.tools.ring import RingTool
from bitspec_gui.ui.sketcher.tools.select import LassoTool, SelectTool
from bitspec_gui.ui.sketcher.tools.text import TextTool
from bitspec_gui.ui.sketcher.tools.tool import Paper, Tool

ELEMENT_PREFIX = "element:"

_KINDS: dict[str, Callable[[Paper], Tool]] = {
    "select": SelectTool,
    "lasso": LassoTool,
    "single": BondTool,
    "double": partial(BondTool, order=2),
    "triple": partial(BondTool, order=3),
    "wedge": partial(BondTool, order=1, style=BondStyle.WEDGE),
    "hash": partial(BondTool, order=1, style=BondStyle.HASH),
    "wavy": partial(BondTool, order=1, style=BondStyle.WAVY),
    "either": partial(BondTool, order=2, style=BondStyle.EITHER),
    "chain": ChainTool,
    "benzene": partial(RingTool, template="benzene"),
    "cyclopentadiene": partial(RingTool, template="cyclopentadiene"),
    **{f"ring{size}": partial(RingTool, template=f"ring{size}") for size in range(3, 9)},
    "charge+": partial(ChargeTool, by=1),
    "charge-": partial(ChargeTool, by=-1),
    "radical": RadicalTool,
    "isotope": IsotopeTool,
    "text": TextTool,
    "erase": EraseTool,
}

TOOL_NAMES = tuple(_KINDS)
"""Names of all tools but those of the elements, which are ``element:`` and the symbol."""


def tool_of(name: str, paper: Paper) -> Tool:
    """The tool of that name.

    Raises
    ------
    KeyError
        If there is no such tool.
    """
    if name.startswith(ELEMENT_PREFIX):
        return ElementTool(paper, name.removeprefix(ELEMENT_PREFIX))
    return _KINDS[name](paper)
