from __future__ import annotations

from bitspec_gui.cli import main

RECORDS = (
    "Name: Toluene\nFormula: C7H8\nNum Peaks: 3\n65 120\n91 999\n92 700\n\n"
    "Name: Alanine\nDB#: ALA-1\nFormula: C3H7NO2\nNum Peaks: 5\n73 700\n75 100\n116 999\n147 250\n233 20\n\n"
)


def test_doubtful_records_are_counted_and_told_and_the_import_succeeds(tmp_path, capsys):
    path = tmp_path / "mixed.msp"
    path.write_text(RECORDS)
    report = tmp_path / "report.txt"
    status = main(["--data-dir", str(tmp_path / "data"), "library", "import", str(path), "--quiet", "--report", str(report)])
    told = capsys.readouterr()
    assert status == 0
    assert "2 records read (2 added, 0 already there), 0 rejected, 1 doubtful (kept, but marked)." in told.out
    assert "trimethylsilyl derivative" in told.err
    assert "trimethylsilyl derivative" in report.read_text()


def test_an_import_without_doubtful_records_does_not_speak_of_them(tmp_path, capsys):
    path = tmp_path / "plain.msp"
    path.write_text(RECORDS.split("\n\n")[0] + "\n\n")
    assert main(["--data-dir", str(tmp_path / "data"), "library", "import", str(path), "--quiet"]) == 0
    told = capsys.readouterr()
    assert "doubtful" not in told.out + told.err
