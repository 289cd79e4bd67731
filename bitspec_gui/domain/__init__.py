"""What BitSpec talks about. Standard library and numpy only; every other floor may import from here."""
