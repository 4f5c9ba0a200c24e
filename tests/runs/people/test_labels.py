"""Documents of a run are drawn for coding, coded, and correct its shares."""

import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pytest
import small_runs

import trends as tr
from trends.cli.main import main
from trends.core.statements import sentence
from trends.errors import DataError, MissingError, UsageError
from trends.runs.people.sheet_file import key_of, read_codes, read_key, read_predictions

SETTINGS = """
rng = 7
[corpus]
path = "corpus.parquet"
[prevalence]
period = "year"
[models]
backends = ["nmf"]
n_topics = 3
seeds = 1
[figures]
formats = ["svg"]
map = false
"""


@pytest.fixture(scope="module")
def run(once):
    """Three topics in turn, and texts that look like formulas."""

    def fill(folder):
        rows = [(*row[:2], f"={row[2]}", *row[3:]) for row in small_runs.in_turn(180)]
        rows = [(*r[:3], f"20{10 + i // 20}-03-10", *r[4:]) for i, r in enumerate(rows)]
        small_runs.write(folder, rows, SETTINGS)
        tr.run(folder / "config.toml", folder / "results", progress=False)

    return tr.Run(once("people", fill) / "results")


def coded(drawn, wrong=0.0, seed=1):
    """Sheets filled in as the fit predicts, some at random."""
    rng = np.random.default_rng(seed)
    said = {item["id"]: item["predicted"] for item in drawn.key["items"]}
    names = ["none" if said[i] < 0 else str(said[i]) for i in said]
    code = dict(zip(said, names, strict=True))
    return [
        sheet.assign(
            code=[
                rng.choice(drawn.key["codes"]) if rng.random() < wrong else code[i]
                for i in sheet["id"]
            ]
        )
        for sheet in drawn.sheets
    ]


def test_sheets_show_neither_time_nor_prediction_and_the_key_all_of_it(run):
    drawn = tr.label_sample(run, 90, topic=1, coders=2, rng=3)
    first, second = drawn.sheets
    assert sorted(first["id"]) == sorted(second["id"]) and list(first["id"]) != list(second["id"])
    assert not first["id"].is_monotonic_increasing and (first["code"] == "").all()
    shown = " ".join(first.drop(columns="id").astype(str).to_numpy().ravel())
    assert not re.search(r"20[12]\d", shown)
    key = drawn.key
    assert key["draw"] == {"topic": 1, "n": 90, "floor": 2, "rng": 3}
    for item in key["items"]:
        assert item["probability"] == pytest.approx(item["drawn"] / item["documents"])
    weight = sum(1 / item["probability"] for item in key["items"])
    assert weight == pytest.approx(180)
    again = tr.label_sample(run, 90, topic=1, coders=2, rng=3)
    assert again.key == key and again.sheets[1].equals(second)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_out_and_in_again(run, tmp_path, ending):
    drawn = tr.label_sample(run, 60, rng=5)
    sheet, *_, key = drawn.write(tmp_path / f"sheet.{ending}")
    assert key_of(sheet) == key and read_key(key) == json.loads(key.read_text())
    with pytest.raises(UsageError, match="may hold codes"):
        drawn.write(sheet)
    (filled,) = coded(drawn)
    if ending == "xlsx":
        book = openpyxl.load_workbook(sheet)
        assert book.sheetnames == ["coding", "codebook"]
        cells = {str(row[0].value): row for row in book["coding"].iter_rows(min_row=2)}
        assert all(row[2].data_type == "s" for row in cells.values())  # no formula
        for name, code in zip(filled["id"], filled["code"], strict=True):
            cells[name][3].value = code if code == "none" else float(code)
        book.save(sheet)
    else:
        assert "\"'=" in sheet.read_text() or ",'=" in sheet.read_text()
        # As a spreadsheet of another language writes it, in another order.
        filled.sample(frac=1, random_state=1).to_csv(sheet, sep=";", index=False)
    found = tr.corrected(run, sheet)
    assert found.codes.counts == {"coded": 60, "empty": 0}
    # Codes that agree with the fit everywhere leave its shares as they are.
    known = found.table.dropna(subset="share")
    assert known["share"].to_numpy() == pytest.approx(known["predicted"].to_numpy(), abs=1e-9)
    whole = found.accuracy.query("period == 'all'")
    assert (whole[["precision", "recall"]].to_numpy() == 1).all()


