"""GC-MS runs: one reader a format, each giving a `Run` and saying what it repaired or left out."""
