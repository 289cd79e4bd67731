"""What is drawn: spectra and structures."""
