"""The compact file of predicted spectra: what it keeps, what it rounds, and what it says when it is damaged."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitspec_gui.domain.errors import ExportError, UnreadableFile
from bitspec_gui.domain.model_version import MODEL_SHA256
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats import compact_predicted
from bitspec_gui.formats.compact_predicted import (
    LEVELS,
    is_compact_predicted,
    read_compact_predicted,
    read_predicted_notice,
    write_compact_predicted,
)
from bitspec_gui.formats.registry import sources

SHA = "ab" * 32


def predicted(peaks: dict[int, float], **said: object) -> SpectrumRecord:
    told: dict[str, object] = {
        "name": "ethanol", "smiles": "CCO", "inchikey": "LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "formula": "C2H6O", "cas": "64-17-5",
        "nominal_mass": 46, "exact_mass": 46.04186, "licence": "CC BY 4.0", "comment": "Predicted EI spectrum, not measured.",
        "predicted_by": "model-1", "confidence": 0.812, "extra": ((MODEL_SHA256, SHA),),
    }  # fmt: skip
    spectrum = Spectrum(np.array(list(peaks), float), np.array(list(peaks.values()), float))
    return SpectrumRecord(spectrum, **(told | said))


def many(count: int) -> list[SpectrumRecord]:
    return [predicted({31: 999.0, 40 + n % 300: 12.0 + n % 200}, name=f"compound {n}", accession=f"A{n}") for n in range(count)]


def read(path: Path) -> list[SpectrumRecord]:
    return [dataclasses.replace(record, source_file="") for record in read_compact_predicted(path)]


def test_what_is_said_of_a_predicted_spectrum_comes_back(tmp_path):
    path = tmp_path / "a.bitspec"
    untold = dict.fromkeys(("cas", "confidence", "formula", "inchikey", "smiles", "nominal_mass", "exact_mass", "comment"), None)
    others = predicted({1: 5.0, 300: 999.0}, name="カフェイン", accession="X", **untold)
    given_records = [predicted({31: 999.0, 45: 515.0}), others]
    header = write_compact_predicted(given_records, path, library="Lib", notice="Do as you like.", source="here")
    assert read(path) == given_records
    assert header == read_predicted_notice(path)
    assert (header.library, header.licence, header.notice, header.source) == ("Lib", "CC BY 4.0", "Do as you like.", "here")
    assert (header.model, header.model_sha256, header.records) == ("model-1", SHA, 2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.integers(1, 1000), st.floats(1.0, 999.0), min_size=1, max_size=80), min_size=1, max_size=5))
def test_intensities_are_as_near_as_promised_and_only_small_peaks_go(tmp_path, spectra):
    path = tmp_path / "a.bitspec"
    write_compact_predicted([predicted(peaks) for peaks in spectra], path, library="L")
    for peaks, record in zip(spectra, read(path), strict=True):
        top = max(peaks.values())
        kept = {mz: 100 * intensity / top for mz, intensity in peaks.items() if intensity / top >= 0.005}
        assert record.spectrum.mz.tolist() == sorted(kept)
        for mz, percent in zip(record.spectrum.mz, record.spectrum.intensity / 9.99, strict=True):
            assert abs(percent - kept[int(mz)]) <= 0.41


def test_every_level_is_kept_exactly_so_that_writing_again_changes_nothing(tmp_path):
    first, second = tmp_path / "a.bitspec", tmp_path / "b.bitspec"
    write_compact_predicted([predicted(dict(enumerate(LEVELS.tolist(), start=20)))], first, library="L")
    (record,) = read(first)
    assert record.spectrum.intensity.tolist() == LEVELS.tolist()
    write_compact_predicted([record], second, library="L")
    assert first.read_bytes() == second.read_bytes()


def test_blocks_follow_each_other_in_order_and_the_bytes_are_always_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(compact_predicted, "BLOCK_RECORDS", 7)
    first, second = tmp_path / "a.bitspec", tmp_path / "other.bitspec"
    write_compact_predicted(iter(many(31)), first, library="L")
    write_compact_predicted(many(31), second, library="L")
    assert [record.name for record in read(first)] == [f"compound {n}" for n in range(31)]
    assert first.read_bytes() == second.read_bytes()


def test_library_of_thousands_takes_few_bytes(tmp_path):
    path = tmp_path / "a.bitspec"
    generator = np.random.default_rng(4)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    records = []
    for n in range(2000):
        places = np.sort(generator.choice(np.arange(15, 300), 60, replace=False)).tolist()
        peaks = dict(zip(places, np.minimum(5.0 + generator.exponential(80.0, 60), 999.0).tolist(), strict=True))
        key = f"{''.join(generator.choice(letters, 14))}-UHFFFAOYSA-N"
        records.append(predicted(peaks, name=f"{n}-methyl-{n % 97}-ethylbenzene", smiles=f"CCc1cccc{n % 9}c1C", inchikey=key))
    write_compact_predicted(records, path, library="L")
    # 12 MB for 50,000 spectra are 240 bytes each, random peaks and keys included.
    assert path.stat().st_size / len(records) < 200


def test_file_is_recognised_by_its_content_and_imported_without_chemistry(tmp_path):
    path = tmp_path / "library.dat"
    write_compact_predicted(many(3), path, library="L")
    assert is_compact_predicted(path.read_bytes())
    (source,) = sources([path])
    assert [record.predicted_by for record in source.records()] == ["model-1"] * 3
    code = (
        "import sys; from pathlib import Path; from bitspec_gui.formats.registry import sources;"
        f"n = sum(1 for s in sources([Path({str(path)!r})]) for _ in s.records()); sys.exit(n != 3 or 'rdkit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("where", ["end", "half", "first block", "header", "length", "more", "flipped", "empty", "rubbish"])
def test_damaged_file_is_refused_in_words_after_the_whole_blocks(tmp_path, monkeypatch, where):
    monkeypatch.setattr(compact_predicted, "BLOCK_RECORDS", 50)
    path = tmp_path / "a.bitspec"
    write_compact_predicted(many(200), path, library="L")
    data = path.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) - 40] ^= 0x10
    path.write_bytes({
        "end": data[:-20], "half": data[: len(data) // 2], "first block": data[:300], "header": data[:40],
        "length": data[:28] + b"\xff\xff\xff\xff" + data[32:], "more": data + b"x", "flipped": bytes(flipped), "empty": b"",
        "rubbish": b"rubbish",
    }[where])  # fmt: skip
    found = []
    with pytest.raises(UnreadableFile, match=r"a\.bitspec"):
        found.extend(read_compact_predicted(path))
    assert len(found) % 50 == 0
    assert len(found) == {"end": 150, "flipped": 150, "more": 200}.get(where, len(found))


def test_damaged_file_among_imports_is_a_problem_and_keeps_what_was_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(compact_predicted, "BLOCK_RECORDS", 50)
    path = tmp_path / "a.bitspec"
    write_compact_predicted(many(120), path, library="L")
    path.write_bytes(path.read_bytes()[:-9])
    *records, problem = next(iter(sources([path]))).records()
    assert len(records) == 100
    assert "damaged" in problem.what


def test_file_of_a_later_format_is_refused_in_words(tmp_path):
    path = tmp_path / "a.bitspec"
    path.write_bytes(compact_predicted.MAGIC + b"2\nsomething else")
    with pytest.raises(UnreadableFile, match="format 2 of predicted spectra; this BitSpec reads format 1"):
        list(read_compact_predicted(path))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"predicted_by": None}, "is a measured spectrum"),
        ({"predicted_by": "model-2"}, "predicted by model-2, others by model-1"),
        ({"extra": ((MODEL_SHA256, "cd" * 32),)}, "one file holds one model's"),
        ({"spectrum": Spectrum(np.array([31.5]), np.array([1.0]))}, "unit m/z"),
        ({"exact_mass": 1e9}, "mass"),
    ],
)
def test_record_that_does_not_fit_is_refused_and_nothing_is_written(tmp_path, change, words):
    path = tmp_path / "a.bitspec"
    good = predicted({31: 999.0})
    with pytest.raises(ExportError, match=words):
        write_compact_predicted([good, dataclasses.replace(good, **change)], path, library="L")
    assert not path.exists()


def test_nothing_to_write_is_said(tmp_path):
    with pytest.raises(ExportError, match="no predicted spectrum"):
        write_compact_predicted([], tmp_path / "a.bitspec", library="L")
