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
# # From your own CSV
#
# All that `trends` needs is a table with a text and a date in each row. To have one at hand, this
# notebook writes a small one from titles of the packaged corpus, with the faults that real tables
# have. With your own file, start at "What is in the table?".

# %%
import trends as tr

papers = tr.read_corpus("pretraining").documents.dropna(subset="date")
day, month = papers["date"].dt.strftime("%Y-%m-%d"), papers["date"].dt.strftime("%Y-%m")
papers["published"] = day.where(
    papers["date_precision"] == "day", month
)  # many are known to the month only
table = papers[["id", "title", "published"]].rename(columns={"title": "headline"})
table.loc[3, "published"] = "spring"  # no date
table.loc[8, "headline"] = ""  # no text
table.loc[len(table)] = table.loc[20]  # the same row twice
table.to_csv("papers.csv", index=False)

# %% [markdown]
# ## What is in the table?
# Columns with a few of their values. On the command line: `trends read papers.csv --columns`.

# %%
for column in tr.describe_columns("papers.csv"):
    print(
        f"{column['column']:<10} {column['kind']:<8} {column['filled']:>5.0%} filled, "
        f"for example {column['examples'][0]!r}"
    )

# %% [markdown]
# ## Read it
# You name the columns of text and date. Which column holds the date is never guessed: a table often
# has several, and the wrong one makes trends that nobody would doubt.

# %%
corpus = tr.read_corpus("papers.csv", text="headline", date="published", title="headline")
corpus

# %% [markdown]
# ## What became of every row?
# Rows read = documents kept + rows dropped for a reason that is named. A row without a date is
# kept, outside time.

# %%
account = tr.describe_corpus(corpus)
for key in ("records", "documents", "dropped_by_reason", "dated", "by_precision", "dropped_dates"):
    print(f"{key:<18} {account[key]}")

# %% [markdown]
# ## The whole run in one call
# `tr.run` does what `trends run config.toml` does: it takes a file, or the same settings as a
# mapping. Here it fits two models, each with two seeds, and compares them. What is finished is
# kept: a run that was stopped goes on where it was.

# %%
settings = {
    "name": "papers",
    "rng": 7,
    "corpus": {"path": "papers.csv", "text": "headline", "date": "published", "title": "headline"},
    "models": {"backends": ["gibbs-lda", "nmf"], "n_topics": 6, "seeds": 2, "workers": 1},
    "prevalence": {"period": "year"},
    "figures": {"formats": ["svg"]},
}
run = tr.run(settings, "results")

# %%
for sentence in run.manifest["summary"]:
    print("-", sentence)

# %% [markdown]
# Titles alone are little to go by; with abstracts in a second column, `"text": ["headline",
# "abstract"]` joins the two. The tables of the run are frames, and go straight into a figure.

# %%
tr.plot("prevalence", run, backend="nmf")

# %% [markdown]
# ## What it warns about
# Read this before any trend: every sentence is about something that could make a trend where there
# is none, or hide one.

# %%
for sentence in run.manifest["warnings"]:
    print("-", sentence)

# %% [markdown]
# `results/report.html` shows all of it on one page, and every number on it is in a CSV beside it.
# How to read a claim: `reading_a_claim.py`.
