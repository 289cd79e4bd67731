"""Molecules of ChemDraw drawings, CDX or CDXML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bitspec_gui.domain.errors import UnreadableFile, UnreadableMolecule
from bitspec_gui.domain.molecule import MoleculeInput
from bitspec_gui.domain.problems import Problem
from bitspec_gui.formats.text import ByteStream

MAX_BYTES = 5_000_000


def chemdraw_inputs(stream: ByteStream, file: str) -> Iterator[MoleculeInput | Problem]:
    """Molecules of a drawing as molblocks with the coordinates of the drawing.

    What had to be left out of a molecule, or left open, is a problem after it that is not a rejection.

    Raises
    ------
    UnreadableFile
        At the call: if the drawing is too large or damaged, or if no structure is in it.
    """
    from bitspec_gui.chem.chemdraw_molecules import molecules_of
    from bitspec_gui.chem.chemdraw_tree import CDX_START, tree_of_cdx, tree_of_cdxml
    from bitspec_gui.chem.pasted_structures import decoded
    from bitspec_gui.sketch.groups import expand

    data = _whole(stream, file)
    try:
        document = tree_of_cdx(data) if data.startswith(CDX_START) else tree_of_cdxml(decoded(data).lstrip())
    except UnreadableMolecule as error:
        raise UnreadableFile(f"{file}: {error}") from error
    molecules = molecules_of(document, expand)
    first = next(molecules, None)
    if first is None and document.is_cut:
        raise UnreadableFile(f"{file} is a ChemDraw drawing that is damaged or was cut off: there is no whole structure in it.")
    if first is None:
        raise UnreadableFile(f"{file} is a ChemDraw drawing without a structure: it holds only texts or shapes, or nothing.")

    def inputs() -> Iterator[MoleculeInput | Problem]:
        for number, found in enumerate(chain([first], molecules), start=1):
            yield MoleculeInput(found.molblock, found.name, "", file, found.line)
            for sentence in found.problems:
                yield Problem(file, found.line, f"Structure {number}: {sentence}", "The structure was kept.", rejected=False)
        if document.is_cut:
            what = "This ChemDraw drawing is damaged or was cut off."
            yield Problem(file, None, what, "The structure where it breaks off was left out; those before it were kept.")

    return inputs()


def _whole(stream: ByteStream, file: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(1 << 20):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise UnreadableFile(f"{file} is a ChemDraw drawing of more than {MAX_BYTES:,} bytes, which is not read.")
    return b"".join(pieces)
