"""BitSpec: predicted and measured electron-ionisation mass spectra, side by side."""

__version__ = "0.1.0"
