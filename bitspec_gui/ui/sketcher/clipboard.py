"""Copying a drawing, whole or in part, and what a clipboard or a drop holds of drawings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from bitspec_gui.domain.errors import BitSpecError
from bitspec_gui.domain.sketch import Sketch, SketchFormats
from bitspec_gui.services.sketching import formats
from bitspec_gui.services.unknowns import looks_like_peaks
from bitspec_gui.sketch.as_text import as_text, from_text
from bitspec_gui.sketch.transforms import part
from bitspec_gui.ui.sketcher.picture import image_of, picture_bytes
from bitspec_gui.workers.runner import Runner

Rings = Sequence[tuple[int, ...]]
"""Rings, as ids of atoms, that get a circle instead of double bonds."""

OWN_TYPE = "application/x-bitspec-sketch"
SVG_TYPE = "image/svg+xml"
MDLCT_TYPE = 'application/x-qt-windows-mime;value="MDLCT"'
"""As Qt names a clipboard format of Windows: the one that ChemDraw and MarvinSketch take."""

_KEY = "sketch-copy"
_NO_STRUCTURE = ("image/", "video/", "audio/", "application/x-qt-image", "text/html", "application/x-color")


class SketchClipboard(QObject):
    """Puts drawings on the clipboard: the drawing itself and its picture at once, what chemistry calls it a moment later."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._copies = 0

    def copy(self, sketch: Sketch, atoms: frozenset[int] = frozenset(), rings: Rings = ()) -> bool:
        """Copy the atoms of a sketch with the bonds between them, all of it if none are named; False if there is nothing.

        `rings` are drawn with circles in the picture.
        """
        copied = part(sketch, atoms) if atoms else sketch
        if not copied:
            self.told.emit(self.tr("There is nothing to copy: nothing is drawn."))
            return False
        own = as_text(copied)
        svg, image = picture_bytes(copied, ".svg", aromatic_rings=rings), image_of(copied, aromatic_rings=rings)
        self._copies += 1
        number = self._copies
        QGuiApplication.clipboard().setMimeData(_offer(own, svg, image, SketchFormats()))

        def add(found: SketchFormats) -> None:
            # Whoever copied something else in the meantime wants that.
            if number == self._copies and _own_text() == own:
                QGuiApplication.clipboard().setMimeData(_offer(own, svg, image, found))
            self.told.emit(self._what_was_copied(found))

        self._runner.submit("sketch", formats, copied, on_done=add, on_error=self.failed.emit, key=_KEY)
        return True

    def copy_as(self, sketch: Sketch, atoms: frozenset[int], form: str, rings: Rings = ()) -> None:
        """Copy one form alone: ``smiles``, ``inchi``, ``inchikey``, ``molblock`` or ``picture``."""
        copied = part(sketch, atoms) if atoms else sketch
        if not copied:
            self.told.emit(self.tr("There is nothing to copy: nothing is drawn."))
            return
        self._copies += 1
        if form == "picture":
            data = QMimeData()
            data.setData(SVG_TYPE, picture_bytes(copied, ".svg", aromatic_rings=rings))
            data.setImageData(image_of(copied, aromatic_rings=rings))
            QGuiApplication.clipboard().setMimeData(data)
            self.told.emit(self.tr("Copied as a picture"))
            return
        number = self._copies

        def put(found: SketchFormats) -> None:
            text = str(getattr(found, form))
            if not text:
                self.told.emit(self.tr("This drawing cannot be said that way as long as its chemistry is not sound."))
            elif number == self._copies:
                QGuiApplication.clipboard().setText(text)
                self.told.emit(self.tr("Copied: %1").replace("%1", text if len(text) < 80 and "\n" not in text else form))

        self._runner.submit("sketch", formats, copied, on_done=put, on_error=self.failed.emit, key=_KEY)

    def _what_was_copied(self, found: SketchFormats) -> str:
        names = [("SMILES", found.smiles), ("InChI", found.inchi), ("molblock", found.molblock), ("CDXML", found.cdxml)]
        said = [name for name, text in names if text] + [self.tr("picture")]
        return self.tr("Copied as %1").replace("%1", ", ".join(said))


def mdlct(molblock: str) -> bytes:
    """A molfile as Windows programs exchange it: each line with its length in a byte before it."""
    lines = [line.encode("latin-1", errors="replace")[:255] for line in molblock.splitlines()]
    return b"".join(bytes((len(line),)) + line for line in lines)


def _offer(own: str, svg: bytes, image: QImage, found: SketchFormats) -> QMimeData:
    """All forms in one: the receiving program takes the one that it likes best."""
    data = QMimeData()
    data.setData(OWN_TYPE, own.encode())
    if found.molblock:
        data.setData(MDLCT_TYPE, mdlct(found.molblock))
    for kind, text in (
        ("chemical/x-mdl-molfile", found.molblock),
        ("chemical/x-cdxml", found.cdxml),
        ("chemical/x-inchi", found.inchi),
        ("chemical/x-daylight-smiles", found.smiles),
    ):
        if text:
            data.setData(kind, text.encode())
    if found.smiles:
        data.setText(found.smiles)
    data.setData(SVG_TYPE, svg)
    data.setImageData(image)
    return data


def on_clipboard() -> QMimeData:
    """What the clipboard holds; of an empty one Qt gives nothing at all."""
    return QGuiApplication.clipboard().mimeData() or QMimeData()


def _own_text() -> str:
    return bytes(on_clipboard().data(OWN_TYPE).data()).decode("utf-8", errors="replace")


def own_sketch(data: QMimeData) -> Sketch | None:
    """The drawing that BitSpec itself put there; None if there is none that can be read: other forms may stand beside it."""
    if not data.hasFormat(OWN_TYPE):
        return None
    try:
        return from_text(bytes(data.data(OWN_TYPE).data()).decode("utf-8", errors="replace"))
    except BitSpecError:
        return None


def offers(data: QMimeData) -> list[tuple[str, bytes]]:
    """All that a clipboard or a drop holds, except pictures and files, as pairs of MIME type and content."""
    found = []
    for kind in data.formats():
        if kind == OWN_TYPE or kind.startswith(_NO_STRUCTURE) or kind == "text/uri-list":
            continue
        content = bytes(data.data(kind).data())
        if content:
            found.append((kind, content))
    if data.hasText() and not any(kind.startswith("text/plain") for kind, _content in found):
        found.append(("text/plain", data.text().encode()))
    return found


def is_for_window(data: QMimeData) -> bool:
    """Whether it is the window's business and not the drawing's: files, or the peaks of a spectrum."""
    if data.hasUrls() and any(url.isLocalFile() for url in data.urls()):
        return True
    structure = any(kind == OWN_TYPE or kind.startswith("chemical/") for kind in data.formats())
    return not structure and data.hasText() and looks_like_peaks(data.text())
