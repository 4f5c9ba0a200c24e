"""Tagged text of PubMed and MEDLINE: ``.nbib`` files, and ``.txt`` in the format "PubMed".

The date is that of electronic publication (``DEP``), else that of the issue (``DP``), which may be
a day, a month, a season or a range.

References
----------
NLM, "MEDLINE/PubMed data element (field) descriptions",
https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from pathlib import Path

from trends.core.dates import DocDate
from trends.sources.io import tagged
from trends.sources.records import fields
from trends.sources.records.reader import source, tagged_text
from trends.sources.records.record import Dropped, Place, Record, Records

ENDINGS = (".nbib", ".txt", ".medline")
_LAYOUT = tagged.Layout(re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: |\Z)"), ("PMID",))
_DOI = re.compile(r"\s*\[doi\]\s*\Z", re.IGNORECASE)


def _file(path: Path, label: str, encoding: str = "") -> Records:
    yield from tagged_text(path, label, _LAYOUT, encoding, "TI", _record)


def _record(found: tagged.TaggedRecord, place: Place) -> Record | Dropped:
    pmid, title = fields.digits(found.first("PMID")), found.first("TI", "TT", "BTI", "CTI")
    if not (pmid or title):
        detail = f"{place}: this record has neither a PMID nor a title (TI)."
        return Dropped(place, "neither id nor title", detail)
    date, problem, issue = _dated(found)
    doi = next((v for v in found.all("LID", "AID") if _DOI.search(v)), "")
    kinds = found.all("PT")
    return Record(
        place,
        pmid,
        title,
        found.first("AB", "OAB"),
        date,
        "medline",
        ids=fields.named(pmid=pmid, doi=fields.doi(doi)),
        venue=found.first("JT", "TA", "BTI"),
        language=found.first("LA"),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        other_dates=(("issue", issue.first),) if issue is not None else (),
        flags=("retracted",) if "Retracted Publication" in kinds or found.first("RIN") else (),
        extra=fields.known(type=kinds, keywords=found.all("OT")),
        date_problem=problem,
    )


def _dated(found: tagged.TaggedRecord) -> tuple[DocDate | None, str, DocDate | None]:
    """The date, what could not be read of it, and the day of the issue where it is another one."""
    online, problem = fields.dating(found.first("DEP"))
    issue, worse = fields.dating(found.first("DP"))
    if issue is None and worse:  # "2016 Spr-Sum": the year is known
        year = re.match(r"[0-9]{4}(?![0-9])", found.first("DP"))
        issue, _ = fields.dating(year[0]) if year else (None, "")
    if online is None:
        return issue, problem or worse, None
    other = issue if issue is not None and issue != online and issue.first == issue.last else None
    return online, "", other


records, read = source("medline", ENDINGS, _file)
