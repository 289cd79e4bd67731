import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitspec_gui.formats.text import CHUNK_BYTES, RecordDecoder, byte_lines


def lines_of(data):
    return list(byte_lines(io.BytesIO(data)))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_are_told_apart_by_any_line_end(end):
    assert lines_of(end.join([b"a", b"", b"b", b"c"]) + end) == [b"a", b"", b"b", b"c"]


def test_line_end_cut_in_two_by_a_chunk_is_one_line_end():
    first = b"x" * (CHUNK_BYTES - 1)
    assert lines_of(first + b"\r\ny\r\n") == [first, b"y"]


@given(
    st.lists(st.binary(max_size=30).filter(lambda b: not set(b) & {10, 13}), max_size=40),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_every_line_comes_back(lines, end):
    data = b"".join(line + end for line in lines)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return
    assert lines_of(data) == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_with_and_without_mark_is_read(encoding):
    data = "Name: カフェイン α-β\nx".encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert RecordDecoder().decode(lines_of(data)) == ["Name: カフェイン α-β", "x"]


@pytest.mark.parametrize("text", ["カフェイン", "安息香酸", "ｱｾﾄﾝ", "東京大学工学部", "トルエン（標準品）"])
def test_japanese_in_cp932_is_read(text):
    assert RecordDecoder().decode([f"Name: {text}".encode("cp932")]) == [f"Name: {text}"]


@pytest.mark.parametrize(
    "text",
    ["café", "Größe", "Müller, J. – München", "“quoted” µg", "Société Chimique, élève", "β-ionone"[1:] + " ±5 °C", "Señor Ñandú"],
)
def test_western_text_in_cp1252_is_not_taken_for_japanese(text):
    assert RecordDecoder().decode([f"Authors: {text}".encode("cp1252")]) == [f"Authors: {text}"]


def test_each_record_of_a_mixed_file_is_read_in_its_own_encoding():
    decoder = RecordDecoder()
    texts = [("ベンゼン", "cp932"), ("Benzène pur", "cp1252"), ("苯 benzene", "utf-8")]
    assert [decoder.decode([text.encode(encoding)])[0] for text, encoding in texts] == [text for text, _ in texts]


def test_odd_byte_costs_only_itself():
    line = "α-ピネン ".encode() + b"\xe9" + " β".encode()
    assert RecordDecoder().decode([b"Name: x", line]) == ["Name: x", "α-ピネン é β"]


@given(st.lists(st.binary(max_size=200).filter(lambda b: b"\n" not in b), max_size=20))
def test_any_bytes_decode_to_as_many_lines(lines):
    decoded = RecordDecoder().decode(lines)
    assert len(decoded) == len(lines)
    assert decoded == RecordDecoder().decode(lines)
