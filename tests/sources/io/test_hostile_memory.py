"""Hostile files of every source: endless lines, bombs, NUL bytes, mixed encodings, ids as paths.

Peaks are printed: python -m pytest -s tests/sources/test_hostile_memory.py
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trends as tr
from trends.errors import DataError, TrendsError
from trends.sources import read_corpus

SAMPLES = Path(__file__).parents[1] / "samples"
#: How an endless record of each source begins.
BEGINNINGS = {
    "acl-anthology": (
        "a.xml",
        b"<?xml version='1.0'?>\n<collection id='2020.acl'><volume id='1'><paper id='1'><title>",
    ),
    "arxiv": ("b.xml", b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>'),
    "bibtex": ("c.bib", b"@article{a, title = {"),
    "crossref": ("d.json", b'{"message": {"items": [{"DOI": "10.1/x", "title": ["'),
    "hf-daily": ("e.json", b'[{"paper": {"id": "2403.00123", "title": "'),
    "openalex": ("f.json", b'{"results": [{"id": "https://openalex.org/W1", "title": "'),
    "pubmed": (
        "g.xml",
        b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>",
    ),
    "ris": ("h.ris", b"TY  - JOUR\nTI  - "),
    "semantic-scholar": ("i.jsonl", b'{"paperId": "x", "title": "'),
    "table": ("j.csv", b"id,text,date\n1,"),
    "papers-page": ("k.txt", b"Daily Papers\nNov 10\n"),
}
#: MiB by which memory may grow for a file of 1,024 MiB.
MOST = 300
PROGRAM = """
import json, os, resource, sys, time
import pandas, pyarrow.parquet, trends.sources.records.build, trends.sources.tables.formats.csv_file
import trends.sources.io.xml_stream, trends.sources.daily_papers.page
from pathlib import Path
from trends.errors import TrendsError
from trends.sources import read_corpus
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for source, path in json.loads(sys.argv[1]):
    if (child := os.fork()):  # so that no file hides behind the peak of another
        os.waitpid(child, 0)
        continue
    options = {"text": "text", "date": "date"} if source == "table" else {}
    before, begin = peak(), time.process_time()
    try:
        read_corpus([Path(path)], source=source, **options)
        said = ""
    except TrendsError as error:
        said = str(error)
    seconds = time.process_time() - begin
    print(json.dumps([source, path, said, peak() - before, seconds]), flush=True)
    os._exit(0)
"""


def measured(files: list[tuple[str, Path]]) -> list[list[object]]:
    """Source, file, what was said, MiB and CPU seconds of each."""
    given = json.dumps([[source, str(path)] for source, path in files])
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, given],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(rows) == len(files)
    for source, path, said, grown, seconds in rows:
        print(f"{source:18} {Path(path).name:12} {grown:6.0f} MiB {seconds:6.2f} s  {said[-110:]}")
    return rows


@pytest.mark.slow
def test_a_line_of_a_gigabyte_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    block = gzip.compress(b"a" * 2**24)
    files = []
    for source, (name, begin) in BEGINNINGS.items():
        if source == "papers-page":  # is not read packed
            path = tmp_path / name
            with path.open("wb") as f:
                f.write(begin)
                f.seek(2**30)  # a hole: a gigabyte of zeros that takes no room
                f.write(b"a")
        else:
            path = tmp_path / f"{name}.gz"
            path.write_bytes(gzip.compress(begin) + block * 64)
        files.append((source, path))
    for source, path, said, grown, _ in measured(files):
        assert Path(str(path)).name in str(said), source
        assert float(str(grown)) < MOST, source


@pytest.mark.slow
def test_zip_bombs_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A workbook with too large a table of texts, and one with a cell of 300 MiB."""
    paths = [tmp_path / "strings.xlsx", tmp_path / "cell.xlsx"]
    for path, part, size in zip(
        paths, ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"), (300, 300), strict=True
    ):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            with archive.open(part, "w") as f:
                f.write(b"<worksheet><sheetData><row><c><v>")
                for _ in range(size):
                    f.write(b"1" * 2**20)
    for _, path, said, grown, _ in measured([("table", p) for p in paths]):
        assert Path(str(path)).name in str(said)
        assert float(str(grown)) < MOST


