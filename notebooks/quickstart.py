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
# # Quickstart
#
# From dated documents to the sentence "this topic rose", in six steps. The documents are packaged
# with `trends`: 356 papers about pretraining, as titles, dates, term counts and vectors. Nothing is
# downloaded, and every step takes seconds.

# %%
import trends as tr

corpus = tr.read_corpus("pretraining")
corpus

# %% [markdown]
# A corpus shows what time it covers and how precisely its documents are dated. A document without a
# date stays: it helps to learn the topics, but it is in no period.
#
# ## Topics
# `rng` is any whole number. There is no default: who runs this again with the same number gets the
# same topics.

# %%
topics = tr.fit(corpus, "gibbs-lda", n_topics=10, rng=7)
topics

# %% [markdown]
# ## Shares over time
# Each document counts for its largest topic; a share is a share of all documents of the period. The
# first and the last year are not covered as a whole, and the figure draws them so.

# %%
shares = tr.prevalence(topics, corpus, period="year")
tr.plot("prevalence", shares, top=6)

# %% [markdown]
# ## Trends
# One row for each topic: the change of its share between two spans of time (the first and the last
# third of the years, unless you name others with `spans=`) in percentage points, its interval, and
# p adjusted for the number of topics that were looked at; `slope` is the same a year. The column
# `power` is the smallest change that these documents would have shown with a probability of 80 %:
# where it is large, "no change detected" says little.

# %%
found = tr.fit_trends(shares)
columns = ["label", "finding", "change", "change_lower", "change_upper", "p_adjusted", "slope"]
found.frame()[[*columns, "power"]].sort_values("change", ascending=False).round(3)

# %%
tr.plot("changes", found, n_docs=int(corpus.dated.sum()))

# %% [markdown]
# ## Which documents?
# A topic is only as good as the documents in it. These are the ones that belong most to the topic
# that rises most.

# %%
rising = found.frame().sort_values("change")["topic"].iloc[-1]
best = topics.theta[:, rising].argsort()[::-1][:5]
for paper in corpus.documents.loc[best].itertuples():
    print(f"{paper.date:%Y-%m}  {paper.title}")

# %% [markdown]
# ## A page to send to somebody
# One HTML file that needs no network: topics with their trends, words and documents, and all
# settings.

# %%
tr.report("report.html", corpus, topics, shares, found)

# %% [markdown]
# One fit of one model is not yet a claim: another seed or another kind of model may say otherwise.
# That is what `tr.run` and `trends run` are for; see `reading_a_claim.py`. Your own documents:
# `own_csv.py`.
