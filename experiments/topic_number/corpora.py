"""Made corpora like a researcher's own CSV: a title, an abstract, a day, and themes that are known.

Texts are sentences of the words of one theme and of words that all share. Two themes move by 25
points in eight years, one up and one down; the others keep their share.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

#: A theme a paragraph: its name, its nouns, its verbs, its adjectives.
TEXT = """
solar: photovoltaic panel sunlight inverter perovskite module silicon rooftop irradiance cell
wafer azimuth daylight tracker glazing solar; illuminates absorbs tilts converts harvests shades;
sunny crystalline translucent bifacial thin-film radiant

coal: coal mine furnace boiler ash coke seam colliery lignite smelter chimney slag miner shaft
anthracite combustion; burns excavates smokes pulverises digs chars; sooty bituminous fossil
underground carbonised sulphurous

whales: whale dolphin krill ocean pod migration blubber calf harpoon plankton cetacean fluke sonar
breeding hydrophone seal; swims dives surfaces migrates sings hunts; marine humpback pelagic
deep-sea aquatic baleen

violins: violin cello bow orchestra string sonata melody luthier concerto quartet vibrato score
conductor harmony rehearsal violinist; plays tunes conducts composes rehearses resonates; melodic
baroque acoustic symphonic lyrical harmonic

vaccines: vaccine antibody dose immunity virus infection booster trial antigen placebo patient
serum adjuvant outbreak fever injection; immunises inoculates infects vaccinates protects injects;
viral immune clinical intramuscular contagious seasonal

football: football goal striker referee penalty league stadium midfielder coach tackle fixture
goalkeeper kick fan defender tournament; scores dribbles tackles passes kicks defends; offside
unbeaten champion sporting away relegated

bridges: bridge girder pier truss span cable concrete arch deck abutment bearing load steel pylon
viaduct scour; spans bends sways corrodes vibrates supports; suspended reinforced structural
cracked welded prestressed

wine: wine grape vineyard tannin barrel cork vintage fermentation sommelier cellar bouquet terroir
yeast must oak winemaker; ferments ripens decants prunes tastes matures; fruity dry vinous sweet
oaky tannic

satellites: satellite orbit rocket payload antenna telescope launch spacecraft thruster astronaut
debris asteroid propellant gyroscope constellation reentry; orbits launches transmits propels
docks decays; geostationary orbital lunar interplanetary celestial polar

parliament: parliament election voter senator ballot coalition party minister statute constituency
campaign legislature amendment lobbyist cabinet turnout; votes legislates campaigns debates amends
elects; partisan electoral democratic parliamentary conservative liberal
"""
THEMES = {
    name: [words.split() for words in about.split(";")]
    for name, about in (theme.split(":") for theme in TEXT.strip().split("\n\n"))
}
SHARED = [
    "study",
    "method",
    "result",
    "data",
    "approach",
    "paper",
    "analysis",
    "model",
    "year",
    "work",
    "measure",
    "report",
    "change",
    "case",
    "group",
    "rate",
    "effect",
    "sample",
    "level",
    "review",
]
YEARS, DOCUMENTS = range(2015, 2023), 648
#: Documents of each theme from which corpora draw.
POOL = 400
KINDS = ("clear", "unequal", "overlapping")


def shares(themes: int, kind: str) -> np.ndarray:
    """Share of each theme (column) in each year (row): the first rises, the second falls."""
    start = max(0.05, 1 / themes - 0.125)
    steps = np.linspace(0.0, 0.25, len(YEARS))
    movers = np.stack([start + steps, start + steps[::-1]], axis=1)
    flat = np.ones(themes - 2)
    if kind == "unequal":
        # The smallest of the flat themes has a third of the largest.
        flat = np.linspace(3.0, 1.0, themes - 2) if themes > 3 else flat
    rest = (1 - movers.sum(1, keepdims=True)) * flat / flat.sum()
    return np.hstack([movers, rest])


def sentence(theme: str, common: float, draw: np.random.Generator) -> str:
    """A sentence of the words of a theme; a noun is a shared word with chance ``common``."""
    nouns, verbs, adjectives = THEMES[theme]

    def noun() -> str:
        return str(draw.choice(SHARED if draw.random() < common else nouns))

    adjective, verb = draw.choice(adjectives), draw.choice(verbs)
    return f"The {adjective} {noun()} {verb} the {noun()} of {noun()} and {noun()}."


def document(theme: str, beside: str, kind: str, number: int) -> tuple[str, str]:
    """Title and abstract of one of the documents of a theme; the same number is the same text."""
    names = list(THEMES)
    draw = np.random.default_rng([names.index(theme), names.index(beside), number])
    common, mix = (0.5, 0.25) if kind == "overlapping" else (0.2, 0.0)
    text = [
        sentence(beside if draw.random() < mix else theme, common, draw)
        for _ in range(draw.integers(5, 12))
    ]
    return sentence(theme, common, draw).rstrip("."), " ".join(text)


def make(themes: int, kind: str = "clear", *, rng: int) -> pd.DataFrame:
    """A corpus of so many themes: columns published, title, abstract and theme.

    "clear" themes share a fifth of their nouns; "unequal" ones have flat themes of which one is up
    to three times as large as another; of "overlapping" ones half of the nouns are shared, and a
    quarter of the sentences of a text are of the theme beside its own. Every corpus draws its
    documents from :data:`POOL` of each theme, so that texts are embedded once for all corpora.
    """
    draw = np.random.default_rng([rng, themes, KINDS.index(kind)])
    names = list(THEMES)[:themes]
    by_year = shares(themes, kind)
    of = [draw.choice(themes, p=by_year[i % len(YEARS)]) for i in range(DOCUMENTS)]
    numbers = [list(draw.permutation(POOL)) for _ in names]
    rows = []
    for i, at in enumerate(of):
        theme, beside = names[at], names[(at + 1) % themes if kind == "overlapping" else at]
        day = f"{YEARS[i % len(YEARS)]}-{draw.integers(1, 13):02d}-{draw.integers(1, 29):02d}"
        rows.append((day, *document(theme, beside, kind, int(numbers[at].pop())), theme))
    return pd.DataFrame(rows, columns=["published", "title", "abstract", "theme"])
