"""What every test stands on."""

import os

# Two tests or a test and a training beside each other: one thread each is faster than threads that wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
