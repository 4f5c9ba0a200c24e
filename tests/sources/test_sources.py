"""What every source promises, and how an input finds its source."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from trends.core import Corpus, TermCounts
from trends.errors import DataError, MissingError, StorageError, TrendsError, UsageError
from trends.sources import SOURCES, read_corpus
from trends.sources.detect import detect
from trends.sources.stored import corpus_file, features
from trends.sources.tables import export as table_export

SAMPLES = Path(__file__).parent / "samples"
NOTES = {
    "records": int,
    "per_input": dict,
    "dropped": list,
    "conflicts": list,
    "warnings": list,
    "inputs": dict,
}


@pytest.fixture
def inputs(tmp_path, render, sentences):
    """For every source something to read."""
    records = [
        {
            "title": f"Paper {i}",
            "abstract": sentences(4),
            "date": f"May {i}, 2023",
            "left": "2 authors",
        }
        for i in range(1, 6)
    ]
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(render(records), encoding="utf-8")
    corpus = read_corpus([tmp_path / "pages"], dates="none")
    corpus_file.write(corpus, tmp_path / "corpus.parquet")
    counts = TermCounts(sparse.csr_matrix(np.eye(5, dtype=int)), tuple("abcde"), corpus.ids)
    whole = Corpus(
        corpus.documents,
        counts=counts,
        embeddings=np.eye(5),
        notes=corpus.notes,
        observed_until=corpus.observed_until,
    )
    features.write(whole, tmp_path / "features")
    table_export.write(corpus, tmp_path / "table.csv")
    return {
        "papers-page": tmp_path / "pages",
        "corpus": tmp_path / "corpus.parquet",
        "features": tmp_path / "features",
        "pretraining": Path("pretraining"),
        "table": tmp_path / "table.csv",
        **{
            path.stem: path
            for path in SAMPLES.iterdir()
            if path.stem in SOURCES and path.name != "arxiv.jsonl"
        },
    }


@pytest.mark.parametrize("name", list(SOURCES))
def test_contract(inputs, name):
    assert detect([inputs[name]]) == name
    corpus = read_corpus([inputs[name]], source=name)
    assert isinstance(corpus, Corpus)
    assert len(corpus) > 0
    for key, kind in NOTES.items():
        assert isinstance(corpus.notes[key], kind), key
    assert json.loads(json.dumps(corpus.notes)) == corpus.notes
    assert sum(corpus.notes["per_input"].values()) == corpus.notes["records"]
    assert all({"record", "reason"} <= set(d) for d in corpus.notes["dropped"])
    assert all({"id", "title", "kept", "other", "why"} <= set(c) for c in corpus.notes["conflicts"])
    assert corpus.has_text or (corpus.counts is not None and corpus.embeddings is not None)
    assert (
        read_corpus([inputs[name]]).fingerprint == corpus.fingerprint
    )  # auto finds it, and reading again gives the same


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_takes_paths_a_name_and_refuses_other_options(inputs, name):
    parameters = inspect.signature(SOURCES.load(name)).parameters
    assert next(iter(parameters)) == "paths"
    assert read_corpus([inputs[name]], source=name, name="called").name == "called"
    with pytest.raises(UsageError, match="Did you mean 'name'"):
        read_corpus([inputs[name]], source=name, nam="x")


def test_embedded_corpus_is_the_founding_one(shared):
    packaged, pages = read_corpus(["pretraining"]), read_corpus([shared / "seeds"])
    assert packaged.ids == pages.ids
    columns = ["id", "title", "date", "date_precision", "date_evidence"]
    assert packaged.documents[columns].equals(pages.documents[columns])
    assert packaged.embeddings.shape == (356, 384)
    assert packaged.counts.n_documents == 356
    assert packaged.observed_until == pages.observed_until
    assert packaged.notes["records"] == 452


def test_embedded_corpus_needs_nothing_else():
    corpus = read_corpus(["pretraining"])
    assert corpus.name == "pretraining"
    assert corpus.summary()["by_precision"] == {"day": 239, "month": 116, "year": 0}
    assert not corpus.has_text
    assert "text" not in corpus.documents.columns
    with pytest.raises(UsageError, match="takes no other input"):
        SOURCES.load("pretraining")([Path("other")])


def test_one_path_need_not_be_in_a_list(inputs):
    assert len(read_corpus(inputs["corpus"])) == 5
    assert len(read_corpus(str(inputs["corpus"]))) == 5


def test_unknown_source_names_the_nearest(inputs):
    with pytest.raises(UsageError, match="Did you mean 'features'"):
        read_corpus([inputs["features"]], source="feature")


@pytest.mark.parametrize(
    ("make", "error", "what"),
    [
        (lambda t: [], UsageError, "No input was given"),
        (lambda t: [t / "gone"], MissingError, "gone"),
        (lambda t: [""], DataError, "neither saved pages"),
        (lambda t: ["x" * 5000], StorageError, "Could not read"),
        (lambda t: ["a\0b"], MissingError, "a.x00b"),
        (lambda t: [t], DataError, "holds neither saved pages"),
        (lambda t: [t / "file.pdf"], DataError, r"'\.pdf'.*--source"),
        (lambda t: [t / "file.pdf" / "x"], MissingError, "file.pdf"),
        (lambda t: ["pretraining", t / "page.txt"], UsageError, "cannot be read together"),
        (lambda t: [t / "a.parquet", t / "b.parquet"], UsageError, "cannot be read together"),
    ],
)
def test_inputs_of_no_known_kind_say_what_is_accepted(tmp_path, monkeypatch, make, error, what):
    folder = tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(folder)
    items = make(folder)
    for item in items:
        if isinstance(item, Path) and item.suffix in {".pdf", ".txt", ".parquet"}:
            item.write_bytes(b"x")
        if isinstance(item, Path) and item.parent.suffix:
            item.parent.write_bytes(b"x")
    with pytest.raises(error, match=what) as caught:
        read_corpus(items)
    if error is not StorageError:
        assert "accepted are" in str(caught.value) or "one input of another kind" in str(
            caught.value
        )


@pytest.mark.slow
def test_folder_and_file_without_permission(root):
    """Run as a user who may read nothing there: the message is a sentence at any depth."""
    # The other user may be unable to read the interpreter's own folder, so a first reading imports
    # all that reading needs; with no finder of modules left, a later import fails everywhere.
    code = (
        "import os, sys\nfrom trends.sources import read_corpus\n"
        "from trends.errors import StorageError, TrendsError\n"
        "for item in sys.argv[1:]:\n"
        "    try:\n        read_corpus([item])\n"
        "    except TrendsError:\n        pass\n"
        "sys.meta_path.clear()\n"
        "if os.geteuid() == 0:\n"  # root may read everything, nobody may not
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for item in sys.argv[1:]:\n"
        "    try:\n        read_corpus([item])\n"
        "    except StorageError as error:\n        print(str(error))\n"
    )
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        (top / "closed").mkdir()
        (top / "open").mkdir()
        for path in (top / "closed" / "a.txt", top / "b.txt", top / "open" / "c.txt"):
            path.write_text("x", encoding="utf-8")
            path.chmod(0)
        (top / "closed").chmod(0)
        items = [top / "closed", top / "closed" / "a.txt", top / "b.txt", top / "open"]
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, items)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        (top / "closed").chmod(0o755)
    if "Operation not permitted" in done.stderr:
        pytest.skip("root may not become another user here")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all("Could not read" in line and "Permission denied" in line for line in lines)


def test_import_is_light(root):
    code = (
        "import sys, trends.sources; print(','.join(sorted({'pandas', 'pyarrow', 'scipy', 'numpy'} "
        "& set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_every_error_of_a_source_is_one_of_ours(tmp_path):
    """Files of every kind under every ending: a corpus or one of our errors, nothing else."""
    contents = [
        b"",
        b"\0",
        b"PAR1",
        b"\xff\xfe",
        b"{}",
        b"Nov 10\nA\nB.",
        b"PK\x03\x04",
        os.urandom(64),
    ]
    for suffix in ("txt", "md", "parquet"):
        for i, data in enumerate(contents):
            path = tmp_path / f"{i}.{suffix}"
            path.write_bytes(data)
            try:
                read_corpus([path])
            except TrendsError as error:
                assert path.name in str(error)


def test_options_of_a_table_on_a_file_of_another_source_say_what_a_table_needs(tmp_path):
    row = {"id": "2020.garden-1.1", "title": "Moss", "abstract": "It grows.", "year": 2020}
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_corpus([path], date_format="%Y")
    for piece in (
        "was taken for acl-anthology",
        "--text, --date",
        "Its columns: id, title, abstract, year.",
        "leave 'date_format' out",
    ):
        assert piece in str(error.value)
    assert len(read_corpus([path], text="abstract", date="year")) == len(read_corpus([path])) == 1
    with pytest.raises(UsageError, match="Unknown option of the source acl-anthology 'dates'"):
        read_corpus([path], dates="year")  # no table has it either
    path.write_text(
        json.dumps({"id": 1, "body": "It grows.", "year": 2020}) + "\n", encoding="utf-8"
    )
    with pytest.raises(
        DataError,
        match=r"name its columns of text and date .*; the fields of its first record: id, body",
    ):
        read_corpus([path])
    with pytest.raises(UsageError, match=r"name the column of the text .* Its columns: id, body"):
        read_corpus([path], date="year")


@pytest.mark.parametrize(
    "arguments",
    [
        ["read", "FILE", "--text", "abstract", "--date", "year"],
        ["join", "FILE.parquet", "-o", "FILE2.parquet"],
    ],
)
@pytest.mark.slow
def test_commands_about_records_load_no_models(arguments, tmp_path):
    path = tmp_path / "papers.csv"
    path.write_text("title,abstract,year\nOne,Moss grows on stones.,2020\n", encoding="utf-8")
    corpus_file.write(
        read_corpus([path], text="abstract", date="year"), tmp_path / "papers.csv.parquet"
    )
    command = [each.replace("FILE", str(path)) for each in arguments]
    code = (
        f"import sys\nfrom trends.cli.main import app\napp({command!r}, "
        "standalone_mode=False)\nprint([m for m in ('sklearn', 'scipy.stats', 'statsmodels', "
        "'matplotlib', 'torch', 'gensim') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
