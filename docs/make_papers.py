"""Write papers.csv: 640 made-up abstracts on four subjects. Solar rises, coal falls, two stay."""

import csv
import random
from pathlib import Path

WORDS = {
    "solar": "solar panel photovoltaic cell rooftop silicon inverter sunlight module efficiency "
    "irradiance perovskite tracker shading feed-in",
    "coal": "coal mine boiler furnace ash sulphur turbine steam combustion emission flue lignite "
    "desulphurisation stack retrofit",
    "grid": "grid transmission voltage frequency substation outage transformer load dispatch "
    "balancing congestion interconnector relay fault stability",
    "market": "market price auction tariff bidding contract subsidy consumer retail wholesale "
    "regulation liberalisation tax certificate trading",
}
COMMON = "study result method approach analysis data model energy system effect case region"
rng = random.Random(7)
with Path("papers.csv").open("w", newline="", encoding="utf-8") as file:
    rows = csv.writer(file)
    rows.writerow(["title", "abstract", "published", "venue"])
    for year in range(8):
        weights = [10 + 5 * year, 45 - 5 * year, 25, 20]
        for _ in range(80):
            subject = rng.choices(list(WORDS), weights)[0]
            words = rng.choices(WORDS[subject].split(), k=24) + rng.choices(COMMON.split(), k=12)
            rng.shuffle(words)
            title = " ".join(words[:4]).capitalize()
            day = f"{2016 + year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            venue = "conference" if rng.random() < 0.3 + 0.05 * year else "journal"
            rows.writerow([title, " ".join(words).capitalize() + ".", day, venue])
