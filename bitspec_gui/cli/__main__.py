"""``python -m bitspec_gui.cli``."""

import sys

from bitspec_gui.cli import main

if __name__ == "__main__":
    sys.exit(main())
