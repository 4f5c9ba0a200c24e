"""Columns of dates: one reading or none, what is left out of time, and what is said about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import trends as tr
from trends.errors import DataError, UsageError

from .column_plan import check

COLLECTED = "2024-12-31"


def read(cells: Any, **options: Any) -> tr.Corpus:
    frame = pd.DataFrame({"t": [f"text {i}" for i in range(len(cells))], "when": cells})
    frame["id"] = [str(i) for i in range(len(cells))]
    return tr.read_corpus(frame, text="t", date="when", **{"collected_on": COLLECTED, **options})


def dates(corpus: tr.Corpus) -> list[str]:
    """Dates in the order of the cells, as precisely as they are known."""
    frame = corpus.documents.assign(row=corpus.documents["id"].astype(int)).sort_values("row")
    out = []
    for row in frame.to_dict(orient="records"):
        length = {"day": 10, "month": 7, "year": 4, "range": 10}.get(row["date_precision"], 0)
        day = str(row["date"])[:length]
        out.append(
            f"{day}/{str(row['date_last'])[:10]}" if row["date_precision"] == "range" else day
        )
    return out


def said(corpus: tr.Corpus) -> str:
    return " ".join(corpus.notes["warnings"])


@pytest.mark.slow
@pytest.mark.parametrize("many", [400, 1_200])
def test_a_plan_of_columns_against_a_plain_oracle(many: int) -> None:
    outcomes = check(many, 20)
    assert set(outcomes) == {"read", "refused", "read in part"} - (
        {"read in part"} if "read in part" not in outcomes else set()
    )
    assert outcomes["read"] > 0.75 * many and outcomes["refused"] > 0.05 * many


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2020-Q4", "2021-Q1"], ["2020-10-01/2020-12-31", "2021-01-01/2021-03-31"]),
        (["Q3/2020", "Q4/2021"], ["2020-07-01/2020-09-30", "2021-10-01/2021-12-31"]),
        (["Jul-2020", "2021-Aug", "Sep/2021"], ["2020-07", "2021-08", "2021-09"]),
        (["07/2020", "11/2021"], ["2020-07", "2021-11"]),
        (["03.04.2020", "31.12.2020"], ["2020-04-03", "2020-12-31"]),
        (["03/04/2020", "12/31/2020"], ["2020-03-04", "2020-12-31"]),
        (["3. Januar 2020", "4. März 2020"], ["2020-01-03", "2020-03-04"]),
        (["2 maja 2020", "3 listopada 2020", "4 stycznia 2021"], None),
        (["2. svibnja 2020.", "3. listopada 2020."], ["2020-05-02", "2020-10-03"]),
        (["2020-W53", "2021-W01-1"], ["2020-12-28/2021-01-03", "2021-01-04"]),
        (["2020-366", "2021-001"], ["2020-12-31", "2021-01-01"]),
        (["Sat Feb 29 23:30:00 -0500 2020", "Sun Mar 01 00:30:00 +0200 2020"],
         ["2020-03-01", "2020-02-29"]),
        (["1910s", "1900s"], ["1910-01-01/1919-12-31", "1900-01-01/1909-12-31"]),
        (["[1911]", "c1912", "ca. 1913", "1914?"], ["1911", "1912", "1913", "1914"]),
        (["c. 1910s", "1850s?", "early 1850s", "before 1850", "18--", "185-"],
         ["1910-01-01/1919-12-31", "1850-01-01/1859-12-31", "", "", "1800-01-01/1899-12-31",
          "1850-01-01/1859-12-31"]),
        (["Epub 2021 May 18", "Published online: 3 June 2021"], ["2021-05-18", "2021-06-03"]),
        (["ma 2021", "2021-22 school year", "2015-present", "since 2015", "20210518 0531"],
         ["2021", "", "", "", "2021-05-18"]),
        (["2020-1", "2021-2", "2021-5"], ["2020-01", "2021-02", "2021-05"]),
        (["Q2 '21", "4Q20", "T1 2021", "2021.Q3"],
         ["2021-04-01/2021-06-30", "2020-10-01/2020-12-31", "2021-01-01/2021-03-31",
          "2021-07-01/2021-09-30"]),
        (["18/05/2021, 05:31:31", "May 3, 2021 5:31 PM EDT", "20210518 05:31"],
         ["2021-05-18", "2021-05-03", "2021-05-18"]),
        (["01/2020 - 03/2020", "12-14 June 2020", "30.06.2020 - 02.07.2020"],
         ["2020-01-01/2020-03-31", "2020-06-12/2020-06-14", "2020-06-30/2020-07-02"]),
        (["2020-02-30", "2020-13-01", "2020-02-14"], ["2020-02", "2020", "2020-02-14"]),
        (["Tue 05/06/2018", "Wed 05/09/2018"], ["2018-06-05", "2018-09-05"]),
        (["25-12-19", "05-11-20"], ["2019-12-25", "2020-11-05"]),
        (["28-Feb-19", "05-Nov-20"], ["2019-02-28", "2020-11-05"]),
        (["2019-11", "2019-12", "2020-09"], ["2019-11", "2019-12", "2020-09"]),
        (["2019-21", "2019-02", "2020-22"], None),
        ([20200102, 20210304], ["2020-01-02", "2021-03-04"]),
        ([2020.0, None, 2021.0], ["2020", "", "2021"]),
        # Years with decimals, of which some look like months or like two years.
        ([2019.0, 2019.08, 2019.17, 2020.25], ["2019", "2019", "2019", "2020"]),
        (["2019.01", "2019.08", "2019.12"], ["2019-01", "2019-08", "2019-12"]),
        (["3.IV.2019", "14/XII/2020", "1 i 2021"], ["2019-04-03", "2020-12-14", "2021-01-01"]),
        (["2011m12", "2012M1", "2012m13"], ["2011-12", "2012-01", "2012"]),
        (["Week 3, 2019", "wk 53 2020", "semaine 1 2021"],
         ["2019-01-14/2019-01-20", "2020-12-28/2021-01-03", "2021-01-04/2021-01-10"]),
        (["Thu Jan 3 00:30:00 2019 +0100", "Tue Dec 31 23:30:00 2019 -0500"],
         ["2019-01-02", "2020-01-01"]),
        (["/Date(1546473600000)/", "/Date(1581638400000+0100)/"], ["2019-01-03", "2020-02-14"]),
        (["03-JAN-2019 11.59.59.000000 PM", "\ufeff14-FEB-2020 05.31.00 AM"],
         ["2019-01-03", "2020-02-14"]),
    ],
)  # fmt: skip
def test_a_column_is_judged_as_a_whole(cells: list[Any], expected: list[str] | None) -> None:
    expected = expected or {
        "2 maja 2020": ["2020-05-02", "2020-11-03", "2021-01-04"],
        "2019-21": ["2019-04-01/2019-06-30", "2019-02", "2020-07-01/2020-09-30"],
    }[cells[0]]  # fmt: skip
    assert dates(read(cells)) == expected


@pytest.mark.parametrize(
    ("cells", "option", "value", "expected"),
    [
        (["2019-20", "2020-21"], "fiscal_year", 7, "2019-07-01/2020-06-30"),
        (["2009-10", "2010-11"], "fiscal_year", 4, "2009-04-01/2010-03-31"),
        (["2019/2020", "2020/2021"], "fiscal_year", 0, "2019-01-01/2020-12-31"),
        (["FY2020", "FY2021"], "fiscal_year", 10, "2019-10-01/2020-09-30"),
        (["03/04/2020", "05/06/2020"], "date_order", "dmy", "2020-04-03"),
        (["03/04/2020", "05/06/2020"], "date_order", "mdy", "2020-03-04"),
        (["03.04.05", "05.06.07"], "date_order", "ymd", "2003-04-05"),
        (["05 Jun 07", "06 Jul 08"], "date_order", "ymd", "2005-06-07"),
        (["May-21", "Jun-22"], "date_format", "%b-%y", "2021-05"),
        (["200102", "200203"], "date_format", "%Y%m", "2001-02"),
    ],
)
def test_two_readings_are_refused_and_the_option_that_is_named_helps(
    cells: list[str], option: str, value: Any, expected: str
) -> None:
    with pytest.raises(DataError, match=f"more than one way.*{option}=") as caught:
        read(cells)
    assert "--" + option.replace("_", "-") in str(caught.value)
    assert dates(read(cells, **{option: value}))[0] == expected


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        ([1580515200, 1580601600], "s"),
        (["1580515200000", "1580601600000"], "ms"),
        (["1580515200000000", "1580601600000000"], "us"),
        ([43862, 43863.75], "excel"),
    ],
)
def test_numbers_that_count_are_dates_if_their_unit_is_said(cells: list[Any], unit: str) -> None:
    with pytest.raises(DataError, match=f"none of 2 documents has a date.*--date-unit {unit}"):
        read(cells)
    assert dates(read(cells, date_unit=unit)) == ["2020-02-01", "2020-02-02"]
    with pytest.raises(UsageError, match="date_unit"):
        read(cells, date_unit="minutes")


def test_types_of_pandas() -> None:
    for freq, first in (("M", "2020-01"), ("Q", "2020-01-01/2020-03-31"), ("Y", "2020")):
        assert dates(read(pd.period_range("2020", periods=3, freq=freq)))[0] == first
    assert dates(read(pd.Categorical(["Feb 2020", "Feb 2020"]))) == ["2020-02"] * 2
    zoned = pd.to_datetime(["2020-01-01 23:30-05:00", "2020-01-02 00:10-05:00"])
    assert dates(read(zoned)) == ["2020-01-02"] * 2
    mixed = pd.Series(
        [np.datetime64("2020-01-02", "ns"), dt.date(2020, 1, 3), pd.NaT], dtype=object
    )
    assert dates(read(mixed)) == ["2020-01-02", "2020-01-03", ""]


def test_days_after_the_collection_and_placeholders_are_named_and_left_out_of_time() -> None:
    days = [f"{year}-{month:02d}-11" for year in (2019, 2020) for month in range(1, 13)]
    corpus = read([*days, "2025-01-01", "9999-12-31", "1970-01-01", "1900-01-01"])
    assert dates(corpus) == [*days, "", "", "", ""]
    assert [row["date"] for row in corpus.notes["future_dates"]] == ["2025-01-01", "9999-12-31"]
    assert "no date in many databases" in corpus.notes["future_dates"][1]["why"]
    assert "second 0 of Unix time" in said(corpus) and "2 dates after 2024-12-31" in said(corpus)
    old = [f"1970-01-{day:02d}" for day in range(1, 29)]
    assert dates(read(old)) == old
    assert dates(read(old + ["1970-01-01"] * 60)) == ["", *old[1:], *[""] * 60]
    with pytest.raises(DataError, match="second 0 of Unix time"):
        read(["1970-01-01"] * 4)


def test_years_before_1600_and_of_two_digits() -> None:
    cells = ["1473-05-01", "1599", "1650"]
    corpus = read(cells)
    assert dates(corpus) == ["", "", "1650"] and "--earliest" in said(corpus)
    assert dates(read(cells, earliest=1400)) == cells
    assert dates(read(["850", "0912-05-01"], earliest=800)) == ["0850", "0912-05-01"]
    two = ["31.12.68", "30.11.69"]
    assert dates(read(two)) == ["", "1969-11-30"]
    assert "1969 to 2068; --pivot" in said(read(two))
    assert dates(read(two, pivot=1920)) == ["1968-12-31", "1969-11-30"]


def test_what_is_not_read_is_said_by_form_also_where_it_is_uneven() -> None:
    days = [f"{year}-{m:02d}-11" for year in (2019, 2020, 2021) for m in range(1, 13)] * 10
    corpus = read([*days, *["44334"] * 20, "n.d.", "n.d."])
    assert "20 of 380 dates (5%) could not be read: 20 of the form 99999" in said(corpus)
    assert "--date-unit excel" in said(corpus)
    table = {row["form"]: (row["read_as"], row["dates"]) for row in corpus.notes["date_forms"]}
    assert table == {
        "YYYY-MM-DD": ("day", 360),
        "99999": ("undated", 20),
        "(no date stated)": ("nothing", 2),
    }
    uneven = read([*days, *[f"Sommer {year}?!x" for year in (2020, 2020) * 15]])
    assert "not spread evenly: 20% of those of 2020" in said(uneven)
    half = [f"2020-{m:02d}-11" for m in range(1, 7)] * 25
    assert "none lies in month 7, 8, 9, 10, 11 and 12" in said(read([*half, *["Lent 2020"] * 5]))
    with pytest.raises(DataError, match=r"table 1: none of 2 documents.*Sommerloch"):
        read(["Sommerloch", "Winter"])


def test_cells_in_another_order_are_read_alone_and_said() -> None:
    cells = [f"{day}.03.2020" for day in range(13, 31)] * 3 + ["03.14.2020", "05.06.2020"]
    corpus = read(cells)
    assert dates(corpus)[-2:] == ["2020-03-14", "2020-06-05"]
    assert "another order" in said(corpus)
    stated = read(cells, date_order="dmy")
    assert dates(stated)[-2:] == ["2020", "2020-06-05"]


def test_the_season_of_two_years_is_said_to_be_both_of_them():
    found = read(["Winter 2019/20", "Summer 2020"])
    assert dates(found) == ["2019-01-01/2020-12-31", "2020-07-01/2020-09-30"]
    assert any("only in part" in warning for warning in found.notes["warnings"])
