"""Every alteration has to be caught and named: ``python experiments/verify/run.py FOLDER``.

The re-run of the unaltered features is kept, so that an altered card is compared with it in a
moment; altered features are read and, where nothing is found, run again.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pandas as pd
from case import make
from mutations import Mutation, drawn

from trends.errors import TrendsError
from trends.runs.cards import card_file
from trends.runs.review.verify import verify

RESULTS = Path(__file__).parent / "results"


def verified(folder: Path, kept: Path) -> tuple[str, str, str]:
    """Verdict, the step that differs first, and what is said of it."""
    try:
        card = card_file.read(folder / "run")
        found = verify(card, folder / "features", plan=folder / "plan.json", folder=kept)
    except TrendsError as error:
        return "refused", "reading", str(error)
    first = found.first
    return found.verdict, first.name if first else "", first.detail if first else ""


def copy(case: Path, folder: Path) -> None:
    """What is handed on: the card, the plan, the features."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "run").mkdir(parents=True)
    shutil.copy(case / "run" / card_file.CARD, folder / "run")
    shutil.copy(case / "plan.json", folder)
    shutil.copytree(case / "features", folder / "features")


def caught(case: Path, mutation: Mutation, work: Path) -> dict[str, object]:
    """One alteration: whether it was caught, and whether what is said names it."""
    copy(case, work / "altered")
    mutation.apply(work / "altered")
    verdict, step, detail = verified(work / "altered", work / "kept")
    is_caught = verdict in ("not reproduced", "refused")
    said = f"{step} {detail}".replace("_", " ")
    named = is_caught and any(name.replace("_", " ") in said for name in mutation.names)
    return {
        "kind": mutation.kind,
        "altered": mutation.name,
        "caught": is_caught,
        "named": named,
        "first": step,
        "said": detail.replace(str(work), "…")[:160],
    }


def main(folder: Path) -> None:
    """Make the case if it is not there, check that it is reproduced, and alter it."""
    case = folder / "case"
    if not (case / "run" / "placebo.json").is_file():
        make(case)
    copy(case, folder / "altered")
    # Finished tasks stay in a folder, so that the one re-run is carried out once.
    verdict, step, detail = verified(folder / "altered", folder / "kept")
    if verdict != "reproduced exactly":
        sys.exit(f"The unaltered case is {verdict}: {step} {detail}")
    rows = [caught(case, mutation, folder) for mutation in drawn(case)]
    table = pd.DataFrame(rows)
    RESULTS.mkdir(exist_ok=True)
    table.to_csv(RESULTS / "mutations.csv", index=False, lineterminator="\n")
    print(table.groupby("kind", sort=False)[["caught", "named"]].agg(["sum", "size"]))
    print(table[~(table["caught"] & table["named"])].to_string())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
