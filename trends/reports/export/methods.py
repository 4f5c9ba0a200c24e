"""What a run did, as text for a paper: ``methods.md``, ``methods.tex``, ``references.bib``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

import pandas as pd

from trends.core import statements
from trends.core.wording import listed
from trends.reports.export.cited_text import Paragraph, bibtex, cited, latex, markdown
from trends.reports.export.numbers import camel

#: What each backend is, and the packages that do its work.
BACKENDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "gibbs-lda": (
        "latent Dirichlet allocation [@blei2003] by collapsed Gibbs sampling [@griffiths2004]",
        ("tomotopy",),
    ),
    "lda": (
        (
            "latent Dirichlet allocation [@blei2003] by online variational Bayes [@hoffman2010] in "
            "gensim [@rehurek2010]"
        ),
        ("gensim",),
    ),
    "nmf": ("non-negative matrix factorization [@lee1999]", ()),
    "hdp": ("the hierarchical Dirichlet process [@teh2006]", ("tomotopy",)),
    "bertopic": (
        (
            "clusters of document vectors, reduced by UMAP [@mcinnes2018] and found by HDBSCAN "
            "[@mcinnes2017], whose words are weighted by class-based TF-IDF as in BERTopic "
            "[@grootendorst2022]"
        ),
        ("bertopic", "umap-learn", "hdbscan"),
    ),
    "kmeans": ("k-means clusters of document vectors [@lloyd1982]", ("scikit-learn",)),
}
_ALWAYS = ("numpy", "scipy")
_DIAGNOSTICS = {
    "lengths": "document length",
    "incomplete": "incomplete periods",
    "duplicates": "near-duplicates",
    "sources": "a changing mix of sources",
    "unassigned": "a trend of documents without a topic",
    "dates": "wrong dates",
    "vocabulary": "replaced words",
}


@dataclass(frozen=True)
class Methods:
    """The text of a run in three files, and the numbers that it adds to those of the run."""

    markdown: str
    latex: str
    bibtex: str
    numbers: dict[str, Any]


@dataclass
class _Values:
    """Numbers and pieces of text by key, collected while the text is written."""

    known: dict[str, Any]
    new: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: Any, *key: object) -> str:
        """A field of the template for a value."""
        name = camel(*key)
        self.known[name] = value
        if not isinstance(value, str):
            self.new[name] = value
        return f"{{{name}}}"


def packages(backends: Iterable[str]) -> list[str]:
    """Names of the packages whose versions the text states."""
    used = [p for b in backends for p in BACKENDS.get(b, ("", ()))[1]]
    return list(dict.fromkeys([*_ALWAYS, *used]))


def error_rates(of: Literal["topics", "concepts"] = "topics") -> dict[str, dict[str, float]]:
    """Error rates of the test, measured (``experiments/calibration``, ``experiments/concepts``)."""
    name = {"topics": "error_rates.csv", "concepts": "error_rates_concepts.csv"}[of]
    path = resources.files(__package__) / name
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file).set_index("rate")
    return {str(name): {str(k): float(v) for k, v in row.items()} for name, row in table.iterrows()}


def methods(
    numbers: Mapping[str, Any],
    config: Mapping[str, Any],
    about: Mapping[str, Any],
    versions: Mapping[str, str],
    multiverse: Mapping[str, Any] | None = None,
) -> Methods:
    """Write the methods of a run.

    Parameters
    ----------
    numbers : mapping
        Of :func:`~trends.reports.export.numbers.numbers`; the text names them by key.
    config : mapping
        The settings of the run.
    about : mapping
        ``corpus`` (its name), ``records``, ``dropped_by_reason``, ``cleaning``, ``by_precision``,
        ``terms`` (facts of the counts), ``spans``, ``interval``, ``denominator``, ``vectors`` (what
        made them, if there are any), ``number_of_topics`` (how it was chosen, if it was).
    versions : mapping
        Package → version, ``topic-trends`` among them.
    multiverse : mapping, optional
        ``multiverse.json``, if there was one.
    """
    say = _Values(dict(numbers))
    paragraphs: list[Paragraph] = [
        ("Corpus", _corpus(say, config, about)),
        ("Terms", _terms(say, config, about)),
        ("Topics", _topics(say, config, about)),
        ("Shares and test", _test(say, config, about)),
        *([("Multiverse", _multiverse(say, multiverse))] if multiverse else []),
        ("Error rates of the test", _rates(say)),
        ("Software", _software(say, versions)),
    ]
    return Methods(
        markdown("Methods", paragraphs, say.known),
        latex("Methods", paragraphs, say.known),
        bibtex(cited(paragraphs)),
        say.new,
    )


def _corpus(say: _Values, config: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    name = say(str(about["corpus"]), "name of corpus")
    out = [f"The corpus “{name}” holds {{documents}} documents, {{dated}} of them dated."]
    if dropped := sum(about["dropped_by_reason"].values()):
        reasons = listed(
            [say(str(r), "reason", i) for i, r in enumerate(about["dropped_by_reason"])]
        )
        out.append(
            f"Of {say(int(about['records']), 'records')} records {say(int(dropped), 'dropped')} "
            f"were left out: {reasons}."
        )
    if about["cleaning"]:
        rules = [
            f"{say(str(rule), 'rule', i)} ({say(int(n['documents']), 'cleaned', i)} documents)"
            for i, (rule, n) in enumerate(about["cleaning"].items())
        ]
        out.append(f"Titles and texts were cleaned: {listed(rules)}.")
    known = [
        f"to the {name} for {say(int(n), 'dated', name)} documents"
        for name, n in about["by_precision"].items()
        if n
    ]
    out += [f"Dates are known {listed(known)}."] if known else []
    period = say(config["prevalence"]["period"], "name of period")
    out.append(f"Time is divided into {{periods}} periods of the calendar ({period}).")
    if share := config["split"]["share"]:
        out.append(
            f"Topics were learnt on a random share of {say(float(share), 'split share')} of the "
            "documents and trends estimated on the others [@egami2022]."
        )
    return out


def _terms(say: _Values, config: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    text, known = config["text"], about["terms"]
    left = known.get("function_words", ())
    words = f" ({say(', '.join(left), 'languages')})" if left else ""
    least = (
        f"in at least {say(int(text['min_df']), 'least documents')} documents"
        if text["min_df"]
        else "in a least number of documents that grows with the corpus"
    )
    joined = ["Words that keep together were joined into phrases."] if text["phrases"] else []
    return [
        f"Titles and texts were divided into words, and function words{words} were left out.",
        *joined,
        (
            f"A term was kept if it occurs {least} and in at most a share of "
            f"{say(float(text['max_df']), 'largest share of documents')}, unless it is spread over "
            "documents as function words are, by its residual inverse document frequency "
            "[@church1995] and by the company that it keeps."
        ),
        (
            f"The vocabulary has {say(int(known['terms']), 'terms')} terms, which occur "
            f"{say(int(known['tokens']), 'tokens')} times."
        ),
        *_pieces(say, text["chunks"], int(known.get("pieces", 0))),
    ]


def _pieces(say: _Values, size: int | str, count: int) -> list[str]:
    """That topics were learnt on pieces of documents, if they were."""
    if not count:
        return []
    what = (
        "paragraphs" if size == "paragraphs" else f"pieces of {say(size, 'words of piece')} words"
    )
    return [
        (
            f"Topics were learnt on {say(count, 'pieces')} {what}; the shares of a document are "
            "those of its pieces, weighted by their words. The unit of every share and every test "
            "is the document, not the piece."
        )
    ]


def _topics(say: _Values, config: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    models, out = config["models"], []
    for backend in models["backends"]:
        what = BACKENDS.get(backend, (say(backend, "name of", backend), ()))[0]
        fits = "one fit" if models["seeds"] == 1 else f"{{{camel(backend, 'seeds')}}} fits"
        out.append(f"{{{camel(backend, 'topics')}}} topics were found by {what}, in {fits}.")
    if chosen := about.get("number_of_topics"):
        out.append(f"How many topics was chosen from the corpus: {say(chosen, 'choice of number')}")
    if vectors := about["vectors"]:
        cite = "" if config["embed"]["model"] == "precomputed" else " [@reimers2019]"
        out.append(f"Document vectors are those of {say(vectors, 'name of vectors')}{cite}.")
    if models["seeds"] > 1:
        out.append(
            "Fits of one model, each with a seed of its own, were aligned by assigning topics to "
            "each other [@kuhn1955] by the documents that they share, where a pair counts only "
            "beyond chance [@westfall1993]; topics are those of the fit that is most like the "
            "others."
        )
    checks = [
        f"{{{camel(b, 'label check')}}}"
        for b in models["backends"]
        if camel(b, "label check") in say.known
    ]
    if checks:
        out.append(
            "Topics are named by noun phrases of the corpus, unless the user named them; the share "
            "of held-out documents that find their way to the label of their topic by its words "
            f"is {listed(checks)}."
        )
    if edits := about.get("edits"):
        out.append(f"Topics were edited by hand: {say(' '.join(edits), 'edits of topics')}")
    return [*out, "Coherence is normalized pointwise mutual information [@bouma2009]."]


#: What is said of seasons, by the setting.
_SEASONS = {
    "auto": (
        "Where two years of months or quarters have documents, effects that come back every year "
        "are terms of the model, and are taken out of changes."
    ),
    "adjust": (
        "Effects of months or quarters that come back every year are terms of the model, and are "
        "taken out of changes."
    ),
    "keep": (
        "Effects of months or quarters that come back every year are terms of the model; what the "
        "seasons of the two spans differ by is a part of the change."
    ),
}


def _test(say: _Values, config: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    first, last = statements.spans_of(about["spans"])
    sources = ["wilson1927"] if config["prevalence"]["interval"] == "wilson" else []
    sources += ["rubin1987"] if config["models"]["seeds"] > 1 else []
    sources += ["kish1965"] if config["prevalence"]["cluster"] else []
    cite = f" [@{', '.join(sources)}]" if sources else ""
    on = [name for key, name in _DIAGNOSTICS.items() if config["diagnostics"][key]]
    out = [
        (
            f"The share of a topic is a share of {say(about['denominator'], 'denominator')}; its "
            f"interval: {say(about['interval'], 'kind of interval')}{cite}."
        ),
        (
            f"The change of a share from {say(first, 'first span')} to {say(last, 'last span')} "
            "was tested by one model of the counts of the periods on the log-odds scale: known "
            "sampling variance about a smooth mean (or, from ten periods on, a line with a jump), "
            "and a shock with first-order autocorrelation, whose size and correlation are learnt "
            "over all topics and integrated out."
        ),
        "P-values are adjusted over all topics of a model [@benjamini1995].",
        statements.FINDINGS,
        (
            "Curves in figures are those of the same model with a mean that may bend and jump; "
            "their bands hold the whole curve [@besag1995]."
        ),
    ]
    if season := _SEASONS.get(config["prevalence"].get("season", "none")):
        out.append(season)
    if column := config["prevalence"]["standardize_by"]:
        out.append(f"Trends were also standardized by {say(column, 'standardized by')}.")
    if on:
        out.append(f"Each finding was examined for {listed(on)}.")
    return out


def _multiverse(say: _Values, found: Mapping[str, Any]) -> list[str]:
    choices = [
        f"{name.replace('_', ' ')} ({say(', '.join(levels), 'levels of', name)})"
        for name, levels in found["choices"].items()
        if len(levels) > 1
    ]
    return [
        (
            "The claims were examined again under defensible choices "
            f"[@steegen2016, simonsohn2020]: {listed(choices)}; "
            f"{say(int(found['counts']['specifications']), 'specifications')} "
            "specifications in all."
        ),
        statements.STABILITY,
        say(found["rule"], "rule of stability"),
        (
            "All specifications were tested jointly against "
            f"{say(int(found['joint_test']['shuffles']), 'shuffles')} shuffles of the dates; the "
            "influence of a choice is its total effect [@homma1996]."
        ),
    ]


def _rates(say: _Values) -> list[str]:
    rates = error_rates()
    cells = say(max(int(row["cells"]) for row in rates.values()), "simulated settings")

    def rate(name: str) -> str:
        median, worst, error = (
            say(rates[name][k], name, k) for k in ("median", "worst", "worst_se")
        )
        return f"{median} in the median setting (worst {worst} ± {error})"

    return [
        (
            f"The test was measured on simulated corpora whose truth is known, in {cells} "
            "settings without trends."
        ),
        (
            "A topic without a trend was called changed at p < 0.05 with a frequency of "
            f"{rate('flat_found')}, where the serial correlation of shocks is at most 0.5."
        ),
        (
            "A corpus without any trend showed a discovery with a frequency of "
            f"{rate('any_discovery')}."
        ),
        (
            "The interval of the change (nominal 0.95) held the true change with a frequency of "
            f"{rate('coverage')}."
        ),
    ]


def _software(say: _Values, versions: Mapping[str, str]) -> list[str]:
    own = say(versions["topic-trends"], "version")
    others = [
        f"{name} {say(version, 'version of', name)}"
        for name, version in versions.items()
        if name != "topic-trends"
    ]
    return [
        (
            f"All was computed with topic-trends {own} [@trends], {listed(others)}; the seed "
            f"of the run is {say(str(say.known['rng']), 'name of rng')}."
        ),
        "The manifest of the run holds every setting, seed, version and hash.",
    ]
