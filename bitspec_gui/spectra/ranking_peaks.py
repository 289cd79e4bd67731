"""The peaks of many candidates one after the other, beside the query's: what the features of the ranking are summed over."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PairedPeaks:
    """Peaks of K candidates, P in all, in the order of candidates and m/z.

    Attributes
    ----------
    row : (P,) int64
        Candidate of each peak.
    column : (P,) int64
        m/z less 1.
    mz : (P,) float32
    library, query : (P,) float32
        Square roots of the candidate's intensity, and of the query's at that m/z.
    roots : (1000,) float32
        Square roots of the query's intensities.
    first : (K,) int64
        Lowest column that counts for each candidate; below, `library` and `query` are 0.
    starts : (R,) int64
        Where the peaks of those R candidates begin that have any; `row` says which they are.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    mz: Floats
    library: Floats
    query: Floats
    roots: Floats
    first: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, query: Floats, library: Floats) -> PairedPeaks:
        """Pair a query (1000,) with candidates (K, 1000); all columns count."""
        place = np.flatnonzero(library > 0)
        row, column = np.divmod(place, library.shape[1])
        roots = np.sqrt(query)
        return cls(
            row=row,
            column=column,
            mz=(column + 1).astype(np.float32),
            library=np.sqrt(library.reshape(-1)[place]),
            query=roots[column],
            roots=roots,
            first=np.zeros(len(library), dtype=np.int64),
            starts=np.flatnonzero(np.diff(row, prepend=-1)),
        )

    def from_column(self, first: NDArray[np.int64]) -> PairedPeaks:
        """The same peaks, only those from the columns `first` (K,) on counting."""
        counts = self.column >= first[self.row]
        zero = np.float32(0)
        library, query = np.where(counts, self.library, zero), np.where(counts, self.query, zero)
        return replace(self, library=library, query=query, first=first)

    def lowest(self) -> NDArray[np.int64]:
        """Column of the first peak of each candidate, (K,), 0 where there is none."""
        found = np.zeros(self.candidates, dtype=np.int64)
        found[self.row[self.starts]] = self.column[self.starts]
        return found

    @property
    def candidates(self) -> int:
        """K."""
        return len(self.first)

    def total(self, values: Floats) -> Floats:
        """Sum of (P,) values over the peaks of each candidate, (K,)."""
        return self._reduced(np.add, values)

    def largest(self, values: Floats) -> Floats:
        """Largest of 0 and (P,) values over the peaks of each candidate, (K,)."""
        return np.maximum(self._reduced(np.maximum, values), np.float32(0))

    def _reduced(self, function: np.ufunc, values: Floats) -> Floats:
        found = np.zeros(self.candidates, dtype=np.float32)
        if len(self.starts):
            found[self.row[self.starts]] = function.reduceat(values, self.starts)
        return found

    def of_query(self, values: Floats) -> Floats:
        """Sum of (1000,) values of the query over the columns that count for each candidate, (K,)."""
        summed = np.append(np.cumsum(values[::-1], dtype=np.float64)[::-1], 0.0)
        return np.asarray(summed[self.first], dtype=np.float32)

    def cosine(self, query: Floats, at_query: Floats, library: Floats) -> Floats:
        """Cosine (K,) of the query's weighted values, over 1000 columns and at the peaks (P,), and the library's (P,)."""
        norm = np.sqrt(self.of_query(query * query) * self.total(library * library))
        return divided(self.total(at_query * library), norm)


def divided(numerator: Floats, denominator: Floats) -> Floats:
    """Quotient, 0 where the denominator is 0."""
    result = np.zeros(numerator.shape, dtype=np.float32)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
