"""Records of a bibliographic file decide together whether the day or the month comes first."""

from __future__ import annotations

import pytest

from trends.sources import read_corpus

WRITERS = {
    "ris": "TY  - JOUR\nTI  - On {n}\nAB  - Words about {n}.\nDA  - {date}\nER  - \n",
    "bib": "@article{{k{n}, title={{On {n}}}, abstract={{Words about {n}.}}, date={{{date}}}}}\n",
    "enw": "%0 Journal Article\n%T On {n}\n%X Words about {n}.\n%D 2020\n%8 {date}\n\n",
}


def read(path, dates, ending="ris", **options):
    path = path / f"a.{ending}"
    path.write_text("".join(WRITERS[ending].format(n=n, date=d) for n, d in enumerate(dates)))
    corpus = read_corpus([path], **options)
    days = corpus.documents.sort_values("source_row")
    found = zip(days["date"].dt.strftime("%Y-%m-%d"), days["date_precision"], strict=True)
    return [day if fine == "day" else day[:4] for day, fine in found], corpus.notes


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize("clear", ["25/04/2020", "04/25/2020"])
def test_one_record_decides_for_its_file(ending, clear, tmp_path):
    dates, notes = read(tmp_path, ["03/04/2020", clear, "2020"], ending)
    assert dates == [f"2020-{'04-03' if clear.startswith('25') else '03-04'}", "2020-04-25", "2020"]
    assert not notes["dropped_dates"]
    assert not any("--date-order" in warning for warning in notes["warnings"])


@pytest.mark.parametrize(
    "others", [[], ["05/06/2020"], ["25/04/2020", "04/25/2020"]], ids=["none", "open", "both ways"]
)
def test_what_no_record_decides_keeps_its_year_and_is_counted(others, tmp_path):
    dates, notes = read(tmp_path, ["03/04/2020", *others])
    n = 1 + others.count("05/06/2020")
    assert dates == ["2020"] * n + ["2020-04-25"] * (1 + len(others) - n)
    assert len(notes["dropped_dates"]) == n
    (said,) = [warning for warning in notes["warnings"] if "--date-order" in warning]
    assert said.startswith(f"a.ris: {n} date") and "'03/04/2020'" in said
    assert read(tmp_path, ["03/04/2020", *others], date_order="mdy")[0][0] == "2020-03-04"
    assert read(tmp_path, ["03/04/2020", *others], date_order="dmy")[0][0] == "2020-04-03"


def test_files_decide_each_for_itself(tmp_path):
    for name, clear in (("a", "25/04/2020"), ("b", "04/25/2020")):
        text = "".join(WRITERS["ris"].format(n=f"{name}{d}", date=d) for d in (clear, "03/04/2020"))
        (tmp_path / f"{name}.ris").write_text(text)
    days = read_corpus([tmp_path]).documents["date"].dt.strftime("%m-%d")
    assert sorted(days) == ["03-04", "04-03", "04-25", "04-25"]
