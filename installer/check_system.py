"""Say in words which system library this machine lacks, and which package has it, before the window or the tests fail on it."""

from __future__ import annotations

import sys

from bitspec_gui.app import missing_library, missing_xcb


def main() -> int:
    """0 if Qt and RDKit's drawing can be loaded; else 1, with a sentence on standard error."""
    try:
        from PySide6 import QtSvg, QtWidgets  # noqa: F401
        from rdkit.Chem.Draw import rdMolDraw2D  # noqa: F401
    except ImportError as error:
        print(missing_library(error), file=sys.stderr)
        return 1
    fault = missing_xcb()
    if fault:
        print(fault, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
