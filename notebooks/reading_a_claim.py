# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Reading a claim
#
# "Papers about X have become more frequent." What such a sentence rests on, from the verdict down
# to the single document, and which questions to ask before it is quoted.

# %%
import trends as tr

settings = {
    "name": "pretraining",
    "rng": 7,
    "corpus": {"path": "pretraining"},
    "models": {"backends": ["gibbs-lda", "nmf"], "n_topics": 10, "seeds": 2, "workers": 1},
    "prevalence": {"period": "year"},
    "figures": {"formats": ["svg"]},
}
run = tr.run(settings, "results")

# %% [markdown]
# ## The claims
# One for each topic of the first backend. The slope is in percentage points a year; `p_adjusted`
# allows for the number of topics that were looked at; `agreement` is the share of all fits that
# find the topic with a slope of the same sign.

# %%
claims = run.table("claims").sort_values("p_adjusted")
claims[
    ["label", "direction", "slope", "lower", "upper", "p_adjusted", "agreement", "verdict"]
].round(3)

# %% [markdown]
# - **robust**: detected, and most models and seeds say the same.
# - **model-dependent**: detected by the main model, but others disagree or lack the topic; say so
#   when you quote it.
# - **not detected**: nothing was found, which is not the same as "nothing is there": see `power`.
#
# Every report states the rule in full. The figure shows how far each slope is known; we follow the
# claim with the smallest p.

# %%
tr.plot("changes", run, backend="gibbs-lda")

# %%
claim = claims.iloc[0]
interval = f"[{claim['lower']:+.1f}, {claim['upper']:+.1f}]"
print(f"{claim['label']}: {claim['direction']}, {claim['slope']:+.1f} points a year {interval}")
print(
    f"{claim['verdict']}; {claim['agreement']:.0%} of {claim['specifications']} fits agree, "
    f"{claim['matched']} have the topic"
)

# %% [markdown]
# ## Question 1: does another model say so?
# One row for each fit. A `partner` of -1 means that this fit has no such topic; it counts as one
# that does not agree. The slope of the claim is that of the average of the first backend's seeds,
# so it may differ from each single fit.

# %%
fits = run.table("specifications").query("topic == @claim.topic")
fits[["backend", "seed", "partner", "slope", "lower", "upper", "p_adjusted"]].round(3)

# %% [markdown]
# ## Question 2: could it have been missed, or is it small?
# The smallest slopes that this corpus would have shown with 80 % power, beside what was found.

# %%
claims.loc[claims["verdict"] == "not detected", ["label", "slope", "power"]].round(1)

# %% [markdown]
# ## Question 3: does something else explain it?
# Diagnostics look for what may mislead a reader: documents that grow longer, periods that are cut
# off, sources that come and go, copies, wrong dates.

# %%
for sentence in run.table("diagnostics").query("flagged and backend == 'gibbs-lda'")["sentence"]:
    print("-", sentence)

# %% [markdown]
# A share also falls because another topic rises. `composition` shows the number of documents a year
# (`volume`) beside the share, and the slope without the topic that moves most (`slope_without`).

# %%
row = run.table("composition").query("backend == 'gibbs-lda' and topic == @claim.topic").iloc[0]
print(f"share: {row['slope']:+.1f} points a year; documents in it: {row['volume']:+.1f} each year")
print(
    f"without {row['mover']!r}: {row['slope_without']:+.1f} points a year "
    f"(q = {row['p_adjusted_without']:.3f})"
)

# %% [markdown]
# ## Question 4: what are the documents?
# The words, and the documents nearest to the topic. If they are not about one thing, the claim is
# not about one thing either.

# %%
topic = run.table("topics").query("backend == 'gibbs-lda' and topic == @claim.topic").iloc[0]
print(f"{topic['n_docs']} documents; {topic['top_terms']}")
for title in topic["examples"].split(" | "):
    print("-", title)

# %% [markdown]
# ## Question 5: of what is it a sample?
# No test answers this one. These documents are search results in the order of their relevance; a
# sentence about them is not a sentence about the field. `results/report.html` says so beside the
# claims, and `trends multiverse` and `trends placebo` go on from here: the claim under every
# defensible choice, and how often shuffled dates give one.
