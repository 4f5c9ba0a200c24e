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
# # Comparing backends
#
# A topic that only one kind of model sees may be a habit of that model. This notebook fits two
# models that have little in common, asks which of their topics are the same, and compares what both
# say about time.
#
# | backend | family | a document has | unassigned |
# |---|---|---|---|
# | `gibbs-lda`, `lda`, `nmf` | mixtures of word counts | shares of topics | texts without terms |
# | `bertopic`, `kmeans` | clusters of vectors | one cluster | outliers, with `bertopic` |

# %%
import pandas as pd

import trends as tr

corpus = tr.read_corpus("pretraining")

# %% [markdown]
# ## Two families, one vocabulary
# Every backend returns the same thing: shares of documents, and word distributions over one shared
# vocabulary. That is what makes them comparable.

# %%
words = tr.fit(corpus, "gibbs-lda", n_topics=10, rng=7)
words

# %%
vectors = tr.fit(corpus, "bertopic", n_topics=10, rng=7)
vectors

# %% [markdown]
# ## Which topics are the same?
# Two topics are matched if they share documents, one to one, and more than documents assigned at
# random would (`null_p`). A topic without a partner gets -1, and is not forced on one.

# %%
matched = tr.align(words, vectors, rng=7)
matched.frame().assign(
    words=[tr.label(words)[i] if i >= 0 else "–" for i in matched.frame()["topic_a"]],
    vectors=[tr.label(vectors)[i] if i >= 0 else "–" for i in matched.frame()["topic_b"]],
).round(3)

# %% [markdown]
# ## Do they agree about trends?
# Matched topics with the change that each model gives them. Where the two marks of a row lie apart,
# the result depends on the model.

# %%
fits = {"gibbs-lda": words, "bertopic": vectors}
found = {
    name: tr.fit_trends(tr.prevalence(fit, corpus, period="year")).frame()
    for name, fit in fits.items()
}
both = pd.concat([frame.assign(backend=name) for name, frame in found.items()])
pairs = matched.frame().assign(backend_a="gibbs-lda", backend_b="bertopic")
tr.plot(
    "agreement",
    pairs,
    both[["backend", "topic", "label"]],
    both,
    measure="similarity of their documents",
)

# %% [markdown]
# ## Where did the others go?
# A topic without a partner has often been split. `transport` shows where its documents went,
# without a test.

# %%
flows = tr.align(words, vectors, method="transport")
alone = matched.frame().query("topic_b == -1")["topic_a"]
flows = flows[flows["left"].isin(alone) & (flows["share_left"] >= 0.2)]
flows.assign(
    left=[tr.label(words)[i] for i in flows["left"]],
    right=[tr.label(vectors)[i] for i in flows["right"]],
)[["left", "right", "share_left"]].round(2)

# %% [markdown]
# ## And another seed?
# The same model, another seed: how much of the difference above comes from the seed alone?

# %%
again = tr.fit(corpus, "gibbs-lda", n_topics=10, rng=8)
for name, other in {"another seed": again, "another family": vectors}.items():
    frame = tr.align(words, other, rng=7).frame().query("topic_a >= 0 and topic_b >= 0")
    print(
        f"{name:<15} {len(frame):>2} of 10 topics matched, mean similarity "
        f"{frame['similarity'].mean():.2f}"
    )

# %% [markdown]
# `tr.run` does this for several seeds of several backends and condenses it into one claim per
# topic: see `reading_a_claim.py`. With `n_topics="auto"` the number of topics is chosen by what
# recurs over seeds.
