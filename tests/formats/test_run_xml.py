import base64
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest

from bitspec_gui.domain.errors import Cancelled, UnreadableFile
from bitspec_gui.domain.jobs import CancelToken
from bitspec_gui.formats.runs import binary_arrays
from bitspec_gui.formats.runs.assembly import Watch
from bitspec_gui.formats.runs.mzml_run import read_mzml
from bitspec_gui.formats.runs.mzxml_run import read_mzxml
from tests.formats.run_files import SCANS, cv, mzml, mzml_array, mzml_spectrum, mzxml, mzxml_scan

PEAKS = [(57.07, 100.0), (71.09, 50.0)]
BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def read(data, reader=read_mzml):
    return reader(BytesIO(data), "run.xml", Watch())


def scan(run, index):
    part = slice(run.starts[index], run.starts[index + 1])
    return [(round(float(mz), 3), float(i)) for mz, i in zip(run.mz[part], run.intensity[part], strict=True)]


def base64_of(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(("reader", "data"), [(read_mzml, mzml()), (read_mzxml, mzxml())], ids=["mzml", "mzxml"])
def test_every_scan_is_read_with_its_time_and_peaks(reader, data):
    run = read(data, reader)
    assert run.problems == ()
    np.testing.assert_allclose(run.time_min * 60, [time for time, _ in SCANS])
    assert [scan(run, index) for index in range(run.scans)] == [peaks for _, peaks in SCANS]


@pytest.mark.parametrize("dtype", ["<f8", "<f4", "<i4", "<i8"])
@pytest.mark.parametrize("packed", [True, False])
def test_arrays_of_every_type_packed_or_not(dtype, packed):
    mz, intensity = [57, 71], [1000, 500]
    arrays = mzml_array("intensity", intensity, dtype=dtype, packed=packed) + mzml_array("mz", mz, dtype=dtype, packed=packed)
    run = read(mzml([mzml_spectrum(1, [(57, 1000), (71, 500)], arrays=arrays)]))
    assert scan(run, 0) == [(57, 1000), (71, 500)]


@pytest.mark.parametrize("precision", [32, 64])
@pytest.mark.parametrize("order", ["network", "little"])
@pytest.mark.parametrize("packed", [True, False])
def test_mzxml_pairs_in_either_precision_and_byte_order(precision, order, packed):
    run = read(mzxml([mzxml_scan(1, 90, PEAKS, precision=precision, order=order, packed=packed)]), read_mzxml)
    assert scan(run, 0) == PEAKS
    assert run.time_min.tolist() == [1.5]


def test_mzxml_times_are_durations():
    data = mzxml([mzxml_scan(1, 90, PEAKS)])
    assert read(data.replace(b"PT90S", b"PT1H2M3.6S"), read_mzxml).time_min.tolist() == [pytest.approx(62.06)]
    assert "no retention times" in read(data.replace(b"PT90S", b"soon"), read_mzxml).problems[0].what


@pytest.mark.parametrize(("unit", "value"), [("UO:0000031", 2.5), ("UO:0000010", 150), ("UO:0000028", 150_000), ("", 2.5)])
def test_mzml_times_follow_their_unit(unit, value):
    assert read(mzml([mzml_spectrum(value, PEAKS, unit=unit)])).time_min.tolist() == [2.5]


def numpress_integers(values):
    """Half bytes of whole numbers, as MS-Numpress writes them."""
    halves = []
    for value in values:
        digits = [(value >> (4 * place)) & 15 for place in range(8)]
        fill, kind = (15, 8) if value < 0 else (0, 0)
        many = 8
        while many > (1 if kind else 0) and digits[many - 1] == fill:
            many -= 1
        halves += [kind + 8 - many, *digits[:many]]
    halves += [0] * (len(halves) % 2)
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def test_numpress_arrays_are_read():
    mz, scale = [57.07, 71.09, 85.1, 85.2, 290.3], 100_000.0
    whole = [round(value * scale) for value in mz]
    steps = [whole[i] - 2 * whole[i - 1] + whole[i - 2] for i in range(2, len(whole))]
    linear = struct.pack(">d", scale) + struct.pack("<ii", *whole[:2]) + numpress_integers(steps)
    counts = [7, 0, 300, 16, 100_000]
    pic = zlib.compress(numpress_integers(counts))
    arrays = mzml_array("mz", [], text=base64_of(linear), packing="MS:1002312")
    arrays += mzml_array("intensity", [], text=base64_of(pic), packing="MS:1002747")
    run = read(mzml([mzml_spectrum(1, [(0, 0)] * 5, arrays=arrays)]))
    assert scan(run, 0) == [(m, float(c)) for m, c in zip(mz, counts, strict=True) if c]
    slof = struct.pack(">d", 3000.0) + b"".join(struct.pack("<H", round(np.log(c + 1) * 3000)) for c in counts)
    arrays = mzml_array("mz", [], text=base64_of(linear), packing="MS:1002312")
    arrays += mzml_array("intensity", [], text=base64_of(slof), packing="MS:1002314")
    run = read(mzml([mzml_spectrum(1, [(0, 0)] * 5, arrays=arrays)]))
    assert run.intensity.tolist() == pytest.approx([c for c in counts if c], rel=2e-4)


def test_scans_of_product_ions_are_left_out_and_counted():
    run = read(mzml([mzml_spectrum(1, PEAKS), mzml_spectrum(2, PEAKS, level=2), mzml_spectrum(3, PEAKS)]))
    assert run.time_min.tolist() == [1, 3]
    assert run.problems[0].what.startswith("1 scans of product ions")
    inner = mzxml_scan(2, 61, [(30, 1)], level=2)
    run = read(mzxml([mzxml_scan(1, 60, PEAKS, inner=inner), mzxml_scan(3, 62, PEAKS)]), read_mzxml)
    assert [scan(run, index) for index in range(run.scans)] == [PEAKS, PEAKS]
    assert "product ions" in run.problems[0].what


def test_a_file_of_product_ions_alone_is_refused_saying_so():
    with pytest.raises(UnreadableFile, match="only scans of product ions"):
        read(mzml([mzml_spectrum(1, PEAKS, level=2)]))
    with pytest.raises(UnreadableFile, match="only scans of product ions"):
        read(mzxml([mzxml_scan(1, 60, PEAKS, level=2)]), read_mzxml)


@pytest.mark.parametrize(("reader", "data"), [(read_mzml, mzml()), (read_mzxml, mzxml())], ids=["mzml", "mzxml"])
def test_a_truncated_file_keeps_its_whole_scans_and_names_the_line(reader, data):
    run = read(data[: len(data) * 2 // 3], reader)
    assert 8 < run.scans < len(SCANS)
    assert [scan(run, index) for index in range(run.scans)] == [peaks for _, peaks in SCANS[: run.scans]]
    (problem,) = run.problems
    assert problem.rejected
    assert problem.line > run.scans
    assert f"{run.scans} scans" in problem.kept


@pytest.mark.parametrize(
    "fault",
    ["!!!!", "AAA", base64_of(zlib.compress(b"1234567")), base64_of(zlib.compress(bytes(800))[:-6]), base64_of(b"no zlib")],
)
def test_a_scan_with_a_broken_array_is_left_out_and_the_others_are_kept(fault):
    arrays = mzml_array("mz", [], text=fault) + mzml_array("intensity", [5.0, 6.0])
    run = read(mzml([mzml_spectrum(1, PEAKS), mzml_spectrum(2, PEAKS, arrays=arrays), mzml_spectrum(3, PEAKS)]))
    assert run.time_min.tolist() == [1, 3]
    (problem,) = run.problems
    assert problem.rejected
    assert problem.what.startswith("Scan 2: an array of numbers")
    assert problem.line == 5


def test_arrays_of_different_length_are_no_scan():
    arrays = mzml_array("mz", [1.0, 2.0, 3.0]) + mzml_array("intensity", [5.0, 6.0])
    run = read(mzml([mzml_spectrum(1, PEAKS), mzml_spectrum(2, PEAKS, arrays=arrays)]))
    assert run.scans == 1
    assert "3 m/z but 2 intensities" in run.problems[0].what


def test_a_length_that_is_not_as_announced_is_said_and_the_scan_kept():
    run = read(mzml([mzml_spectrum(1, PEAKS, length=99)]))
    assert scan(run, 0) == PEAKS
    assert run.problems[0].what == "Scan 1 announces 99 points but lists 2."
    assert not run.problems[0].rejected


def test_parameters_that_stand_in_a_group_count_as_if_they_stood_in_the_scan():
    group = f'<referenceableParamGroup id="g">{cv("MS:1000511", 2)}</referenceableParamGroup>'
    spectrum = mzml_spectrum(1, PEAKS).replace(cv("MS:1000511", 1), '<referenceableParamGroupRef ref="g"/>')
    data = mzml([spectrum, mzml_spectrum(2, PEAKS)]).replace(b"<run ", group.encode() + b"<run ")
    assert read(data).time_min.tolist() == [2]


def test_profile_scans_are_centroided_and_that_is_said():
    grid = np.arange(56.9, 57.3, 0.01)
    peaks = [(float(a), float(b)) for a, b in zip(grid, 1000 * np.exp(-((grid - 57.07) ** 2) / 5e-4), strict=True)]
    run = read(mzml([mzml_spectrum(1, peaks, params=cv("MS:1000128"))]))
    ((mz, intensity),) = scan(run, 0)
    assert mz == pytest.approx(57.07, abs=0.002)
    assert intensity == pytest.approx(sum(i for _, i in peaks), rel=1e-4)
    assert "centroided" in run.problems[0].kept
    assert len(scan(read(mzml([mzml_spectrum(1, peaks, params=cv("MS:1000127"))])), 0)) == len(peaks)


def test_another_ionisation_is_said():
    assert "chemical ionisation" in read(mzml(ionisation="MS:1000071")).problems[0].what


@pytest.mark.parametrize(
    ("reader", "data"), [(read_mzml, mzml(head=BILLION_LAUGHS)), (read_mzxml, BILLION_LAUGHS.encode() + mzxml()[21:])]
)
def test_xml_bombs_are_refused_before_they_go_off(reader, data):
    with pytest.raises(UnreadableFile, match="declares entities"):
        read(data, reader)


def test_entities_of_other_files_are_never_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("57.0")
    head = f'<!DOCTYPE x [<!ENTITY out SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(UnreadableFile, match="declares entities"):
        read(mzml(head=head))


def test_an_array_that_unpacks_to_more_than_any_scan_is_left_out(monkeypatch):
    monkeypatch.setattr(binary_arrays, "MAX_ARRAY_BYTES", 1000)
    bomb = mzml_array("mz", [], text=base64_of(zlib.compress(bytes(8 * 10_000)))) + mzml_array("intensity", np.zeros(10_000))
    run = read(mzml([mzml_spectrum(1, PEAKS), mzml_spectrum(2, PEAKS, arrays=bomb)]))
    assert run.scans == 1
    assert "unpacks to more than any scan" in run.problems[0].what


def test_elements_within_elements_without_end_are_refused():
    with pytest.raises(UnreadableFile, match="deeper than any run"):
        read(b"<mzML>" + b"<a>" * 5000)


def test_a_file_without_scans_and_what_is_no_xml_are_refused():
    for data in (b"<mzML></mzML>", mzml([]), b"<mzML><run>", b"\x00" * 5000, b"<mzML>" + b"\x00" * 5000):
        with pytest.raises(UnreadableFile):
            read(data)


def test_an_encoding_that_nobody_knows_is_refused():
    with pytest.raises(UnreadableFile, match="encoding"):
        read(mzml().replace(b"utf-8", b"utfn8"))


def test_reading_stops_when_it_is_cancelled():
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        read_mzml(BytesIO(mzml()), "run.mzML", Watch(cancel=token))
