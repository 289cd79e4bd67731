"""How wide the letters of atom labels are, so that labels are laid out alike on every machine. No Qt.

The widths are those of Helvetica in Adobe's font metrics, which Arial, Liberation Sans and Nimbus Sans share.
"""

from __future__ import annotations

FONT_FAMILIES = ("Arial", "Helvetica", "Liberation Sans", "Nimbus Sans", "Arimo")
"""Fonts that labels are set in, the first one there is; all of the same widths."""

CAP_HEIGHT = 0.716
"""Height of a capital letter, in ems."""

DESCENT = 0.21
"""How far letters such as g and y reach below the line, in ems."""

_LETTERS_OF_ADVANCE = {
    222: "ijl",
    278: " ,.Ift",
    333: "()-r",
    350: "•",
    389: "*",
    500: "Jcksvxyz",
    556: "0123456789?Labdeghnopqu",
    584: "+−",
    611: "FTZ",
    667: "ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W",
}
"""Letters by their width, in thousandths of an em."""

_ADVANCES = {letter: width / 1000 for width, letters in _LETTERS_OF_ADVANCE.items() for letter in letters}
_OTHER_ADVANCE = 0.6


def advance(text: str) -> float:
    """Width of a text in ems."""
    return sum(_ADVANCES.get(letter, _OTHER_ADVANCE) for letter in text)


def reaches_below(text: str) -> bool:
    """Whether a letter of the text reaches below the line."""
    return any(letter in "gjpqy,Q" for letter in text)
