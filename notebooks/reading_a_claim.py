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
# "Papers about X have become more frequent." What such a sentence rests on, from the finding down
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
# One for each topic of the first backend. The change is in percentage points between two spans of
# time; `p_adjusted` allows for the number of topics that were looked at; `agreement` is the
# weighted share of the fits that have the topic whose change has the same sign.

# %%
claims = run.table("claims").sort_values("p_adjusted")
columns = ["label", "finding", "change", "change_lower", "change_upper", "p_adjusted"]
claims[[*columns, "agreement", "stability"]].round(3)

# %% [markdown]
# The **finding** is what this run says: rising, falling, turned (rose, then fell, or the other way
# round), no change detected (which is not the same as "nothing is there": see `power`) or not
# tested. **Stability** is what all specifications of a multiverse say together: stable, or depends
# on choices. A run alone does not examine that; `trends multiverse` does.
#
# Every report states the rule in full. The figure shows how far each change is known; we follow the
# claim with the smallest p.

# %%
tr.plot("changes", run, backend="gibbs-lda")

# %%
claim = claims.iloc[0]
first, last = run.manifest["spans"]
interval = f"[{claim['change_lower']:+.1f}, {claim['change_upper']:+.1f}]"
print(f"{claim['label']}: {claim['finding']}, {claim['change']:+.1f} points {interval}")
print(f"({first}, against {last})")
print(
    f"{claim['matched']} of {claim['specifications']} fits have the topic; "
    f"{claim['agreement']:.0%} of their votes agree"
)

# %% [markdown]
# ## Question 1: does another model say so?
# One row for each fit. A `partner` of -1 means that this fit has no such topic; it does not vote.
# The change of the claim is that of the average of the first backend's seeds, so it may differ from
# each single fit.

# %%
fits = run.table("specifications").query("topic == @claim.topic")
fits[["backend", "seed", "partner", "finding", "change", "p_adjusted"]].round(3)

# %% [markdown]
# ## Question 2: could it have been missed, or is it small?
# The smallest changes that this corpus would have shown with a probability of 80 %, beside what was
# found.

# %%
claims.loc[claims["finding"] == "no change detected", ["label", "change", "power"]].round(1)

# %% [markdown]
# ## Question 3: does something else explain it?
# Diagnostics look for what may mislead a reader: documents that grow longer, periods that are cut
# off, sources that come and go, copies, wrong dates.

# %%
for sentence in run.table("diagnostics").query("flagged and backend == 'gibbs-lda'")["sentence"]:
    print("-", sentence)

# %% [markdown]
# A share also falls because another topic rises. `composition` shows the number of documents a year
# (`volume`) beside the share, both a year, and the share without the topic that moves most
# (`slope_without`).

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
