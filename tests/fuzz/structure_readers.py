"""Structures of other programs as targets: files that are dropped, clipboards, and drawings that BitSpec itself wrote."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bitspec_gui.domain.errors import UnreadableFile, UnreadableMolecule
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.domain.sketch import BondStyle, Sketch, SketchAtom, SketchBond
from bitspec_gui.formats.molecule_tables import read_molecule_inputs
from bitspec_gui.services.prediction import PredictionService
from bitspec_gui.services.sketching import read, structures_in
from bitspec_gui.sketch.as_text import as_text, from_text
from tests.chem.chemdraw_bytes import FRAGMENT, NODE, at, bond, cdx_of, document, drawn, label, node_type
from tests.fuzz.targets import Target
from tests.structure_files import PYRROLE, cdxml, fragment

MOST_READ = 8
"""Molecules of a file that are parsed as well: chemistry takes most of the time."""

_GROUP = drawn(FRAGMENT, 5, drawn(NODE, 6, at(0, 0)), drawn(NODE, 7, at(14, 0), node_type(4), label(8, "OMe")), bond(9, 6, 7))
_CDX = [cdx_of("CC(=O)Oc1ccccc1C(=O)O"), cdx_of("C[C@H](N)C(=O)O.[Na+].[Cl-]"), document(_GROUP, _GROUP)]
_NICKNAME = '<n id="12" p="14 0" NodeType="Nickname"><t id="20"><s>CO2Me</s></t></n>'
_CDXML = [
    cdxml(fragment(10, 6, 6, 8), f'<group id="5">{fragment(200, 6, 7)}<t id="6"><s>methylamine</s></t></group>').encode(),
    cdxml(
        f'<fragment id="10"><n id="11" p="0 0"/>{_NICKNAME}<b id="13" B="11" E="12" Display="WedgeBegin"/></fragment>'
    ).encode(),
]
_MOL2 = [(PYRROLE.format(name="one") + "# remark\n" + PYRROLE.format(name="two")).encode()]
_LINES = [b"CCO ethanol\nc1ccccc1O |(0,0,;1.5,0,)| phenol\nInChI=1S/CH4/h1H4\ncaffeine\n58-08-2\nCC(C)(C)[Si](C)(C)OC/C=C\\C\n"]
_SKETCH = [
    as_text(
        Sketch(
            {1: SketchAtom(0, 0), 2: SketchAtom(1, 0, "N", 1), 3: SketchAtom(2, 0, "H", isotope=2)},
            {4: SketchBond(1, 2, 1, BondStyle.WEDGE), 5: SketchBond(2, 3)},
            6,
        )
    ).encode()
]
_SERVICE = PredictionService(lambda: (_ for _ in ()).throw(AssertionError("nothing is predicted here")))


def _file(data: bytes) -> str | None:
    """Read as a file; molecules are parsed, which gives a molecule or a problem."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed.bin")
        path.write_bytes(data)
        try:
            found = list(read_molecule_inputs(path))
        except UnreadableFile as error:
            return None if str(path) in str(error) or "unpacked" in str(error) else f"refused without its name: {error}"
    for number, item in enumerate(found):
        if isinstance(item, Problem):
            if not item.what.strip() or (item.line is not None and item.line < 1):
                return f"a problem that says nothing or stands nowhere: {item}"
        elif not isinstance(item, MoleculeInput) or not item.text.strip():
            return f"neither a structure nor a problem: {item!r:.80}"
        elif number < MOST_READ:
            # What is odd about a molecule is logged and told: here it is looked for.
            read_again = _SERVICE.read(item, suggest=False)
            if isinstance(read_again, Problem) and "could not be read (" in read_again.what:
                return f"{read_again.what} {item.text[:200]!r}"
    return None


def _pasted(kind: str) -> Callable[[bytes], str | None]:
    def paste(data: bytes) -> str | None:
        """Taken as a clipboard, which never raises; what was drawn can be read, copied and pasted again."""
        found = structures_in([(kind, data)])
        if len(found.sketches) != len(found.names) or any(not sentence.strip() for sentence in found.problems):
            return "structures without names, or a problem that says nothing"
        if data.strip() and not found.sketches and not found.problems:
            return "a clipboard of which nothing is said"
        for sketch in found.sketches[:MOST_READ]:
            read(sketch)
            from_text(as_text(sketch))
        return None

    return paste


def _own(data: bytes) -> str | None:
    """A drawing of BitSpec's own clipboard, damaged: refused, or one that can be read and written again."""
    try:
        sketch = from_text(data.decode("utf-8", "replace"))
    except UnreadableMolecule as error:
        return None if str(error).strip() else "refused without a sentence"
    read(sketch)
    return None if from_text(as_text(sketch)).bonds == sketch.bonds else "a drawing that is another one when written again"


TARGETS = [
    Target("cdx", _CDX, _file),
    Target("cdxml", _CDXML, _file),
    Target("mol2", _MOL2, _file),
    Target("structure-list", _LINES, _file),
    Target("pasted-cdx", _CDX, _pasted("ChemDraw Interchange Format")),
    Target("pasted-cdxml", _CDXML, _pasted("chemical/x-cdxml")),
    Target("pasted-text", [*_LINES, *_MOL2], _pasted("text/plain")),
    Target("sketch", _SKETCH, _own),
]
