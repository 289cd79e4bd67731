from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.storage.library_store import SqlLibraryStore, open_library_store

CAFFEINE = "RYYVLZVUVIJVGH-UHFFFAOYSA-N"


def record(
    name: str = "Caffeine", *, peaks: tuple[tuple[float, float], ...] = ((109, 500), (194, 999)), **said: object
) -> SpectrumRecord:
    mz, intensity = zip(*peaks, strict=True)
    return SpectrumRecord(Spectrum(np.array(mz, float), np.array(intensity, float)), name=name, **said)


@pytest.fixture
def make_record() -> Callable[..., SpectrumRecord]:
    return record


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bitspec.sqlite"


@pytest.fixture
def store(database: Path) -> Iterator[SqlLibraryStore]:
    opened = open_library_store(database)
    yield opened
    opened.close()