def test_what_is_no_code_is_counted_and_left_out(run):
    drawn = tr.label_sample(run, 60, topic=0, rng=5)
    (sheet,) = coded(drawn)
    ids = sheet["id"].tolist()
    sheet.loc[0, "code"], sheet.loc[1, "code"], sheet.loc[2, "code"] = "maybe", "", " 1.0 "
    other = "0" if sheet.loc[3, "code"] == "1" else "1"
    more = pd.DataFrame(
        {"id": [ids[3], ids[4], "elsewhere"], "code": [other, sheet.loc[4, "code"], "1"]}
    )
    read = read_codes([pd.concat([sheet, more])], drawn.key)
    assert read.counts == {
        "coded": 57,
        "empty": 1,
        "unknown codes": 1,
        "unknown ids": 1,
        "contradictory rows": 1,
    }
    assert read.codes.loc[ids[2], "a"] == "1" and pd.isna(read.codes.loc[ids[3], "a"])
    said = tr.corrected(run, pd.concat([sheet, more]), drawn.key).sentences
    assert said[0] == "57 codes were read, 1 are empty."
    assert said[1] == f"Left out: 1 unknown code (a, {ids[0]}: 'maybe')."
    with pytest.raises(DataError, match="none of the 60 ids"):
        read_codes([sheet.assign(id="x")], drawn.key)
    with pytest.raises(DataError, match="no column 'code'"):
        read_codes([sheet.drop(columns="code")], drawn.key)
    with pytest.raises(DataError, match="nothing to correct"):
        tr.corrected(run, sheet.assign(code=""), drawn.key)


def test_coders_who_differ_count_in_parts_and_words_are_those_of_statements(run):
    drawn = tr.label_sample(run, 90, topic=2, coders=2, rng=5)
    one, two = coded(drawn)
    flipped = two.assign(code=two["code"].map({"1": "0", "0": "1"}))
    half = tr.corrected(run, [one, flipped], drawn.key)
    assert half.agreement["same"] == 0 and half.agreement["alpha"] < 0
    assert half.table["share"].to_numpy() == pytest.approx(0.5)
    found = tr.corrected(run, [one, two], drawn.key, method="ppi")
    assert found.agreement["alpha"] == 1 and found.agreement["documents"] == 90
    row, spans = next(found.trend.frame().itertuples()), found.trend.settings["spans"]
    assert sentence(row, spans) in found.sentences[-1]
    assert found.trend.table["topic"].tolist() == [2] and found.predicted["topic"].tolist() == [2]


def test_predictions_from_outside_are_corrected_by_the_same_road(run, tmp_path):
    drawn = tr.label_sample(run, 90, topic=0, rng=5)
    (sheet,) = coded(drawn)
    fit = run.topics("nmf", run.manifest["fits"][0]["seed"])
    rng = np.random.default_rng(2)
    poor = {
        i: float((k == 0) ^ (rng.random() < 0.4))
        for i, k in zip(fit.doc_ids, fit.hard, strict=True)
    }
    known = tr.corrected(run, sheet, drawn.key)
    found = tr.corrected(run, sheet, drawn.key, predictions=poor)
    assert "the prediction finds" in found.sentences[-1]
    assert found.accuracy["recall"].iloc[-1] < 0.9 < known.accuracy["recall"].iloc[-1]
    assert found.predicted["share_first"][0] != known.predicted["share_first"][0]
    gap = (found.table["share"] - known.table["share"]).abs()
    assert gap.max() < (found.table["predicted"] - known.table["share"]).abs().max()
    table = tmp_path / "llm.csv"
    pd.Series(poor, name="prediction").rename_axis("id").reset_index().to_csv(table, index=False)
    assert read_predictions(table) == poor
    with pytest.raises(DataError, match="one number from 0 to 1"):
        tr.corrected(run, sheet, drawn.key, predictions=dict.fromkeys(poor, 2.0))
    with pytest.raises(DataError, match="predictions"):
        tr.corrected(run, sheet, drawn.key, predictions={"elsewhere": 1.0})
    table.write_text("id,prediction\na,high\n")
    with pytest.raises(DataError, match="a number from 0 to 1"):
        read_predictions(table)


