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
# # A figure for a venue
#
# A figure that was drawn for a screen and then scaled to a column has text of five points. Here it
# is drawn at its size in print: the width of the venue's column, its type size, fonts embedded as
# TrueType (Type 42), no LaTeX needed.

# %%
from pathlib import Path

import pandas as pd

import trends as tr
from trends.plots import VENUES

corpus = tr.read_corpus("pretraining")
topics = tr.fit(corpus, "nmf", n_topics=8, rng=7)
shares = tr.prevalence(topics, corpus, period="year")

# %% [markdown]
# ## Venues
# Widths in inches. Their sources are in `trends/plots/venues.py`.

# %%
pd.DataFrame(
    {
        "text block": venue.full,
        "column": venue.column,
        "type (pt)": venue.size,
        "serif": venue.serif,
    }
    for venue in VENUES.values()
).set_index(pd.Index(VENUES, name="venue")).round(2)

# %% [markdown]
# ## Draw inside a style
# Outside the `with` block nothing has changed: no setting of matplotlib leaks into your other
# figures.

# %%
with tr.style("acl"):
    figure = tr.plot("prevalence", shares, trends=tr.fit_trends(shares).frame(), top=7)
figure

# %% [markdown]
# One column is half as wide, so the figure changes its layout instead of shrinking.

# %%
with tr.style("acl", width="column"):
    narrow = tr.plot("changes", tr.fit_trends(shares), n_docs=int(corpus.dated.sum()))
narrow

# %% [markdown]
# ## Save it
# Beside the picture lie the data that are drawn (`.csv`), and caption and alternative text
# (`.json`), made from the data.

# %%
with tr.style("acl"):
    tr.plot("prevalence", shares, top=7, save="figures")
for path in sorted(Path("figures").iterdir()):
    print(path)

# %%
print(figure.caption)
print()
print(figure.alt)

# %%
figure.data.head()

# %% [markdown]
# ## The same bytes
# No date and no program version is written into the files. Whoever draws the same data again gets
# the same file, so that version control shows a change where there is one.

# %%
with tr.style("acl"):
    tr.plot("prevalence", shares, top=7, save="again", formats=("pdf",))
first, second = (Path(folder, "prevalence.pdf").read_bytes() for folder in ("figures", "again"))
print("the same" if first == second else "different")

# %% [markdown]
# A finished run is redrawn for another venue without fitting anything again: `trends figures
# results --venue nature`.
