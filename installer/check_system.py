"""Say in words which system library Qt lacks on this machine, and which package has it."""

from __future__ import annotations

import sys

PACKAGES = {
    "libEGL": "libegl1",
    "libGL.": "libgl1",
    "libGLX": "libglx0",
    "libOpenGL": "libopengl0",
    "libxkbcommon-x11": "libxkbcommon-x11-0",
    "libxkbcommon": "libxkbcommon0",
    "libdbus-1": "libdbus-1-3",
    "libfontconfig": "libfontconfig1",
    "libfreetype": "libfreetype6",
    "libglib-2": "libglib2.0-0",
    "libgthread-2": "libglib2.0-0",
    "libxcb-cursor": "libxcb-cursor0",
    "libXrender": "libxrender1",
    "libXext": "libxext6",
    "libSM": "libsm6",
}
"""Debian and Ubuntu packages by the beginning of the shared library's name."""

EVERYTHING = (
    "libegl1 libgl1 libopengl0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libxrender1 libxext6 "
    "fonts-dejavu-core"
)


def main() -> int:
    """0 if Qt and RDKit can be loaded; else 1, with a sentence on standard error."""
    try:
        from PySide6 import QtSvg, QtWidgets  # noqa: F401
        from rdkit.Chem import Draw  # noqa: F401
    except ImportError as error:
        library = str(error).split(":")[0]
        package = next((name for start, name in PACKAGES.items() if library.startswith(start)), None)
        print(f"BitSpec's window cannot be loaded on this machine: {error}.", file=sys.stderr)
        if package:
            print(f"The library {library} is in the package {package}. On Debian or Ubuntu:", file=sys.stderr)
        print(f"    apt-get install {EVERYTHING}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
