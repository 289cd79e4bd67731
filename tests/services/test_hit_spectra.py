"""Unknowns and their hits as spectra for NIST MS Search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_hits import NICOTINAMIDE, UNKNOWN, hit, hit_list, three_hit_lists

from bitspec_gui.domain.errors import ExportError
from bitspec_gui.domain.search import HitList, SearchSettings
from bitspec_gui.domain.spectrum import Spectrum, SpectrumRecord
from bitspec_gui.formats.jcamp import read_jcamp
from bitspec_gui.formats.msp import read_msp
from bitspec_gui.services.hit_spectra import write_hit_spectra


def read(path: Path) -> list[SpectrumRecord]:
    reader = read_msp if path.suffix == ".msp" else read_jcamp
    items = list(reader(path.read_bytes(), path.name))
    assert all(isinstance(item, SpectrumRecord) for item in items), items
    return items


@pytest.mark.parametrize("suffix", ["msp", "jdx"])
def test_each_unknown_is_followed_by_its_hits_and_both_say_what_was_found(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"hits.{suffix}"
    told = write_hit_spectra(three_hit_lists(), target)
    assert (told.written, told.shortened, told.left_out) == (7, 0, 0)
    records = read(target)
    names = ["Peak 7", "Nicotinamide", "Picolinamide", "Peak 9", "Peak 11", "Nicotinamide", "Picolinamide"]
    assert [record.name for record in records] == names
    unknown, measured, predicted, without = records[:4]
    assert (
        "Best hit: Nicotinamide (match 987, reverse match 988, probability 91 %; library Vitamins, measured)" in unknown.comment
    )
    assert "Hit 1 of Peak 7: Nicotinamide (match 987" in measured.comment
    assert "Predicted EI spectrum, not measured." in predicted.comment
    assert predicted.predicted_by == "bitspec-ei-2"
    assert "No hit." in without.comment


@pytest.mark.parametrize("suffix", ["msp", "jdx"])
def test_every_line_ends_as_lib2nist_wants_it_and_is_ascii(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"hits.{suffix}"
    write_hit_spectra([hit_list(replace(UNKNOWN, name="β-peak"))], target)
    data = target.read_bytes()
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n") > 20
    assert b".beta.-peak" in data


def test_hits_beyond_those_wanted_are_not_written(tmp_path: Path) -> None:
    told = write_hit_spectra([hit_list()], tmp_path / "hits.msp", hits_each=1)
    assert told.written == 2


def test_what_was_shortened_or_left_out_is_counted_and_said(tmp_path: Path) -> None:
    peakless = replace(NICOTINAMIDE, spectrum=Spectrum([0.5], [1.0]))
    long = replace(NICOTINAMIDE, name="n" * 600)
    hits = (hit(1, peakless, "L", 0.9), hit(2, long, "L", 0.8))
    told = write_hit_spectra([HitList(UNKNOWN, SearchSettings(), hits, 2)], tmp_path / "hits.msp")
    assert (told.written, told.shortened, told.left_out) == (2, 1, 1)
    assert str(told).startswith("2 spectra written; 1 of them shortened")
    assert "1 left out" in str(told)


def test_other_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.msp or \.jdx"):
        write_hit_spectra([hit_list()], tmp_path / "hits.csv")
