"""Widgets only: what is shown and what was clicked."""
