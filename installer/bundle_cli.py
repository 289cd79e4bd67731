"""Start of the bundled command ``bitspec``."""

import multiprocessing
import sys

from bitspec_gui.cli import main

if __name__ == "__main__":
    # A child process of a bundle starts this file again; this call makes it do the child's work instead.
    multiprocessing.freeze_support()
    sys.exit(main())
