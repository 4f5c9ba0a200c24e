"""A run over months with seasons: its tables and figures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import words_of

import trends as tr


@pytest.mark.slow
def test_seasons_and_whole_curves_of_a_run(tmp_path: Path) -> None:
    rng, words = np.random.default_rng(0), words_of()
    rows = []
    for month in range(30):
        for i in range(24):
            # Whales are written of in winter.
            odds = np.array([1.0, 4.0 if month % 12 in {0, 1, 11} else 1.0, 1.0])
            text = " ".join(rng.choice(words[rng.choice(3, p=odds / odds.sum())], 30))
            day = f"{2020 + month // 12}-{month % 12 + 1:02d}-{i + 1:02d}"
            rows.append({"id": f"d{month}-{i}", "title": f"{month} {i}", "text": text, "day": day})
    pd.DataFrame(rows).to_csv(tmp_path / "papers.csv", index=False)
    settings = {
        "rng": 7,
        "corpus": {"path": str(tmp_path / "papers.csv"), "text": "text", "date": "day", "id": "id"},
        "models": {"backends": ["nmf"], "n_topics": 3, "seeds": 1},
        "prevalence": {"period": "month", "season": "auto"},
        "figures": {"formats": ["svg"], "map": False},
    }
    out = tmp_path / "out"
    run = tr.run(settings, out, progress=False)
    seasons = pd.read_csv(out / "seasons.csv")
    assert len(seasons) == 3 * 12
    clearest = seasons.loc[seasons["points"].idxmax()]
    assert clearest["name"] in {"Dec", "Jan", "Feb"}
    assert clearest["p_adjusted"] <= 0.05
    curves = run.table("curves")
    assert {"smooth", "smooth_lower", "smooth_upper", "rate"} <= set(curves)
    assert curves["smooth"].between(curves["smooth_lower"], curves["smooth_upper"]).all()
    assert (out / "figures" / "seasons-nmf.svg").is_file()
    assert "for all months at once" in (out / "report.html").read_text(encoding="utf-8")
    assert (run.table("trends")["finding"] == "no change detected").all()
