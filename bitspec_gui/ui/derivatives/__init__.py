"""The window of derivatives for GC-MS: what a reagent makes of a molecule, with structures and predicted spectra."""
