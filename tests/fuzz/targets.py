"""What is fuzzed: one function per parser, which raises only if a promise is broken.

A promise: what comes out is a result or a ``TrendsError`` in a sentence; every record that was read
is kept or counted as dropped; no input takes long.
"""

from __future__ import annotations

import gzip
import importlib
import io
import json
import math
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "sources" / "samples"
#: Most CPU seconds that one input may take.
SLOWEST = 10.0
#: Sources that are parsed record by record, with the ending of their files; a sample of each is in
#: tests/sources/samples.
SOURCES = {
    "acl-anthology": ".xml",
    "arxiv": ".xml",
    "bibtex": ".bib",
    "constellate": ".jsonl",
    "crossref": ".json",
    "endnote-xml": ".xml",
    "hf-daily": ".json",
    "medline": ".nbib",
    "openalex": ".json",
    "pubmed": ".xml",
    "refer": ".enw",
    "ris": ".ris",
    "semantic-scholar": ".json",
    "web-of-science": ".txt",
}
TABLES = ("csv", "tsv", "jsonl", "xlsx", "parquet")
FUNCTIONS = ("dates", "markup", "boilerplate", "language", "encodings", "python-repr", "detect")
TARGETS = (*SOURCES, "papers-page", "features", "corpus", *TABLES, *FUNCTIONS)

_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)
_PARTS = {
    b"s": "xl/worksheets/sheet1.xml",
    b"t": "xl/sharedStrings.xml",
    b"w": "xl/workbook.xml",
    b"y": "xl/styles.xml",
}
_FEATURES = {
    b"d": "documents.parquet",
    b"c": "counts.npz",
    b"v": "vocabulary.txt",
    b"e": "embeddings.npy",
}


class BrokenPromise(AssertionError):
    """What no input may bring about."""


def check(target: str, data: bytes, folder: Path, seconds: float = math.inf) -> None:
    """Give one input to a target; ``folder`` is for its files. Raises whatever is a finding.

    Only the fuzzer sets ``seconds`` of the processor: no clock decides a test.
    """
    from trends.errors import TrendsError

    begin = time.process_time()
    try:
        _road(target)(data, folder)
    except TrendsError as error:
        if len(str(error)) < 10:
            raise BrokenPromise(f"not a sentence: {error!r}") from error
    if (took := time.process_time() - begin) > seconds:
        raise BrokenPromise(f"one input took {took:.1f} s")


@cache
def _road(target: str) -> Callable[[bytes, Path], None]:
    if target in SOURCES or target == "papers-page":
        return partial(_source, target, SOURCES.get(target, ".txt"))
    if target in TABLES:
        return partial(_table, target)
    return {"features": _features, "corpus": _corpus}.get(target) or partial(_function, target)


def _whole(corpus: object) -> None:
    """Read = kept + dropped, and the notes can be written."""
    notes = corpus.notes
    if notes["records"] != len(corpus) + sum(notes.get("dropped_by_reason", {}).values()):
        raise BrokenPromise(
            f"{notes['records']} records were read, {len(corpus)} kept, "
            f"{notes.get('dropped_by_reason')} dropped"
        )
    json.dumps(notes, allow_nan=False).encode()
    for column in ("id", "title", "text"):
        "".join(corpus.documents[column]).encode()


def _source(name: str, ending: str, data: bytes, folder: Path) -> None:
    from trends.sources import read_corpus

    path = folder / f"input{ending}"
    path.write_bytes(data)
    corpus = read_corpus([path], source=name)
    if name == "papers-page":  # a paper of several pages is one document, and no record is dropped
        json.dumps(corpus.notes).encode()
    else:
        _whole(corpus)


def _table(kind: str, data: bytes, folder: Path) -> None:
    from trends.sources import read_corpus

    path = folder / f"input.{kind}"
    path.write_bytes(workbook(data) if kind == "xlsx" else data)
    _whole(read_corpus([path], source="table", text="text", date="date"))


def workbook(data: bytes) -> bytes:
    """A sound Excel file with one part replaced; ``r`` for the file as such."""
    if data[:1] not in _PARTS:
        return data[1:]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in _book().items():
            new.writestr(name, data[1:] if name == _PARTS[data[:1]] else content)
        if data[:1] == b"t":
            new.writestr(_PARTS[b"t"], data[1:])
    return out.getvalue()


@cache
def _book() -> dict[str, bytes]:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["id", "text", "date"],
        ["a", "Some words of a text.", 2001],
        ["b", "More words of a text.", "2002-03"],
    ):
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old:
        return {name: old.read(name) for name in old.namelist() if name != _PARTS[b"t"]}


