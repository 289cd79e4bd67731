"""A small writer of netCDF classic files, for tests."""

from __future__ import annotations

import struct

import numpy as np

_CODES = {"S1": 2, "i1": 1, "i2": 3, "i4": 4, "f4": 5, "f8": 6, "u1": 7, "u2": 8, "u4": 9, "i8": 10, "u8": 11}


def netcdf(dimensions, variables, attributes=None, *, version=1):
    """A file: `dimensions` name -> length (0 = unlimited), `variables` name -> (dimensions, values, attributes)."""
    return _Writer(dimensions, variables, attributes or {}, version).file()


def _padded(data):
    return data + b"\0" * (-len(data) % 4)


def _big(values):
    array = np.asarray(values)
    return array.astype(array.dtype.newbyteorder(">")).tobytes()


class _Writer:
    def __init__(self, dimensions, variables, attributes, version):
        self.dimensions, self.attributes, self.version = dimensions, attributes, version
        self.variables = {key: (dims, np.asarray(values), more) for key, (dims, values, more) in variables.items()}
        self.growing = [key for key, (dims, *_) in self.variables.items() if dims and dimensions[dims[0]] == 0]
        self.fixed = [key for key in self.variables if key not in self.growing]
        self.rows = max((len(self.variables[key][1]) for key in self.growing), default=0)

    def file(self):
        """All bytes."""
        at, begins = len(self.header({})), {}
        for key in (*self.fixed, *self.growing):
            begins[key] = at
            at += len(self.row(key, 0))
        body = b"".join(self.row(key, 0) for key in self.fixed)
        return self.header(begins) + body + b"".join(self.row(key, row) for row in range(self.rows) for key in self.growing)

    def row(self, key, row):
        values = self.variables[key][1]
        if key in self.fixed:
            return _padded(_big(values))
        data = _big(values[row]) if len(values) else b""
        return data if len(self.growing) == 1 else _padded(data)

    def count(self, number):
        return struct.pack(">Q" if self.version == 5 else ">I", number)

    def name(self, text):
        return self.count(len(text.encode())) + _padded(text.encode())

    def listed(self, tag, items):
        return struct.pack(">I", tag if items else 0) + self.count(len(items)) + b"".join(items)

    def attribute(self, key, value):
        if isinstance(value, str):
            return self.name(key) + struct.pack(">I", 2) + self.count(len(value.encode())) + _padded(value.encode())
        array = np.atleast_1d(np.asarray(value))
        return self.name(key) + struct.pack(">I", _CODES[array.dtype.str[1:]]) + self.count(array.size) + _padded(_big(array))

    def variable(self, key, begin):
        dims, values, more = self.variables[key]
        names = list(self.dimensions)
        return (
            self.name(key)
            + self.count(len(dims))
            + b"".join(self.count(names.index(each)) for each in dims)
            + self.listed(12, [self.attribute(*each) for each in more.items()])
            + struct.pack(">I", _CODES[values.dtype.str[1:]])
            + self.count(len(self.row(key, 0)))
            + struct.pack(">I" if self.version == 1 else ">Q", begin)
        )

    def header(self, begins):
        return (
            b"CDF"
            + bytes([self.version])
            + self.count(self.rows)
            + self.listed(10, [self.name(key) + self.count(size) for key, size in self.dimensions.items()])
            + self.listed(12, [self.attribute(*each) for each in self.attributes.items()])
            + self.listed(11, [self.variable(key, begins.get(key, 0)) for key in self.variables])
        )
