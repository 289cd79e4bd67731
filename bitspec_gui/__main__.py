"""``python -m bitspec_gui`` opens the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Open the window; returns the exit status."""
    from bitspec_gui.app import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