@pytest.mark.slow
def test_parquet_bombs_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A text of a megabyte that 20,000 rows share, by two encodings, and rows without end."""
    rows = 20_000
    long = pa.array(["x" * 2**20]).dictionary_encode()
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), long.dictionary)
    texts = {"dictionary": shared, "prefixes": pa.array(["x" * 2**20] * 80)}
    texts["rows"] = pa.nulls(3_000_000, pa.string())
    files = []
    for name, text in texts.items():
        few = pa.array(["a"]).dictionary_encode().dictionary
        same = pa.DictionaryArray.from_arrays(pa.array([0] * len(text), pa.int8()), few)
        columns = dict.fromkeys(("id", "title", "source", "date_precision", "date_evidence"), same)
        table = pa.table({"text": text, "date": pa.nulls(len(text), pa.string()), **columns})
        how = {"use_dictionary": True, "store_schema": name != "dictionary"}
        if name == "prefixes":
            how |= {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}}
            table = table.select(["text", "date"])
        path = tmp_path / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=len(text), **how)
        assert path.stat().st_size < 100_000
        files += [(source, path) for source in ("table", "corpus")]
    for source, path, said, grown, _ in measured(files):
        assert "times its size" in str(said) and Path(str(path)).name in str(said), (source, said)
        assert float(str(grown)) < 2 * MOST, (source, path)


def sample(source: str) -> Path:
    return next(p for p in sorted(SAMPLES.iterdir()) if p.name.startswith(source))


@pytest.mark.parametrize("source", [s for s in BEGINNINGS if s not in ("table", "papers-page")])
def test_a_nul_byte_is_refused_or_taken_out(source: str, tmp_path: Path) -> None:
    data = sample(source).read_bytes()
    for at in range(40, len(data), max(1, len(data) // 12)):
        path = tmp_path / f"nul{sample(source).suffix}"
        path.write_bytes(data[:at] + b"\0" + data[at:])
        try:
            corpus = read_corpus([path], source=source)
        except TrendsError as error:
            assert path.name in str(error)
        else:
            assert not any("\0" in v for c in ("id", "title", "text") for v in corpus.documents[c])


@pytest.mark.parametrize("source", [s for s in BEGINNINGS if s not in ("table", "papers-page")])
def test_mixed_encodings_are_refused_or_named(source: str, tmp_path: Path) -> None:
    """Bytes of Latin-1 among many letters of UTF-8 are no letters of either."""
    data = sample(source).read_bytes()
    title = max(
        read_corpus([sample(source)], source=source).documents["title"].iloc[0].split(), key=len
    )
    at = data.index(title.encode())
    path = tmp_path / f"mixed{sample(source).suffix}"
    path.write_bytes(data[:at] + "éüöà".encode() * 20 + b" caf\xe9 " + data[at:])
    try:
        corpus = read_corpus([path], source=source)
    except DataError as error:
        assert path.name in str(error)
    else:  # a line of its own can be dropped, and is counted
        assert corpus.notes["dropped"]


@pytest.mark.parametrize("source", [s for s in BEGINNINGS if s not in ("table", "papers-page")])
def test_ids_that_are_paths_or_formulas_reach_no_file_and_no_cell_for_excel(
    source: str, tmp_path: Path
) -> None:
    text = sample(source).read_text(encoding="utf-8")
    names = [str(i) for i in read_corpus([sample(source)], source=source).ids]
    bare = [
        max((n[k:] for k in range(len(n)) if n[k:] in text), key=len, default="") for n in names
    ]
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir(), out.mkdir()
    changed = 0
    for evil in ("../../../evil", "=1+1"):
        path = folder / f"ids{sample(source).suffix}"
        path.write_text(
            text.replace(next((b for b in bare if len(b) > 3), "\0"), evil), encoding="utf-8"
        )
        try:
            corpus = read_corpus([path], source=source)
        except TrendsError:
            continue
        changed += 1
        tr.write_corpus(corpus, out / "corpus.csv", for_excel=True)
        cells = [
            cell
            for line in (out / "corpus.csv").read_text(encoding="utf-8").splitlines()
            for cell in line.split(",")
        ]
        assert not any(cell.strip('"').startswith(("=", "@")) for cell in cells)
        assert [p.name for p in tmp_path.rglob("*") if p.is_file()] in (
            ["corpus.csv", path.name],
            [path.name, "corpus.csv"],
        )
    assert changed or source == "hf-daily"
