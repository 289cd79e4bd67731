"""Names and CAS numbers of compounds: how they are compared, and which texts can be one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_NAME = 200
"""Longer texts are no names that anyone types."""

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",}  # fmt: skip
_OTHER_SIGNS = {
    **dict.fromkeys("ς", "sigma"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("’‘′ʹ`´＇", "'"),
    **dict.fromkeys("“”„″ˮ", '"'),
    "±": "+-",
    "ß": "beta",
    "ø": "o",
    "ł": "l",
    "→": "-",
}
_SIGNS = str.maketrans(
    {
        **_OTHER_SIGNS,
        **_GREEK,
        **{letter.upper(): word for letter, word in _GREEK.items()},
    }
)
_DOTTED = re.compile(r"\.(" + "|".join(_GREEK.values()) + r")\.", re.IGNORECASE)
_RACEMIC = re.compile(r"\.?\(?\s*(?:\+\s*/?\s*-|-\s*/?\s*\+|(?<=\()rac(?=\)))\s*\)?\.?(?=-|\s|$)", re.IGNORECASE)
_LAEVO = re.compile(r"\(\s*-\s*\)")
_MINUS = "~"
"""Stands for the minus of (−), which turns light to the left: a hyphen would not be told from the others."""

_BLANKS = re.compile(r"\s+")
IGNORED = b' -()[]{}_"'
"""What makes no difference between names: blanks, hyphens, brackets."""

LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_TELLING = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\t\n"
IGNORED_LOOSELY = bytes(sorted(set(range(128)) - set(_TELLING)))
"""Everything but letters, digits and what parts names in an index: commas and primes are forgotten by whoever types."""

_CONFIGURED = re.compile(r"(?<=[(\[])(?:[0-9]{0,2}[a-z]?'?[rsez],?)+(?=[)\]]-)")
_CAPITAL_PREFIX = re.compile(
    r"(?:^|(?<=[-(\s]))(?:(?:dl|[dl])-(?=[a-z(])|(?:[nos]'?,)+[nos]'?-|[0-9]{1,2}h-)|^n-(?=(?:di)?methyl|nitroso|phenyl|acetyl)"
)
_ABBREVIATION = re.compile(r"(?<![a-z0-9'])[bcdfghjklmnpqrstvwxz][0-9]?[bcdfghjklmnpqrstvwxz]{1,4}(?![a-z0-9'])")

_CAS = re.compile(r"(?:cas(?:\s*-?\s*(?:rn|no|nr|number))?[.:#\s]*)?([0-9]{2,7})\s?-\s?([0-9]{2})\s?-\s?([0-9])", re.IGNORECASE)
_CAS_BEGINNING = re.compile(r"[0-9]{2,7}-(?:[0-9]{0,2}|[0-9]{2}-[0-9]?)")
_BARE_CAS = re.compile(r"[0-9]{5,10}")
_SMILES = re.compile(
    r"(?:\[[0-9A-Za-z@+:*-]{0,16}\]?|Br|Cl|[BCNOPSFIbcnops*])(?:\[[0-9A-Za-z@+:*-]{0,16}\]?|Br|Cl|[BCNOPSFIbcnops]|[0-9%()=#$:/\\.+\-~*@])*"
)
_AMBIGUOUS = re.compile(r"[BCNOPSFI]{3,6}")
_NUMBERED = re.compile(r"(?=[CNOSFI]*[BP])[BCNOPSFI]{2,6}-?[0-9]{1,3}")
_SMALL_LETTERS = re.compile(r"[a-z]{4,}")
_SMALL_IN_SMILES = frozenset("bcnopslr")
_LOCANTS = frozenset("nopsN")
"""What may stand before a name, with a blank where the hyphen belongs: "n butanol", "N methylaniline"."""

_LETTER = re.compile(r"[A-Za-z\u0370-\u03ff]")
_WORD = re.compile(r"[A-Za-z\u0370-\u03ff]{2}")


@dataclass(frozen=True)
class KnownCompound:
    """A compound as an index of names knows it.

    ``name`` is the usual name, ``matched`` the name or CAS number that was looked for and found, ``cas`` may be empty.
    """

    name: str
    smiles: str
    cas: str = ""
    matched: str = ""

    @property
    def text(self) -> str:
        """What to write so that this compound is meant: its name, or its SMILES if the name could be taken for another."""
        return self.name if is_rather_a_name(self.name) else self.smiles


def spelled(name: str) -> str:
    """The name in ASCII on one line: Greek letters in words, one kind of hyphen and prime, no accents.

    The minus of "(-)-menthol" becomes a sign of its own, see `shown`.
    """
    text = name.translate(_SIGNS)
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = apart.translate(_SIGNS).encode("ascii", "ignore").decode("ascii")
    text = _DOTTED.sub(r"\1", text)
    text = _LAEVO.sub(f"({_MINUS})", text)
    text = _RACEMIC.sub(f"(+{_MINUS})", text)
    return _BLANKS.sub(" ", text).strip()


def shown(name: str) -> str:
    """A name from an index as it is written: L-alanine, (R)-carvone, p,p'-DDT, (−)-menthol. Many come without capital letters."""
    text = name.replace(f"(+{_MINUS})", "(±)").replace(f"({_MINUS})", "(−)")
    if text != text.lower():
        return text
    text = _CONFIGURED.sub(lambda found: found.group().upper(), text)
    text = _CAPITAL_PREFIX.sub(lambda found: found.group().upper(), text)
    return _ABBREVIATION.sub(lambda found: found.group().upper(), text)


