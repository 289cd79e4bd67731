"""XML read as a stream of elements, in bounded memory, without entities: an XML bomb is refused before it goes off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import BinaryIO
from xml.parsers import expat

from bitspec_gui.domain.errors import UnreadableFile
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.binary_arrays import MAX_ARRAY_TEXT

CHUNK_BYTES = 1 << 18
MAX_DEPTH = 200
MAX_SILENCE_BYTES = MAX_ARRAY_TEXT + (16 << 20)
"""Bytes without the beginning of an element after which a file is no run but something endless."""


class XmlBreak(Exception):
    """The file stops being XML at a line; what was read before is whole."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class EnoughRead(Exception):
    """Raised by a visitor that wants no more."""


class XmlVisitor(ABC):
    """What is done with the elements of a file."""

    keep_text = False
    """Set while the text of an element is wanted; the visitor takes it at the element's end."""

    @abstractmethod
    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        """An element begins; its name comes without namespace."""

    @abstractmethod
    def end(self, name: str, text: str, line: int) -> None:
        """An element ends; `text` is what was kept of it."""


class _Feed:
    """Handlers of one expat parser."""

    def __init__(self, visitor: XmlVisitor, label: str) -> None:
        self._visitor = visitor
        self._label = label
        self._text: list[str] = []
        self._size = 0
        self._depth = 0
        self.silence = 0
        self.in_visitor = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse_entities
        parser.ExternalEntityRefHandler = self._refuse_entities
        self.parser = parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.silence = 0
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableFile(f"{self._label} nests its elements deeper than any run does. It was not opened.")
        self._text.clear()
        self._size = 0
        self.in_visitor = True
        self._visitor.start(name.rpartition(":")[2], attributes, self.parser.CurrentLineNumber)
        self.in_visitor = False

    def _end(self, name: str) -> None:
        self._depth -= 1
        text = "".join(self._text)
        self._text.clear()
        self._size = 0
        self.in_visitor = True
        self._visitor.end(name.rpartition(":")[2], text, self.parser.CurrentLineNumber)
        self.in_visitor = False

    def _characters(self, text: str) -> None:
        # Past the limit the text is still counted, so that whoever decodes it sees that it is too long.
        if self._visitor.keep_text and self._size <= MAX_ARRAY_TEXT:
            self._text.append(text)
            self._size += len(text)

    def _refuse_entities(self, *_declaration: object) -> int:
        raise UnreadableFile(
            f"{self._label} declares entities, which no mzML or mzXML file needs and which can be made to fill the memory. "
            "It was not opened."
        )


def visit(stream: BinaryIO, label: str, visitor: XmlVisitor, watch: Watch) -> None:
    """Read a file from front to end.

    Raises
    ------
    XmlBreak
        Where the file stops being XML, for example because it is truncated.
    UnreadableFile
        If it declares entities or is built to exhaust its reader.
    Cancelled
        If that was asked for.
    """
    feed = _Feed(visitor, label)
    done = 0
    try:
        while chunk := stream.read(CHUNK_BYTES):
            feed.silence += len(chunk)
            feed.parser.Parse(chunk, False)
            done += len(chunk)
            if feed.silence > MAX_SILENCE_BYTES:
                raise XmlBreak(feed.parser.CurrentLineNumber, "goes on without a scan")
            watch.at(done, "Scans")
        feed.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise XmlBreak(error.lineno, expat.ErrorString(error.code)) from error
    except (LookupError, ValueError) as error:
        if feed.in_visitor:
            raise
        raise XmlBreak(feed.parser.CurrentLineNumber, "it is written in an encoding that is not known") from error
    except EnoughRead:
        return
