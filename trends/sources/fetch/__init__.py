"""Fetching records from the services that have them: the only place of the package that touches the network."""

from __future__ import annotations

from trends.registry import Registry

#: Services by the name of the source that reads their records.
SERVICES = Registry(
    "service",
    {
        "acl-anthology": "trends.sources.fetch.acl_anthology:SERVICE",
        "arxiv": "trends.sources.fetch.arxiv:SERVICE",
        "crossref": "trends.sources.fetch.crossref:SERVICE",
        "hf-daily": "trends.sources.fetch.hf_daily:SERVICE",
        "openalex": "trends.sources.fetch.openalex:SERVICE",
        "pubmed": "trends.sources.fetch.pubmed:SERVICE",
        "semantic-scholar": "trends.sources.fetch.semantic_scholar:SERVICE",
    },
)
