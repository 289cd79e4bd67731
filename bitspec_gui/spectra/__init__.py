"""Numbers on spectra: binning and similarity, in numpy."""
