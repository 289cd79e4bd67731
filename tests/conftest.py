"""What every test stands on."""

import os
from pathlib import Path

# Two tests or a test and a training beside each other: one thread each is faster than threads that wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Compiled search code outlives the folders that tests make and throw away.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "kernels"))
