"""The door of the search engine: make an index, open it, search it."""

from __future__ import annotations

from bitspec_gui.spectra.search.candidate_list import Candidates
from bitspec_gui.spectra.search.candidates import candidates, exact_top
from bitspec_gui.spectra.search.library_index import LibraryIndex, check_index, open_index
from bitspec_gui.spectra.search.writing import write_index

__all__ = ["Candidates", "LibraryIndex", "candidates", "check_index", "exact_top", "open_index", "write_index"]
