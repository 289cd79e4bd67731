"""Options of ``bitspec search`` that say how to search, and the settings that come of them."""

from __future__ import annotations

import argparse
import re

from bitspec_gui.domain.formula import hill_formula, is_element
from bitspec_gui.domain.search import MOST_HITS, HitFilter, PeakCondition, Score, SearchSettings

_OF_THE_RECORD = "of the record"
_PEAK = re.compile(r"(\d{1,4})(?::(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?)?")


def describe_search(parser: argparse.ArgumentParser) -> None:
    """Add the options that decide what is a hit, and in what order."""
    parser.add_argument("--top", type=_top, default=10, metavar="N", help=f"hits for each query, at most {MOST_HITS:,} (10)")
    parser.add_argument(
        "--score",
        choices=[score.value for score in Score],
        default=Score.COMBINED.value,
        help="what hits are ordered by (combined, which also gives probabilities)",
    )
    parser.add_argument("--mass", type=_whole, metavar="DA", help="nominal molecular mass of the unknown (what its record says)")
    parser.add_argument("--mass-window", type=_whole, metavar="DA", help="only compounds within this many Da of the unknown")
    parser.add_argument(
        "--ri",
        nargs="?",
        const=_OF_THE_RECORD,
        type=_positive,
        metavar="INDEX",
        help="let a retention index that is far off lower the score; INDEX is that of the unknown (what its record says)",
    )
    parser.add_argument(
        "--ri-tolerance", type=_positive, default=30.0, metavar="UNITS", help="difference that lowers nothing (30)"
    )
    wanted = parser.add_argument_group("filters", "Only spectra for which all of these hold can be hits.")
    wanted.add_argument("--library", nargs="+", action="extend", default=[], metavar="NAME", help="libraries to search (all)")
    kind = wanted.add_mutually_exclusive_group()
    kind.add_argument("--measured-only", dest="predicted", action="store_false", default=None, help="measured spectra only")
    kind.add_argument("--predicted-only", dest="predicted", action="store_true", help="predicted spectra only")
    wanted.add_argument("--formula", type=_formula, default="", metavar="FORMULA", help="molecular formula, for example C6H6N2O")
    wanted.add_argument("--elements", type=_elements, default=(), metavar="LIST", help="elements it must hold, for example Cl,S")
    wanted.add_argument("--without-elements", type=_elements, default=(), metavar="LIST", help="elements it must not hold")
    wanted.add_argument("--substructure", default="", metavar="SMARTS", help="part of the structure, as SMARTS or SMILES")
    wanted.add_argument("--name", default="", metavar="TEXT", help="text in the name")
    wanted.add_argument("--cas", default="", metavar="TEXT", help="text in the CAS number")
    wanted.add_argument("--inchikey", default="", metavar="TEXT", help="text in the InChIKey, for example its first block")
    wanted.add_argument("--licence", default="", metavar="TEXT", help="text in the licence, for example CC0")
    wanted.add_argument(
        "--peak",
        type=_peak,
        action="append",
        default=[],
        metavar="MZ[:MIN[-MAX]]",
        help="peak that the spectrum must show, from MIN to MAX %% of its base peak (1-100); may be repeated",
    )
    wanted.add_argument("--min-mass", type=_whole, metavar="DA", help="least nominal mass")
    wanted.add_argument("--max-mass", type=_whole, metavar="DA", help="largest nominal mass")


def settings_of(args: argparse.Namespace) -> SearchSettings:
    """What the options ask for."""
    return SearchSettings(
        score=Score(args.score),
        top=args.top,
        molecular_mass_da=args.mass,
        mass_window_da=args.mass_window,
        retention_index=None if args.ri in (None, _OF_THE_RECORD) else args.ri,
        use_retention_index=args.ri is not None,
        retention_index_tolerance=args.ri_tolerance,
        filter=HitFilter(
            libraries=tuple(dict.fromkeys(args.library)),
            predicted=args.predicted,
            formula=args.formula,
            elements=args.elements,
            without_elements=args.without_elements,
            name=args.name,
            cas=args.cas,
            inchikey=args.inchikey,
            licence=args.licence,
            substructure=args.substructure,
            peaks=tuple(args.peak),
            min_mass_da=args.min_mass,
            max_mass_da=args.max_mass,
        ),
    )


def _top(text: str) -> int:
    value = _whole(text)
    if not 1 <= value <= MOST_HITS:
        raise argparse.ArgumentTypeError(f"must be from 1 to {MOST_HITS}")
    return value


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 0 or more")
    return int(text)


def _positive(text: str) -> float | str:
    if text == _OF_THE_RECORD:
        return text
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def _formula(text: str) -> str:
    if text and not hill_formula(text):
        raise argparse.ArgumentTypeError(f"{text} is not a molecular formula")
    return text


def _elements(text: str) -> tuple[str, ...]:
    symbols = tuple(symbol for symbol in re.split(r"[\s,;]+", text) if symbol)
    for symbol in symbols:
        if not is_element(symbol):
            raise argparse.ArgumentTypeError(f"{symbol} is not the symbol of an element")
    return symbols


def _peak(text: str) -> PeakCondition:
    found = _PEAK.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not MZ, MZ:MIN or MZ:MIN-MAX, for example 91:50-100")
    mz, low, high = found.groups()
    condition = PeakCondition(int(mz), float(low or 1.0), float(high or 100.0))
    if not 0 <= condition.min_percent <= condition.max_percent <= 100:
        raise argparse.ArgumentTypeError(f"{text} should go up, from 0 to 100 %")
    return condition
