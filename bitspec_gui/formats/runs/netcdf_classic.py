"""The netCDF classic container (CDF-1, CDF-2 and CDF-5), read without the C library.

The layout is simple (https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html), and an own reader says
what is missing: of a truncated file the C library gives zeros, without a word. It also cannot crash the program.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from io import SEEK_END
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bitspec_gui.domain.errors import UnreadableFile

MAX_HEADER_BYTES = 16 << 20
MAX_VARIABLE_BYTES = 4 << 30
_MAX_NAMES = 100_000
_MAX_PLACE = 1 << 62
_CHUNK_BYTES = 32 << 20

_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_TYPES = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8", 7: ">u1", 8: ">u2", 9: ">u4", 10: ">i8", 11: ">u8"}

AttributeValue = str | NDArray[Any]


@dataclass(frozen=True)
class Variable:
    """Where a variable's values lie. ``records`` says whether they grow with the unlimited dimension."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    records: bool
    attributes: dict[str, AttributeValue] = field(default_factory=dict)

    @property
    def row_bytes(self) -> int:
        """Bytes of one record, or of the whole variable if it is none."""
        return math.prod(self.shape[1:] if self.records else self.shape) * self.dtype.itemsize


class ClassicFile:
    """Attributes and variables of a netCDF classic file.

    Attributes
    ----------
    attributes : dict
        Global ones; text without the zeros and blanks that pad it.
    variables : dict
        By name.
    cut : bool
        Whether a variable that was read ends before it should: the file is truncated.

    Raises
    ------
    UnreadableFile
        On making: if this is no netCDF classic file, or its header is damaged.
    """

    def __init__(self, stream: BinaryIO, label: str) -> None:
        self._stream = stream
        self._label = label
        self._size = stream.seek(0, SEEK_END)
        stream.seek(0)
        self.cut = False
        header = _Header(stream.read(MAX_HEADER_BYTES))
        try:
            self._read_header(header)
        except (struct.error, ValueError, OverflowError) as error:
            raise UnreadableFile(f"{label} is a damaged netCDF file: its header cannot be read.") from error

    def _read_header(self, header: _Header) -> None:
        magic = header.take(4)
        if magic[:3] != b"CDF" or magic[3] not in (1, 2, 5):
            raise ValueError("no classic netCDF file")
        header.version = magic[3]
        record_count = header.count()
        dimensions = [(header.name(), header.count()) for _ in range(header.items(_DIMENSIONS))]
        self.dimensions = dict(dimensions)
        self.attributes = header.attributes()
        variables = [header.variable(dimensions) for _ in range(header.items(_VARIABLES))]
        self.variables = {variable.name: variable for variable in variables}
        self._record_bytes = _record_bytes([variable for variable in variables if variable.records])
        begins = [variable.begin for variable in variables if variable.records]
        there = max(0, self._size - min(begins)) // max(self._record_bytes, 1) if begins else 0
        streaming = record_count >= (1 << 32) - 1
        self._records = there if streaming else min(record_count, there)
        self._records_missing = not streaming and bool(begins) and record_count > there

    def read(self, name: str) -> NDArray[Any] | None:
        """Values of a variable as numbers of the machine or as bytes (S1); None if there is no such variable.

        Of a file that ends too early the whole rows before its end are given, and `cut` is set.

        Raises
        ------
        UnreadableFile
            If the variable is larger than any of a GC-MS run.
        """
        variable = self.variables.get(name)
        if variable is None:
            return None
        rows = self._rows(variable)
        if rows * variable.row_bytes > MAX_VARIABLE_BYTES:
            raise UnreadableFile(f"{self._label} is larger than any GC-MS run that BitSpec opens.")
        values = self._read_records(variable, rows) if variable.records else self._read_fixed(variable)
        return values.astype(values.dtype.newbyteorder("="), copy=False)

    def text(self, name: str) -> str:
        """A global attribute, or the first row of a variable of characters, as text; empty if there is none."""
        value = self.attributes.get(name)
        if value is None:
            rows = self.texts(name, limit=1)
            return rows[0] if rows else ""
        return value if isinstance(value, str) else ""

    def texts(self, name: str, limit: int | None = None) -> list[str]:
        """Rows of a variable of characters, without padding."""
        variable = self.variables.get(name)
        if variable is None or variable.dtype.kind != "S" or len(variable.shape) != 2:
            return []
        values = self.read(name)
        if values is None:
            return []
        return [_text(row.tobytes()) for row in values[:limit]]

    def _rows(self, variable: Variable) -> int:
        if variable.records:
            return self._records
        return 1

    def _read_fixed(self, variable: Variable) -> NDArray[Any]:
        there = max(0, self._size - variable.begin)
        item = variable.dtype.itemsize
        wanted = math.prod(variable.shape)
        if wanted == 0:
            return np.zeros(0, dtype=variable.dtype)
        inner = math.prod(variable.shape[1:])
        count = min(wanted, there // item // inner * inner)
        self.cut = self.cut or count < wanted
        self._stream.seek(variable.begin)
        values = np.frombuffer(self._stream.read(count * item), dtype=variable.dtype)
        return values.reshape((-1, *variable.shape[1:])) if len(variable.shape) > 1 else values

    def _read_records(self, variable: Variable, rows: int) -> NDArray[Any]:
        """Values of one record variable, picked out of the records, in which all of them stand side by side."""
        self.cut = self.cut or self._records_missing
        inner = math.prod(variable.shape[1:])
        room = self._size - variable.begin - variable.row_bytes
        rows = min(rows, room // max(self._record_bytes, 1) + 1 if room >= 0 else 0)
        if inner == 0 or rows == 0:
            return np.zeros(0, dtype=variable.dtype)
        result = np.zeros((rows, inner), dtype=variable.dtype)
        step = max(1, _CHUNK_BYTES // max(self._record_bytes, 1))
        for first in range(0, len(result), step):
            many = min(step, len(result) - first)
            self._stream.seek(variable.begin + first * self._record_bytes)
            block = self._stream.read((many - 1) * self._record_bytes + variable.row_bytes)
            strides = (self._record_bytes, variable.dtype.itemsize)
            result[first : first + many] = np.ndarray((many, inner), variable.dtype, block, 0, strides)
        return result.reshape((len(result), *variable.shape[1:]))


class _Header:
    """The header, read from front to end; every count is checked against the bytes that are left."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self.version = 1

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise ValueError("the header ends too early")
        part = self._data[self._at : self._at + size]
        self._at += size
        return part

    def count(self) -> int:
        code, size = (">Q", 8) if self.version == 5 else (">I", 4)
        return int(struct.unpack(code, self.take(size))[0])

    def items(self, tag: int) -> int:
        """Number of elements of a list that begins here."""
        found = struct.unpack(">I", self.take(4))[0]
        count = self.count()
        if found not in (0, tag) or (found == 0 and count) or count > _MAX_NAMES:
            raise ValueError("not the list that was expected")
        return count

    def name(self) -> str:
        size = self.count()
        return self._padded(size).decode("utf-8", "replace")

    def attributes(self) -> dict[str, AttributeValue]:
        found: dict[str, AttributeValue] = {}
        for _ in range(self.items(_ATTRIBUTES)):
            name = self.name()
            dtype = self._dtype()
            data = self._padded(self.count() * dtype.itemsize)
            found[name] = _text(data) if dtype.kind == "S" else np.frombuffer(data, dtype).astype(dtype.newbyteorder("="))
        return found

    def variable(self, dimensions: list[tuple[str, int]]) -> Variable:
        name = self.name()
        places = [self.count() for _ in range(self._few(self.count()))]
        if any(place >= len(dimensions) for place in places):
            raise ValueError("a dimension that is not there")
        shape = tuple(dimensions[place][1] for place in places)
        attributes = self.attributes()
        dtype = self._dtype()
        self.count()  # The size of a variable follows from its shape; what is written here overflows in large files.
        begin = int(struct.unpack(">I" if self.version == 1 else ">Q", self.take(4 if self.version == 1 else 8))[0])
        if begin >= _MAX_PLACE:
            raise ValueError("a place outside of any file")
        # The unlimited dimension has length 0 in the header, and only ever comes first.
        return Variable(name, dtype, shape, begin, bool(shape) and shape[0] == 0, attributes)

    def _few(self, count: int) -> int:
        if count > 1024:
            raise ValueError("too many dimensions")
        return count

    def _dtype(self) -> np.dtype[Any]:
        code = struct.unpack(">I", self.take(4))[0]
        if code not in _TYPES:
            raise ValueError("an unknown type")
        return np.dtype(_TYPES[code])

    def _padded(self, size: int) -> bytes:
        part = self.take(size)
        self._at = min(self._at + -size % 4, len(self._data))
        return part


def _record_bytes(variables: list[Variable]) -> int:
    """Bytes of a record. Each variable is padded to four bytes, unless it is the only one."""
    if len(variables) == 1:
        return variables[0].row_bytes
    return sum(variable.row_bytes + -variable.row_bytes % 4 for variable in variables)


def _text(data: bytes) -> str:
    text = data.split(b"\x00")[0]
    try:
        return text.decode("utf-8").strip()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace").strip()
