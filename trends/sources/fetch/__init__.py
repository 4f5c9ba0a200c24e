"""Fetching records from services: the only code that uses the network."""

from __future__ import annotations

from trends.registry import Registry

#: Services by the name of the source that reads their records.
SERVICES = Registry(
    "service",
    {
        "acl-anthology": "trends.sources.fetch.services.acl_anthology:SERVICE",
        "arxiv": "trends.sources.fetch.services.arxiv:SERVICE",
        "crossref": "trends.sources.fetch.services.crossref:SERVICE",
        "hf-daily": "trends.sources.fetch.services.hf_daily:SERVICE",
        "openalex": "trends.sources.fetch.services.openalex:SERVICE",
        "pubmed": "trends.sources.fetch.services.pubmed:SERVICE",
        "semantic-scholar": "trends.sources.fetch.services.semantic_scholar:SERVICE",
    },
)
