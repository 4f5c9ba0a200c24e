"""Every defensible way to the same claim.

Which specifications there are, what each says, and which choice decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trends.errors import UsageError
from trends.registry import unknown

Array = NDArray[np.float64]


@dataclass(frozen=True, order=True)
class Specification:
    """One way to go from documents to trends.

    Parameters
    ----------
    backend : str
        Family and implementation of the topic model.
    n_topics : int
        Number of topics.
    seed : int
        Which of the seeds of this backend, from 1; the seeds of two backends have nothing in
        common.
    embedding : str
        Space of the document vectors, or ``"none"`` where the backend looks at counts only.
    theta : str
        ``"hard"`` or ``"mean"``.
    period_length : str
        Calendar period; not ``period``, which in every table is the first day of one.
    denominator : str
        ``"all"`` documents of a period, or the ``"assigned"`` ones.
    deduplicate : bool
        Whether documents with nearly the same title count once.
    length : str
        ``"as-is"``, or ``"matched"``: every document cut to the same number of tokens before the
        fit, shorter ones left out.
    split : float
        Share of the documents on which topics are learnt, trends being estimated on the others; 0
        does both on all.
    edits : str
        ``"curated"``: topics as the user's edits have them, carried to the fit by the documents
        that topics hold; or ``"as-fitted"``.
    """

    backend: str
    n_topics: int
    seed: int
    embedding: str
    theta: str
    period_length: str
    denominator: str
    deduplicate: bool
    length: str
    split: float = 0.0
    edits: str = "as-fitted"

    @property
    def fit(self) -> Specification:
        """The choices on which the fit depends; those of the estimator are blank."""
        return replace(self, theta="", period_length="", denominator="", edits="")

    @property
    def name(self) -> str:
        """All choices in one line, in the order of :data:`CHOICES`.

        A split and edits are named only where there are such.
        """
        values = asdict(self)
        values["deduplicate"] = "unique" if self.deduplicate else "repeats"
        parts = [str(values[c]) for c in CHOICES if c not in ("split", "edits")]
        parts += [f"split-{self.split}"] if self.split else []
        return "/".join([*parts, *(["curated"] if self.edits == "curated" else [])])


#: The choices, in the order in which tables and figures show them.
CHOICES = tuple(f.name for f in fields(Specification))


def enumerate_specifications(choices: Mapping[str, Sequence[Any]]) -> list[Specification]:
    """Every combination of the levels of all choices.

    Parameters
    ----------
    choices : mapping of str to sequence
        Levels of each of :data:`CHOICES`.

    Returns
    -------
    list of Specification
        The full grid; later choices vary fastest. Some of its cells are the same work, see
        :func:`simplified`.

    Raises
    ------
    UsageError
        If a choice is missing, unknown, without levels, or names a level twice.
    """
    for name in choices:
        if name not in CHOICES:
            raise UsageError(unknown("choice", name, CHOICES))
    for name in CHOICES:
        levels = list(choices.get(name, ()))
        if not levels or len(set(levels)) != len(levels):
            message = f"The choice {name!r} needs at least one level, each once; got {levels}."
            raise UsageError(message)
    return [
        Specification(*combination)
        for combination in itertools.product(*(choices[name] for name in CHOICES))
    ]


def simplified(
    specification: Specification,
    *,
    needs_embeddings: bool,
    own_embedding: str | None = None,
    duplicates: bool = True,
    one_hot: bool = False,
    all_assigned: bool = False,
    edited: bool = True,
) -> Specification:
    """The specification with every choice that cannot matter set to its first value.

    So is a choice that is not available. Two cells of the grid that simplify to the same
    specification are one specification, and it counts once. A split of the corpus cannot be had
    together with removed duplicates, matched lengths or another embedding than the run's own.

    Parameters
    ----------
    specification : Specification
        A cell of the grid.
    needs_embeddings : bool
        Whether the backend looks at vectors; if so the length of documents does not reach it, if
        not the embedding does not.
    own_embedding : str, optional
        The embedding with which a split can be had; ``None`` keeps that of the cell.
    duplicates : bool
        Whether the corpus has documents with nearly the same title.
    one_hot : bool
        Whether the fit gives every document to one topic or to none, so that mean theta is the
        share of hard labels.
    all_assigned : bool
        Whether the fit leaves no document unassigned, so that both denominators are the same.
    edited : bool
        Whether any of the user's edits could be carried out on the fit.
    """
    changes: dict[str, Any] = {"length": "as-is"} if needs_embeddings else {"embedding": "none"}
    if specification.split:
        changes |= {"deduplicate": False, "length": "as-is"}
        if needs_embeddings and own_embedding is not None:
            changes["embedding"] = own_embedding
    if not duplicates:
        changes["deduplicate"] = False
    if one_hot:
        changes["theta"] = "hard"
    if all_assigned:
        changes["denominator"] = "all"
    if not edited:
        changes["edits"] = "as-fitted"
    return replace(specification, **changes)


def influence(grid: pd.DataFrame) -> pd.DataFrame:
    r"""How much each choice moves the slope of each claim.

    Parameters
    ----------
    grid : pandas.DataFrame
        The full grid: one row per cell and topic, columns ``topic``, ``label``, ``slope`` and
        :data:`CHOICES`. Cells that are the same specification repeat its slope, which keeps the
        design balanced; NaN where no topic matched.

    Returns
    -------
    pandas.DataFrame
        One row per topic and choice with more than one level: ``topic``, ``label``, ``choice``,
        ``levels``, ``eta_squared``, ``total_effect``, ``range``, ``lowest_level``,
        ``lowest_median``, ``highest_level``, ``highest_median``, ``cells``. ``range`` is the
        distance of the medians (percentage points a year); shares of variance are NaN where nothing
        varies.

    Notes
    -----
    ``eta_squared`` is the main effect: the variance between the means of the levels over the whole
    variance,
    :math:`\operatorname{Var}(E[b \mid c]) / \operatorname{Var}(b)`. ``total_effect`` is what would
    be left to vary if every other choice
    were settled, :math:`E[\operatorname{Var}(b \mid \text{others})] / \operatorname{Var}(b)`, with
    the interactions of the choice (Homma and Saltelli 1996). Total effects of several choices may
    add to more than one. The seeds of two backends have nothing in common, so that their main
    effect means nothing and only the total is read.

    References
    ----------
    Homma and Saltelli (1996), Reliability Engineering and System Safety 52, 1–17.
    """
    rows = []
    varied = {c: pd.factorize(grid[c], sort=True) for c in CHOICES if grid[c].nunique() > 1}
    slopes = grid["slope"].to_numpy(float)
    places = pd.Series(range(len(grid)), index=grid.index)
    for (topic, label), part in places.groupby([grid["topic"], grid["label"]], sort=False):
        cells = part.to_numpy()
        known = cells[~np.isnan(slopes[cells])]
        slope = slopes[known]
        apart = slope - slope.mean() if len(slope) else slope
        total = float((apart**2).sum())
        varies = total > 1e-12 * max(len(known), 1)
        for choice, (codes, names) in varied.items():
            others = [code[known] for c, (code, _) in varied.items() if c != choice]
            within = float((_within(apart, others) ** 2).sum())
            of = codes[known]
            there = np.unique(of)
            between = sum((of == j).sum() * apart[of == j].mean() ** 2 for j in there)
            medians = [float(np.median(slope[of == j])) for j in there]
            low, high = (int(np.argmin(medians)), int(np.argmax(medians))) if medians else (-1, -1)
            rows.append(
                {
                    "topic": topic,
                    "label": label,
                    "choice": choice,
                    "levels": len(np.unique(codes[cells])),
                    "eta_squared": float(between) / total if varies else np.nan,
                    "total_effect": within / total if varies else np.nan,
                    "range": medians[high] - medians[low] if medians else np.nan,
                    "lowest_level": str(names[there[low]]) if medians else "",
                    "lowest_median": medians[low] if medians else np.nan,
                    "highest_level": str(names[there[high]]) if medians else "",
                    "highest_median": medians[high] if medians else np.nan,
                    "cells": len(known),
                }
            )
    columns = ["topic", "label", "choice", "levels", "eta_squared", "total_effect", "range"]
    columns += ["lowest_level", "lowest_median", "highest_level", "highest_median", "cells"]
    return pd.DataFrame(rows, columns=columns)


def _within(values: Array, codes: list[NDArray[np.int64]]) -> Array:
    """Values from the mean of those that are alike in all codes."""
    if not codes or not len(values):
        return values
    _, group = np.unique(np.stack(codes), axis=1, return_inverse=True)
    return values - (np.bincount(group, values) / np.bincount(group))[group]


def choice_that_matters(table: pd.DataFrame) -> dict[Any, str]:
    """For each topic of :func:`influence` the choice with the largest total effect.

    Empty where nothing varies.
    """
    out: dict[Any, str] = {}
    for topic, rows in table.groupby("topic", sort=False):
        effect = rows["total_effect"]
        out[topic] = (
            str(rows["choice"].iloc[int(np.nanargmax(effect))]) if effect.notna().any() else ""
        )
    return out


def joint_test(z: Array, votes: Array) -> tuple[Array, Array]:
    r"""Test each claim over all specifications at once, against shuffled dates.

    Parameters
    ----------
    z : ndarray, shape (specifications, 1 + shuffles, claims)
        Signed normal score of every specification; first with the real dates, then with the same
        shuffle in every specification. NaN where a specification lacks the topic, or could not be
        tested.
    votes : ndarray, shape (specifications,)
        Weight of each, see :func:`trends.analysis.robustness.claims.votes`.

    Returns
    -------
    average : ndarray, shape (claims,)
        Weighted mean of z over the specifications that have the topic.
    p : ndarray, shape (claims,)
        ``(1 + number of shuffles at least as extreme) / (1 + shuffles)``, two-sided; NaN where no
        specification has the topic.

    Notes
    -----
    Specifications share documents and fits, so that their results are anything but independent; the
    shuffles carry that dependence. Every shuffle learns its own shocks, as the real data do.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4,
    1208–1214, with Stouffer's statistic.
    """
    known = np.isfinite(z)
    weight = np.where(known, votes[:, None, None], 0.0)
    with np.errstate(invalid="ignore"):
        average = (weight * np.where(known, z, 0.0)).sum(0) / weight.sum(0)
    size = np.abs(average)
    # Shuffles without a value cannot be called less extreme.
    larger = (~(size[1:] < size[0] - 1e-12)).sum(0)
    p = np.where(np.isfinite(size[0]), (1 + larger) / len(size), np.nan)
    return average[0], p
