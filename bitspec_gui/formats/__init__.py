"""Files in and out: one reader or writer a module, each going on after a bad record."""
