"""Settings of the alliance's dossier: every number that could be questioned, with its source."""

from collections.abc import Mapping
from typing import Any

from wohnlib.scenario import Assumption

STATUS = ("idea", "plan", "permit", "building", "done")
_DAY = "2026-11-22"


def _set(value: Any, unit: str, source: str, span: tuple[Any, Any] | None, note: str) -> Assumption[Any]:
    return Assumption(value=value, unit=unit, source=source, date=_DAY, rating="red", range=span, note=note)


WEIGHTS: Mapping[str, Assumption[float]] = {
    "idea": _set(0.1, "Anteil", "Setzung", (0.0, 0.3), "Ideen, die gebaut werden"),
    "plan": _set(0.5, "Anteil", "Setzung", (0.3, 0.8), "geplante Wohnungen, die gebaut werden"),
    "permit": _set(0.9, "Anteil", "Methodenbeschreibung, wie bei den Baugenehmigungen des Szenarios", (0.6, 1.0),
                   "genehmigte Wohnungen, die gebaut werden"),
    "building": _set(1.0, "Anteil", "Setzung: Was im Bau ist, wird fertig", (0.9, 1.0), "Wohnungen im Bau, die fertig werden"),
    "done": _set(1.0, "Anteil", "fertiggestellt", None, "fertiggestellte Wohnungen").model_copy(update={"rating": "green"}),
}  # fmt: skip
LARGE_GAP: Assumption[float] = _set(
    0.5, "Anteil", "Setzung", (0.3, 0.7), "Unter dieser Deckung kommt eine Gemeinde auf die Tagesordnung"
)
MOST_NAMED: Assumption[int] = _set(
    3, "Gemeinden", "Setzung", (1, 5), "So viele Gemeinden nennt ein Punkt der Tagesordnung mit Namen"
)
NOTICEABLE: Assumption[int] = _set(
    10, "Wohnungen", "Setzung: kleinere Unterschiede liegen in der Unsicherheit der Rechnung", (5, 50),
    "Ab so vielen Wohnungen ist eine Lücke oder ein Überhang ein Thema",
)  # fmt: skip
# Sub-regions shown where the alliance has named none of its own: region -> name -> units.
SUBREGIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "03251": {"Gürtel um Bremen": ("03251037", "03251047")},
}
MARKET_CHANGE: Assumption[float] = _set(
    0.015, "Anteil", "Setzung: Veränderungen der Haushaltszahl darunter gelten als gleichbleibend", (0.005, 0.05),
    "Ab dieser Veränderung der Haushaltszahl wächst oder schrumpft ein Wohnungsmarkt",
)  # fmt: skip
MARKET_SURE: Assumption[float] = _set(
    0.8,
    "Anteil",
    "Setzung, wie der 80-%-Bereich",
    (0.7, 0.95),
    "Ab diesem Anteil der Ziehungen gilt eine Marktart als sicher",
)
MARKET_LIKELY: Assumption[float] = _set(
    0.67,
    "Anteil",
    "Setzung: zwei von drei Ziehungen",
    (0.5, 0.75),
    "Ab diesem Anteil der Ziehungen heißt es „eher“",
)
PEERS: Assumption[int] = _set(
    3, "Gemeinden", "Setzung", (1, 5), "Mit so vielen ähnlichen Gemeinden wird verglichen"
)
# Units that hold a Mittelzentrum, by region.
CENTRAL_PLACES: Mapping[str, Assumption[tuple[str, ...]]] = {
    "03251": Assumption(
        value=("03251012", "03251037", "03251040", "03251041"), unit="Schlüssel",
        source="Landkreis Diepholz, Entwurf der Kongruenzräume der Mittelzentren Diepholz, Stuhr, Sulingen und Syke (Ratsvorlage der Stadt Lohne)",
        date="2026-11-22", rating="amber", note="Planungseinheiten mit einem Mittelzentrum",
    ),
}  # fmt: skip
CENTRAL_WEIGHT: Assumption[float] = _set(
    2.0,
    "Faktor",
    "Setzung",
    (1.0, 4.0),
    "So viel mehr als sonst je Haushalt entfällt nach diesem Schlüssel auf ein Mittelzentrum",
)
KEYS: Mapping[str, Assumption[float]] = {
    "own_need": _set(0.6, "Anteil", "Setzung, vom Bündnis zu vereinbaren", (0.0, 1.0), "Gewicht des eigenen Bedarfs"),
    "central_places": _set(0.2, "Anteil", "Setzung, vom Bündnis zu vereinbaren", (0.0, 1.0), "Gewicht der zentralen Orte"),
    "capacity": _set(0.2, "Anteil", "Setzung, vom Bündnis zu vereinbaren", (0.0, 1.0), "Gewicht der Flächen und Potenziale"),
}  # fmt: skip
