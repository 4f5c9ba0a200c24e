"""From a claim card to its page: every word comes from the card alone."""

from __future__ import annotations

from trends.core import statements
from trends.core.claim import FOUND, Finding
from trends.core.wording import DASH, listed, percent, plural, probability, quoted, signed
from trends.reports.card_page import CardPage, ClaimView, Rows, render
from trends.runs.cards.contradictions import contradictions
from trends.runs.cards.model import Card, ClaimFacts, ConceptClaim, Estimate, Model
from trends.runs.cards.sentences import evidence, sentence

#: Packages whose versions a reader asks for; the card holds all.
_NAMED = ("topic-trends", "python", "numpy", "scipy", "tomotopy", "gensim", "bertopic")
_KINDS = {Finding.RISING: "rising", Finding.FALLING: "falling", Finding.TURNED: "turned"}


def html(card: Card) -> str:
    """The card as a page."""
    c = card.corpus
    found = {claim.finding for claim in card.claims} & set(_KINDS)
    changed = sum(claim.finding in found for claim in card.claims)
    return render(
        CardPage(
            title=f"Claims: {card.title}",
            summary=(
                f"{plural(len(card.claims), 'claim')}, {changed} of a change; {c.name}: "
                f"{c.description}"
            ),
            altered=[f"{section}: {text}" for section, text in contradictions(card)],
            claims=[_claim(card, claim) for claim in card.claims],
            sections=[
                ("Question", _question(card)),
                ("Corpus", _corpus(card)),
                ("Test", _test(card)),
                *_of_models(card),
                ("Multiverse", _multiverse(card)),
                *_of_runs(card),
                ("Software", _software(card)),
            ],
            check=card.check,
            seal=card.seal.card,
        )
    )


def _of_models(card: Card) -> list[tuple[str, Rows]]:
    """The models of topics; concepts have none."""
    return [("Models", [(m.backend, _model(m)) for m in card.models])] if card.models else []


def _of_runs(card: Card) -> list[tuple[str, Rows]]:
    """What only runs of models have, or say that they have not."""
    if not card.models:
        return []
    named = ("Shuffled dates", "Diagnostics", "Plan")
    rows = (_placebo(card), _diagnostics(card), _plan(card))
    return list(zip(named, rows, strict=True))


def _claim(card: Card, claim: ClaimFacts) -> ClaimView:
    t = claim.topic
    facts = [
        ("Words", ", ".join(t.words)),
        ("Documents", f"{t.documents:,} ({percent(t.share)})"),
        (
            "Share",
            f"{_percent(t.share_first)} in the first span, {_percent(t.share_last)} in the last",
        ),
        ("Change, points", _points(claim.change)),
        ("Change a year, points", _points(claim.change_a_year)),
        ("Log-odds", _points(claim.log_odds)),
        ("p", f"{_p(claim.p)} alone, {_p(claim.p_adjusted)} adjusted"),
    ]
    if claim.turn is not None and claim.turn.how:
        at = "" if claim.turn.at is None else f" about {claim.turn.at:.4g}"
        facts.append(("Turn", f"{claim.turn.how},{at} adjusted p {_p(claim.turn.p_adjusted)}"))
    if claim.power is not None:
        facts.append(("Power", f"{claim.power:.2f} points would have been found in 80 % of cases"))
    if claim.multiverse is not None:
        m = claim.multiverse
        said = DASH if m.agreement is None else f"{m.agreement:.0%} of votes agree"
        held = f"{m.matched} of {m.specifications} have the {t.kind}"
        facts.append(("Other choices", f"{said}; {held}"))
        if m.joint_p is not None:
            facts.append(("Joint test", probability(m.joint_p, "p")))
    if claim.placebo_p is not None:
        facts.append(("Shuffled dates", probability(claim.placebo_p, "p")))
    for one in claim.corrected:
        lost = "; this takes the finding away" if one.takes_away else ""
        facts.append(
            (f"Corrected: {one.diagnostic}", f"{one.finding}, {_points(one.change)}{lost}")
        )
    for other in claim.elsewhere:
        change = "" if other.change is None else f", {signed(other.change)} points"
        facts.append((f"In {other.backend}", f"topic {other.topic}: {other.finding}{change}"))
    if isinstance(claim, ConceptClaim):
        facts += _concept(claim)
    return ClaimView(
        label=f"{t.label} ({t.backend}, {t.kind} {t.number})",
        finding=claim.verdict
        if isinstance(claim, ConceptClaim)
        else claim.finding.value + _stability(claim),
        kind=_KINDS.get(claim.finding, "silent"),
        sentence=sentence(card, claim),
        evidence="; ".join(evidence(card, claim)),
        facts=facts,
    )


def _concept(claim: ConceptClaim) -> Rows:
    """What was asked, on which word the claim hangs, and what random concepts do."""
    a, r = claim.asked, claim.random
    rows: Rows = [("Measured by", a.measurement)]
    rows += [("Words that exclude", ", ".join(a.exclude))] if a.exclude else []
    rows += [("Occurrences in a document", f"at least {a.at_least}")] if a.at_least > 1 else []
    given = [plural(len(a.examples), "document")] if a.examples else []
    given += [plural(a.texts, "text")] if a.texts else []
    rows += [("Given as examples", listed(given))] if given else []
    for one in claim.without:
        change = DASH if one.change is None else f"{signed(one.change)} points, {_p(one.p)}"
        lost = "; the claim hangs on it" if one.hangs else ""
        rows.append((f"Without {quoted(one.word)}", f"{one.finding}, {change}{lost}"))
    if r is not None and r.median is not None and r.lower is not None and r.upper is not None:
        spread = statements.interval(r.median, r.lower, r.upper)
        rows.append(
            (
                f"{plural(r.concepts, 'random concept')} as frequent",
                f"{spread} points; p of going farther than they do {_p(r.p)}",
            )
        )
    return [*rows, ("SHA-256 of where its words stand", a.occurrences_sha256)]