def folded(name: str) -> bytes:
    """What two spellings of a name have in common: lower case, without blanks, hyphens and brackets."""
    return spelled(name).encode("ascii", "ignore").translate(LOWER, IGNORED)


def loosely_folded(name: str) -> bytes:
    """Letters and digits of the name only, in lower case."""
    return spelled(name).encode("ascii", "ignore").translate(LOWER, IGNORED_LOOSELY + b"\t\n")


def cas_number(text: str) -> tuple[str, bool] | None:
    """The CAS number that the whole text is, and whether its check digit fits; None if it is no CAS number.

    "CAS 58-08-2" is one, and so is "58082", whose check digit must fit.
    """
    plain = _BLANKS.sub(" ", text.translate(_SIGNS)).strip()
    found = _CAS.fullmatch(plain)
    if found:
        digits = "".join(found.groups())
        return f"{found.group(1).lstrip('0') or '0'}-{found.group(2)}-{found.group(3)}", _fits(digits)
    if _BARE_CAS.fullmatch(plain) and _fits(plain):
        return f"{plain[:-3]}-{plain[-3:-1]}-{plain[-1]}", True
    return None


def begins_cas_number(text: str) -> bool:
    """Whether the text may be typed on to a CAS number: "50-", "50-78", "50-78-2"."""
    return _CAS_BEGINNING.fullmatch(text.strip()) is not None


def _fits(digits: str) -> bool:
    """Whether the last digit is the sum of the others, weighted 1, 2, 3, ... from the right, modulo 10."""
    total = sum(place * int(digit) for place, digit in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == int(digits[-1])


def may_be_name(text: str) -> bool:
    """Whether the text, perhaps not typed to its end, can be a name or a CAS number.

    What consists of the signs of a SMILES only ("CCO", "CN", "C1=CC") is taken for the beginning of a SMILES.
    """
    line = text.strip()
    if not 2 <= len(line) <= MAX_NAME or "\n" in line or line[:6].lower() == "inchi=":
        return False
    if begins_cas_number(line) or cas_number(line) is not None:
        return True
    first, rest = _first_word(line)
    if first in _LOCANTS and _WORD.search(rest):
        return True
    return _SMILES.fullmatch(first) is None and _LETTER.search(line) is not None


def is_name_before_smiles(text: str) -> bool:
    """Whether a name is more likely than a SMILES with a title behind it: "PCB 153", of which PCB could be read."""
    first, rest = _first_word(text)
    return bool(rest) and "\n" not in text.strip() and may_be_either(first)


def is_surely_a_name(text: str) -> bool:
    """Whether its first word has several small letters in a row, not all of them of a SMILES: only the spelling is at fault."""
    return any(set(letters) - _SMALL_IN_SMILES for letters in _SMALL_LETTERS.findall(_first_word(text)[0]))


def _first_word(text: str) -> tuple[str, str]:
    """The text to the first blank, and the rest."""
    first, *rest = text.split(None, 1) or [""]
    return first, rest[0] if rest else ""


def is_rather_a_name(text: str) -> bool:
    """Whether names are worth suggesting: the text is no SMILES, or one that nobody writes."""
    return may_be_name(text) or is_name_before_smiles(text) or _NUMBERED.fullmatch(text.strip()) is not None


def may_be_abbreviation(text: str) -> bool:
    """Whether the text is of a few capital letters, all of them symbols of elements in a SMILES: PFOS, BBP, CCO, PCB-28."""
    line = text.strip()
    return _AMBIGUOUS.fullmatch(line) is not None or _NUMBERED.fullmatch(line) is not None


def may_be_either(text: str) -> bool:
    """Whether the text is a SMILES such as nobody writes and an abbreviation such as chemists use: PCP, CBN, PFOS.

    These are letters of elements without digits and signs, boron or phosphorus among them.
    """
    line = text.strip()
    return _AMBIGUOUS.fullmatch(line) is not None and bool({"B", "P"} & set(line))