def _frame() -> object:
    import pandas as pd

    days = pd.to_datetime(["2020-05-01", "1999-12-31", None])
    texts = ["Some words.", "More words.", "Words."]
    kinds = {
        "date_precision": ["month", "day", None],
        "date_evidence": ["arxiv-id", "stated", "none"],
    }
    return pd.DataFrame(
        {
            "id": list("abc"),
            "title": ["One", "Two", ""],
            "text": texts,
            "date": days,
            **kinds,
            "source": "test",
        }
    )


@cache
def _parquet() -> bytes:
    """A sound corpus file."""
    from trends.core import Corpus
    from trends.sources.stored.corpus_file import write

    with tempfile.TemporaryDirectory() as folder:
        write(
            Corpus(_frame(), name="test", notes={"records": 3, "dropped": []}),
            Path(folder) / "c.parquet",
        )
        return (Path(folder) / "c.parquet").read_bytes()


def _corpus(data: bytes, folder: Path) -> None:
    """A corpus file: ``r`` and its bytes, or ``m`` and what its metadata say about it."""
    import pyarrow.parquet as pq

    from trends.sources.stored.corpus_file import read

    path = folder / "input.parquet"
    if data[:1] == b"m":
        pq.write_table(
            pq.read_table(io.BytesIO(_parquet())).replace_schema_metadata({b"trends": data[1:]}),
            path,
        )
    else:
        path.write_bytes(data[1:])
    json.dumps(read([path]).notes)


@cache
def _folder() -> dict[str, bytes]:
    """A sound folder of features."""
    import numpy as np
    from scipy import sparse

    from trends.core import Corpus, TermCounts
    from trends.sources.stored.features import write

    counts = TermCounts(
        sparse.csr_matrix(np.array([[1, 0], [2, 1], [0, 3]])),
        ("one", "two"),
        tuple("abc"),
        settings={},
    )
    corpus = Corpus(
        _frame(),
        counts=counts,
        embeddings=np.eye(3, dtype=np.float32),
        name="test",
        notes={"records": 3, "dropped": []},
    )
    with tempfile.TemporaryDirectory() as folder:
        write(
            corpus,
            Path(folder) / "f",
            provenance={"embedding": {"model": "tiny", "sha256": "0" * 64}},
        )
        return {p.name: p.read_bytes() for p in (Path(folder) / "f").iterdir()}


def _features(data: bytes, folder: Path) -> None:
    """A folder of features with one part replaced, and its right hash."""
    import hashlib

    from trends.sources.stored.features import read

    parts = dict(_folder())
    if data[:1] in _FEATURES:
        name = _FEATURES[data[:1]]
        parts[name] = data[1:]
        about = json.loads(parts["features.json"])
        about["files"][name]["sha256"] = hashlib.sha256(data[1:]).hexdigest()
        parts["features.json"] = json.dumps(about).encode()
    else:
        parts["features.json"] = data[1:]
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    json.dumps(read([folder]).notes)


def _function(name: str, data: bytes, folder: Path) -> None:
    if name == "encodings":
        from trends.sources.io.lines import open_lines

        path = folder / "input.txt"
        path.write_bytes(data)
        lines = open_lines(path)
        text, encoding = "".join(lines.decoded()), lines.encoding.removesuffix("-sig")
        if encoding != "utf-16" and text.encode(encoding) not in (
            data,
            data.removeprefix(b"\xef\xbb\xbf"),
        ):
            raise BrokenPromise(f"{encoding} does not give the bytes back")
        return
    if name == "detect":
        from trends.sources.detect import detect

        (folder / "input.json").write_bytes(data)
        detect([folder / "input.json"])
        return
    text = data.decode("utf-8", "surrogateescape")
    if name == "dates":
        from trends.sources.dates.alone import parse_date

        date = parse_date(text)
        if date.last < date.first or not date.written:
            raise BrokenPromise(f"{text!r} was read as {date}")
    elif name == "python-repr":
        from trends.sources.io.python_repr import parse as parse_repr

        try:
            value = parse_repr(text)
        except ValueError:  # its caller makes it a sentence
            return
        if not isinstance(value, dict | list | tuple | str | int | float | bool | None):
            raise BrokenPromise(f"{type(value)} came out of a Python literal")
    elif name == "language":
        from trends.sources.records import language

        language.code(text)
        if not 0 <= language.guess(text)[1] <= 1:
            raise BrokenPromise("a probability beyond 0 and 1")
    elif name == "boilerplate":
        from trends.sources.records import boilerplate

        plain, rules = boilerplate.remove(text)
        boilerplate.is_withdrawn(text)
        if len(plain) > len(text) or bool(rules) != (plain != text):
            raise BrokenPromise(
                "boilerplate was removed that the counts do not know, or text was added"
            )
    else:
        from trends.sources.records import markup

        markup.strip(text)


