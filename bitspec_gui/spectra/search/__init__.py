"""Search of a million library spectra: an index on disk, exact answers from it, and the plain way to compare with."""
