"""What every source that is parsed record by record promises, whatever it is given."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trends.errors import DataError, TrendsError, UsageError
from trends.sources import read_corpus
from trends.sources.detect import detect
from trends.sources.records.record import Dropped, Record

from .contract import CONTRACT, records

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(SAMPLES.iterdir())
NAMES = (
    "acl-anthology",
    "arxiv",
    "bibtex",
    "constellate",
    "crossref",
    "endnote-xml",
    "hf-daily",
    "medline",
    "openalex",
    "pubmed",
    "refer",
    "ris",
    "semantic-scholar",
    "web-of-science",
)
JSON = (
    "acl-anthology",
    "arxiv",
    "constellate",
    "crossref",
    "hf-daily",
    "openalex",
    "semantic-scholar",
)
XML = ("acl-anthology", "arxiv", "endnote-xml", "pubmed")
TEXT = {
    "bibtex": ".bib",
    "medline": ".nbib",
    "refer": ".enw",
    "ris": ".ris",
    "web-of-science": ".ciw",
}


def source_of(path):
    return "arxiv" if path.stem.startswith("arxiv") else path.stem.partition("_")[0]


def ending(source):
    return TEXT.get(source, ".xml" if source in XML else ".json")


@pytest.fixture(params=FILES, ids=lambda p: p.name)
def sample(request):
    return request.param


def test_there_is_a_sample_of_every_source():
    assert {source_of(path) for path in FILES} == set(NAMES)


@pytest.mark.parametrize("check", CONTRACT, ids=lambda c: c.__name__)
def test_every_source_keeps_the_contract(check, sample, tmp_path):
    check(source_of(sample), sample, tmp_path)


def test_packed_or_not_a_file_is_recognized(sample, tmp_path):
    packed = tmp_path / f"{sample.name}.gz"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    assert detect([packed]) == detect([sample]) == source_of(sample)


@pytest.mark.parametrize("source", [s for s in NAMES if s not in XML])
def test_utf_16_is_read_where_it_says_so(source, tmp_path):
    path = next(p for p in FILES if source_of(p) == source)
    other = tmp_path / path.name
    other.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert detect([other]) == source
    assert read_corpus([other]).fingerprint == read_corpus([path]).fingerprint


@pytest.mark.parametrize("source", [s for s in NAMES if s in JSON])
@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"a":' * 100_000, '[{"title": ' + "[" * 100_000],
    ids=["list", "object", "inside"],
)
def test_deep_json_is_refused(source, content, tmp_path):
    path = tmp_path / "deep.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="deep"):
        read_corpus([path], source=source)


@pytest.mark.parametrize("source", XML)
@pytest.mark.parametrize("kind", ["secret", "laughs", "attribute", "parameter"])
def test_entities_of_xml_reach_nothing_and_grow_nothing(source, kind, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell", encoding="utf-8")
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
    )
    subset, use, extra = {
        "secret": (f'<!ENTITY e SYSTEM "{secret.as_uri()}">', "&e;", ""),
        "laughs": (laughs, "&a9;", ""),
        "attribute": (laughs, "", ' x="&a9;"'),
        "parameter": (f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;', "", ""),
    }[kind]
    root = {
        "acl-anthology": "collection",
        "arxiv": "feed",
        "pubmed": "PubmedArticleSet",
        "endnote-xml": "xml",
    }[source]
    path = tmp_path / "bad.xml"
    path.write_text(
        f"<!DOCTYPE {root} [{subset}]><{root}{extra}><entry><title>{use}</title></entry></{root}>",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"bad\.xml") as caught:
        records(source, path)
    assert "do not tell" not in str(caught.value)


def test_ids_are_names_and_never_paths(tmp_path):
    path = tmp_path / "a.jsonl"
    names = ["../../etc/passwd", "..\\..\\x", "/absolute", "a\u0000b", "=1+1", "\ud800", "x" * 5000]
    lines = [
        {"paperId": name, "title": f"Title {i}", "abstract": "Text.", "year": 2020}
        for i, name in enumerate(names)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    corpus = read_corpus([path])
    assert len(corpus) == len(names)
    assert all(len(i) <= 250 and "\0" not in i and i.encode() for i in corpus.ids)
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as f:
        f.write(b'[{"title": "')
        for _ in range(80):
            f.write(b"a" * 2**20)
    for source in JSON:
        with pytest.raises(DataError, match=r"longer than|gzip bomb"):
            records(source, path)


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (
            {"a.json": '[{"DOI": "10.1/x", "issued": {}, "paperId": "x"}]'},
            "crossref or semantic-scholar",
        ),
        ({"a.json": '[{"colour": "red"}]'}, "name its columns of text and date"),
        ({"a.xml": "<rss><channel/></rss>"}, "--source"),
        (
            {"a.bib": "@misc{a, title={b}}", "b.ris": "TY  - JOUR\nER  - \n"},
            "files of several sources",
        ),
    ],
)
def test_what_may_be_several_or_none_is_asked_about(files, what, tmp_path):
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises((UsageError, DataError), match=what):
        detect([tmp_path if len(files) > 1 else tmp_path / next(iter(files))])


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("page.md", "[new](x)\nDaily Papers\n", "papers-page"),
        ("page.txt", "{ not JSON", "papers-page"),
        ("export.txt", "TY  - JOUR\nER  - \n", "ris"),
        ("refs.txt", "\n@misc{a, title={b}}", "bibtex"),
        ("empty.bib", "% none yet\n", "bibtex"),
    ],
)
def test_texts_are_known_by_how_they_begin(name, content, source, tmp_path):
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert detect([tmp_path / name]) == source


def test_days_of_collection_are_options_of_every_source():
    path = SAMPLES / "openalex.json"
    corpus = read_corpus([path], collected_on="2019-12-31", observed_until="2019-12-31")
    assert [row["date"] for row in corpus.notes["future_dates"]] == ["2020-04-17"]
    with pytest.raises(UsageError, match="collected_on is '2019'"):
        read_corpus([path], collected_on="2019")


@pytest.mark.parametrize("source", NAMES)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_ends_in_records_or_in_an_error_of_ours(source, tmp_path, data):
    """Stretches of a file cut, overwritten, doubled: each outcome is counted or a sentence."""
    path = data.draw(st.sampled_from([p for p in FILES if source_of(p) == source]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        piece = data.draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [
                        b"null",
                        b"{}",
                        b"[]",
                        b"{",
                        b"<",
                        b"&x;",
                        b"\0",
                        b"9" * 5000,
                        b'"\\ud800"',
                        b"#",
                        b"\nTY  - ",
                        b"\n@a{",
                    ]
                ),
            )
        )
        content[at : at + data.draw(st.integers(0, 40))] = piece
    other = tmp_path / f"damaged{path.suffix}"
    other.write_bytes(bytes(content))
    try:
        found = records(source, other)
    except TrendsError as error:
        assert "damaged" in str(error)
        return
    for item in found:
        assert isinstance(item, Record | Dropped)
        if isinstance(item, Record):
            "".join(
                [item.id, item.title, item.text, item.venue, *item.ids.values()]
            ).encode()  # no half characters