def _stability(claim: ClaimFacts) -> str:
    """What other choices say; without a finding there is nothing to examine."""
    return f"; over other choices: {claim.stability.value}" if claim.finding in FOUND else ""


def _question(card: Card) -> Rows:
    q = card.question
    rows = [("Asked", card.plan.question)] if card.plan else []
    rows += [
        ("Estimated", q.estimand),
        ("Period", q.period),
        ("Spans", f"{listed(q.spans)} ({_spans(q.spans_set_by)})"),
        *([("Topics learnt on", q.learnt_on)] if card.models else []),
    ]
    rows += [("Documents that are not independent", f"by {q.clusters}")] if q.clusters else []
    return rows + ([("Standardized by", q.standardized_by)] if q.standardized_by else [])


def _spans(set_by: str) -> str:
    return "set in the config" if set_by == "config" else "the first and the last third"


def _corpus(card: Card) -> Rows:
    c = card.corpus
    rows = [("Documents", c.description)]
    rows += [(f"Dropped: {d.reason}", plural(d.records, "record")) for d in c.dropped]
    rows += [(f"SHA-256 of {i.name}", i.sha256) for i in c.inputs]
    return [
        *rows,
        ("SHA-256 of ids, titles, dates and columns", c.documents_sha256),
        ("SHA-256 of the counts of terms", c.terms_sha256),
        ("SHA-256 of the vectors", c.vectors_sha256 or "none were used"),
    ]


def _test(card: Card) -> Rows:
    t = card.test
    tested = [m for m in t.family if m.p is not None]
    found = sum(m.p_adjusted is not None and m.p_adjusted <= t.alpha for m in tested)
    rows = [
        ("Test", t.name),
        ("Interval", f"{t.level:.0%}"),
        ("Adjustment", f"{t.adjustment}: {len(tested)} tests, {found} at or below {t.alpha:g}"),
        ("Rule", t.rule),
    ]
    for rate in card.error_rates:
        said = (
            f"{rate.meaning} Median of {rate.cells} simulated settings {rate.median:.3f}, worst "
            f"{rate.worst:.3f} (standard error {rate.worst_se:.3f})."
        )
        rows.append((f"Error rate: {rate.rate}", said))
    return rows + [("Source", source) for source in t.source]


def _model(model: Model) -> str:
    chosen = "chosen by recurrence" if model.number_set_by == "auto" else "set in the config"
    seeds = ", ".join(str(fit.seed) for fit in model.fits)
    lead = "; claims are about its topics" if model.leads else ""
    return (
        f"{plural(model.n_topics, 'topic')} ({chosen}), {plural(len(model.fits), 'fit')} with the "
        f"seeds {seeds}; the typical one has {model.prototype}{lead}"
    )


def _multiverse(card: Card) -> Rows:
    m = card.multiverse
    if m is None:
        how = "trends multiverse CONFIG repeats the claims over other choices"
        return [("Not done", how if card.models else "nothing was found, or it was not asked for")]
    rows = [(name, listed(levels)) for name, levels in m.choices.items()]
    said = plural(m.specifications, "specification")
    if card.models:
        said += f" from {plural(m.fits, 'fit')}; {m.skipped} combinations skipped"
    return [("Specifications", said), *rows]


def _placebo(card: Card) -> Rows:
    if not card.placebo:
        return [("Not done", "trends placebo CONFIG counts what is found in shuffled dates")]
    return [(one.backend, one.sentence) for one in card.placebo]


def _diagnostics(card: Card) -> Rows:
    ordered = sorted(card.diagnostics, key=lambda d: not d.flagged)
    return [
        (f"{'Flagged: ' if d.flagged else ''}{d.diagnostic}, {d.backend}", d.sentence)
        for d in ordered
    ]


def _plan(card: Card) -> Rows:
    if card.plan is None:
        return [("Not registered", "trends register CONFIG freezes a plan before a look")]
    p = card.plan
    return [
        ("Registered", p.registered),
        ("SHA-256", p.sha256),
        ("Data", p.data),
        *[("Deviation", text) for text in p.deviations],
        *([] if p.deviations else [("Deviations", "none")]),
    ]


def _software(card: Card) -> Rows:
    named = {n: v for n, v in card.software.versions.items() if n in _NAMED}
    return [
        ("Seed of the run", str(card.rng)),
        ("Versions", ", ".join(f"{name} {v}" for name, v in named.items())),
        ("Computed on", card.software.platform),
    ]


def _points(estimate: Estimate | None) -> str:
    if estimate is None:
        return DASH
    return statements.interval(estimate.value, estimate.lower, estimate.upper)


def _percent(value: float | None) -> str:
    return DASH if value is None else percent(value)


def _p(value: float | None) -> str:
    return DASH if value is None else probability(value)
