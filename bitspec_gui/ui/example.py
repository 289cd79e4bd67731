"""The molecule that a first start shows."""

from __future__ import annotations

EXAMPLE_TEXT = "NC(=O)c1cccnc1"
EXAMPLE_NAME = "Nicotinamide"
"""A compound of which the library that comes with BitSpec holds a measured spectrum."""