def test_another_run_or_a_changed_key_is_refused(run, tmp_path):
    drawn = tr.label_sample(run, 60, rng=5)
    (sheet,) = coded(drawn)
    for change in (
        {"draw": {**drawn.key["draw"], "rng": 6}},
        {"about": {**drawn.key["about"], "fit": "0"}},
        {"items": drawn.key["items"][::-1]},
    ):
        with pytest.raises(DataError, match="another fit"):
            tr.corrected(run, sheet, {**drawn.key, **change})
    with pytest.raises(DataError, match="how the sample was drawn"):
        tr.corrected(run, sheet, {**drawn.key, "draw": {"n": "60"}})
    for text in (
        "[]",
        "{",
        '{"items": [1], "kind": "labels", "codes": [], "about": {}, "draw": {}}',
    ):
        (tmp_path / "k.json").write_text(text)
        with pytest.raises(DataError):
            read_key(tmp_path / "k.json")
    with pytest.raises(MissingError, match="--key"):
        read_key(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"topic": 9}, "no topic '9'; topics are 0 to 2"),
        ({"backend": "lda"}, "no backend 'lda'; it has nmf"),
        ({"n": 5}, "5 labels are too few for 9 periods"),
        ({"coders": 0}, "1 to 9 coders"),
    ],
)
def test_what_cannot_be_drawn(run, wrong, says):
    with pytest.raises(UsageError, match=says):
        tr.label_sample(run, **{"n": 60, "rng": 1, **wrong})


@pytest.mark.parametrize("kind", ["words", "documents"])
def test_intrusion_out_and_in_again(run, kind):
    drawn = tr.intrusion_sample(run, kind, coders=2, rng=4)
    answer = {item["id"]: item["intruder"] for item in drawn.key["items"]}
    right = drawn.sheets[0].assign(code=[answer[i] for i in drawn.sheets[0]["id"]])
    options = len(drawn.key["codes"])
    wrong = right.assign(code=[str(int(c) % options + 1) for c in right["code"]])
    scores = tr.intrusion_scores([right, right], drawn.key)
    assert scores.table["score"].tolist() == [1, 1, 1] and scores.agreement["alpha"] == 1
    assert scores.table["p"].tolist() == pytest.approx([options**-2] * 3)
    assert tr.intrusion_scores(wrong, drawn.key).table["found"].sum() == 0
    with pytest.raises(UsageError, match=r"tr\.intrusion_scores"):
        tr.corrected(run, right, drawn.key)
    with pytest.raises(DataError, match="Nobody has answered"):
        tr.intrusion_scores(drawn.sheets[0], drawn.key)


@pytest.mark.slow
def test_the_whole_road_on_the_command_line(run, tmp_path, capsys):
    sheet = tmp_path / "sheet.csv"
    folder = str(run.folder)

    def call(*args):
        with pytest.raises(SystemExit) as left:
            main([*args])
        assert left.value.code == 0
        return capsys.readouterr().out

    call("label-sample", folder, "--n", "90", "--topic", "1", "-o", str(sheet))
    filled = pd.read_csv(sheet, dtype=str)
    key = json.loads((tmp_path / "sheet.key.json").read_text())
    said = {item["id"]: str(item["predicted"]) for item in key["items"]}
    filled.assign(code=filled["id"].map(said)).to_csv(sheet, index=False)
    out = call("label-read", folder, str(sheet))
    assert out.startswith("90 codes were read, 0 are empty.\n") and "100% of those" in out
    summary = json.loads((tmp_path / "sheet-corrected" / "summary.json").read_text())
    assert all(line in out for line in summary["sentences"])
    assert (tmp_path / "sheet-corrected" / "figures" / "prevalence.pdf").is_file()
    shares = pd.read_csv(tmp_path / "sheet-corrected" / "shares.csv")
    assert shares["share"].to_numpy() == pytest.approx(shares["predicted"].to_numpy())
    needed = json.loads(
        call("label-sample", folder, "--topic", "1", "--for-change", "40", "--json")
    )
    assert needed["tried"] and not (tmp_path / "sheet.csv.part").exists()
    call("label-sample", folder, "--intrusion", "words", "-o", str(tmp_path / "w.csv"))
    items = {
        i["id"]: i["intruder"] for i in json.loads((tmp_path / "w.key.json").read_text())["items"]
    }
    words = pd.read_csv(tmp_path / "w.csv", dtype=str)
    words.assign(code=words["id"].map(items)).to_csv(tmp_path / "w.csv", index=False)
    assert "1 of 1 answers found the intruder" in call(
        "label-read", folder, str(tmp_path / "w.csv")
    )
