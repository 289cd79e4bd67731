"""Where things are kept and what the user prefers."""
