"""Use cases, one file each. No Qt, no SQL, no torch."""