def modules() -> list[str]:
    """What is instrumented: all code that a parser may run."""
    room = HERE.parents[1] / "trends" / "sources"
    own = [
        ".".join(p.relative_to(room).with_suffix("").parts)
        for p in room.rglob("*.py")
        if p.stem != "__init__" and "fetch" not in p.relative_to(room).parts
    ]
    return [
        "trends.errors",
        "trends.core",
        "trends.sources",
        *(f"trends.sources.{name}" for name in sorted(own)),
    ]


def load() -> None:
    """Import everything, so that no time of an input is that of an import."""
    for name in modules():
        importlib.import_module(name)


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with: samples of the tests, small ones made here, earlier findings."""
    found = [p.read_bytes() for p in sorted((HERE / "seeds" / target).glob("*"))]
    if target in SOURCES:
        own = [
            p.read_bytes()
            for p in sorted(SAMPLES.iterdir())
            if p.name.startswith(target) or p.name.startswith(f"{target}_")
        ]
        return [*found, *own, gzip.compress(own[0], mtime=0), own[0].decode().encode("utf-16")]
    if target == "papers-page":
        page = (
            "Subscribe\nDaily Papers\nbyAK and the research community\nNov 10\n\nOne Title\n\nAn "
            "abstract of words. It has two sentences.\n\n  3 authors\n·\nNov 10, "
            "2023\n\nTwo\n\nMore words of another abstract.\n\n"
        )
        return [
            *found,
            page.encode(),
            page.replace("One", "# [One](https://example.org/1)").replace("\n", "\r\n").encode(),
            page.encode("utf-16"),
        ]
    rows = (
        'id,title,text,date\na,One,Some words of a text.,2001\nb,Two,"More words, '
        'quoted",2002-03-04\n'
    )
    if target in ("csv", "tsv"):
        text = (
            rows if target == "csv" else rows.replace('"', "").replace(", ", " ").replace(",", "\t")
        )
        return [
            *found,
            text.encode(),
            text.replace("\n", "\r\n").encode("utf-16"),
            (text + "c,,é,May 2003").encode("latin-1"),
            gzip.compress(text.encode(), mtime=0),
        ]
    if target == "jsonl":
        return [
            *found,
            (
                b'{"id": "a", "text": "Some words.", "date": 2001}\n'
                b'{"text": "More \\u00e9", "date": "2002-03-04", "n": [1]}\n'
            ),
            b'[{"text": "a", "date": null}]',
        ]
    if target == "xlsx":
        book = _book()
        made = [key + book[name] for key, name in _PARTS.items() if name in book]
        cells = (
            b"<row r='1'><c r='A1' t='inlineStr'><is><t>text</t></is></c>"
            b"<c r='B1' t='str'><v>date</v></c></row>"
            b"<row r='3'><c r='A3' t='inlineStr'><is><t>a</t></is></c>"
            b"<c r='B3' s='1'><v>36526</v></c><c t='e'><v>#N/A</v></c></row>"
        )
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as z:
            for name, content in book.items():
                z.writestr(zipfile.ZipInfo(name), content)
        return [
            *found,
            *made,
            b"s" + _SHEET % cells,
            b"r" + whole.getvalue(),
            b"t<sst><si><t>text</t></si><si><r><t>date</t></r></si></sst>",
        ]
    if target == "parquet":
        import pandas as pd

        raw = io.BytesIO()
        pd.DataFrame(
            {"text": ["One text.", None], "date": [2001, 2002], "n": [0.5, 1.5]}
        ).to_parquet(raw, compression=None)
        return [*found, raw.getvalue(), _parquet()]
    if target == "corpus":
        return [
            *found,
            b"r" + _parquet(),
            (
                b'm{"version": 1, "name": "x", "notes": {"records": 3, "dropped": '
                b'[{"record": "a", "reason": "b"}]}, "observed_from": "2001-01-01"}'
            ),
        ]
    if target == "features":
        parts = _folder()
        return [
            *found,
            b"j" + parts["features.json"],
            *(key + parts[name] for key, name in _FEATURES.items()),
        ]
    texts = {
        "dates": [
            "2019",
            "2019-05-03",
            "2019-05-03T23:30:00-05:00",
            "Mon, 2 Apr 2007 19:18:42 GMT",
            "12-14 June 2019",
            "2013 3rd Quart",
            "2013-01/2013-03",
            "Spring 2013",
            "2019 Dec-2020 Jan",
            "2013-21",
            "2014/05/01",
        ],
        "markup": [
            "<jats:p>Some <i>text</i> &amp; more &lt;b&gt;</jats:p>",
            "An $O(n^2)$ \\emph{bound} for \\'etale \\cite{a} {\\bf b}",
            "<math><mi>x</mi></math> &#x41; &bogus;",
        ],
        "boilerplate": [
            "Abstract: We show. (c) 2019 Elsevier B.V. All rights reserved.",
            "BACKGROUND: One. METHODS: Two. RESULTS: Three.",
            "This paper has been withdrawn by the authors.",
        ],
        "language": [
            "We show that the bound of the method is tight for all of the cases that we know.",
            "Wir zeigen, dass die Schranke des Verfahrens in allen bekannten Fällen scharf ist.",
            "en-US",
            "German",
        ],
        "python-repr": [
            "{'title': 'A', 'n': [1, -2.5, None, True], 'b': (\"x\\n\", 'y')}",
            "[{'a': {'b': 'c\\u00e9'}}]",
        ],
        "detect": [
            '[{"paperId": "x", "title": "a"}]',
            "<feed/>",
            "@misc{a, title={b}}",
            "TY  - JOUR\nER  - \n",
            "text,date\na,1",
        ],
        "encodings": ["A text of plain words.", "Ein Text mit Umläuten: äöü."],
    }[target]
    made = [t.encode() for t in texts]
    if target == "encodings":
        made += [
            "Ein Text mit Umläuten.".encode(e)
            for e in ("latin-1", "utf-16", "utf-8-sig", "utf-32", "cp1252")
        ]
    return [*found, *made]


#: Pieces that a mutation may put in, by what the target reads.
_JSON = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    "null",
    "true",
    "1e999",
    "NaN",
    "-1",
    '"\\ud800"',
    "\\u0000",
    '{"a":',
    "[[[[",
    "99999999999999999999",
]
_XML = [
    "<",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x ?>",
    "&amp;",
    "&x;",
    "&#0;",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    "xmlns=",
]
_TEXT = [
    "\0",
    "\ufeff",
    "\r\n",
    "\u2028",
    "=1+1",
    "2019-99-99",
    "0000",
    "9999-12-31",
    "../../",
    "\x1f\x8b",
    "\u0663",
    "\u00b2",
]
_OWN = {
    "bibtex": ["@article{", "@string{", "@comment", "}", "title = {", "#", "\\'{e}", "crossref = "],
    "ris": ["TY  - JOUR", "ER  - ", "TI  - ", "AB  - ", "PY  - ", "DA  - "],
    "web-of-science": [
        "FN ",
        "PT J",
        "ER",
        "EF",
        "\nTI ",
        "\nPY 2014",
        "\nPD SPR",
        "PT\tTI\t",
        "\n   ",
    ],
    "medline": ["PMID- ", "\nTI  - ", "\nDP  - 2014", "\nDEP - ", "\nAID - ", "[doi]", "\n      "],
    "refer": ["%0 Book", "\n%T ", "\n%D 2014", "\n%8 May", "\n\n", "\n%X "],
    "endnote-xml": ["<records>", "<record>", "<titles>", "<pub-dates>", "<style>"],
    "constellate": ["docType", "publicationYear", "fullText", "unigramCount"],
    "papers-page": ["·", "authors", "Daily Papers", "Nov 10", "• ", "]("],
    "markup": [
        "$",
        "\\begin{",
        "\\end{",
        "\\frac{",
        "{",
        "<p>",
        "</p>",
        "&lt;",
        "\\",
        "<tex-math>",
    ],
    "boilerplate": [
        "©",
        "(c)",
        "Copyright",
        "Elsevier",
        "2019",
        "ABSTRACT ",
        "METHODS: ",
        "withdrawn",
        "All rights reserved.",
    ],
    "dates": ["-", "/", "Q3", "Spring", "May", " to ", "31", "T", "+02:00", "th"],
    "python-repr": ["'", '"', "\\N{DIGIT ONE}", "\\x", "None", "(", ",)", "1_0", "0x", "b'"],
    "xlsx": ['r="XFD1048576"', 't="s"', 't="d"', 's="9"', "<v>", "<f>", "<row>", "<c>"],
}


def tokens(target: str) -> list[str]:
    """Pieces for the mutations of a target."""
    return [*_TEXT, *_JSON, *_XML, *_OWN.get(target, [])]
