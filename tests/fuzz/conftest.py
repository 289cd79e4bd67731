"""Lets `tests.fuzz` be imported in the same way by pytest and by ``python -m tests.fuzz.readers``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
