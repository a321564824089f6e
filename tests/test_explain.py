"""`wohnlib explain` followed with a pocket calculator: only what it prints, and plain arithmetic."""

import math
import re
from typing import NamedTuple

import pytest

from wohnlib.explain import explain_need
from wohnlib.session import open_assessment

LINES = (
    "Veränderung der Haushalte", "Incomings", "Ferien- und Freizeitwohnungen", "Nachholbedarf",
    "Ersatz für Abgänge", "Reserve minus nutzbarer Leerstand",
)  # fmt: skip
NUMBER = re.compile(r"(?<![\w.,])[+\u2212]?\d[\d.]*(?:,\d+)?(?![\w])")
SEEN = 2e-5  # six decimals are printed, products of a few of them differ by this much
CASES = [
    ("03251407", "base", 2040),
    ("03251047", "base", 2035),
    ("03251041", "upper", 2040),
    ("03251405", "lower", 2060),
    ("03251037", "status_quo", 2030),
]


def value(text: str) -> float:
    return float(text.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-"))


class Printed:
    """The printed page as sections of lines; every number is read from the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: dict[int, list[str]] = {}
        number = 0
        for line in text.splitlines():
            if match := re.match(r"(\d)\. ", line):
                number = int(match[1])
            self.sections.setdefault(number, []).append(line)

    def row(self, section: int, start: str) -> list[float]:
        """Return the numbers of the one line of a section that begins with these words."""
        found = [x for x in self.sections[section] if x.strip().startswith(start)]
        assert len(found) == 1, (section, start, found)
        rest = found[0].strip()[len(start) :]
        return [value(n) for n in NUMBER.findall(rest.split("   = ")[0].split("   (")[0])]


KINDS = ("Häuser mit 1 oder 2 Wohnungen", "Häuser ab 3 Wohnungen")


class Result(NamedTuple):
    need: list[float]
    lines: list[list[float]]


@pytest.fixture(scope="module", params=CASES, ids=lambda c: "-".join(map(str, c)))
def printed(request: pytest.FixtureRequest) -> Printed:
    key, scenario, horizon = request.param
    return Printed(explain_need(open_assessment("03251", scenario, horizon), key))


def recompute(p: Printed) -> Result:
    """Return need by type and line from the printed inputs."""
    t = p.row(1, "t: Jahre seit dem Stichtag")[0]
    total, vacant, unusable_share = (
        p.row(5, "S: Wohnungen"), p.row(5, "V: davon leer"), p.row(5, "Anteil unbenutzbar am Leerstand")[0],
    )  # fmt: skip
    holiday = p.row(5, "Z: Ferien und Freizeit")
    reserve, rate = p.row(5, "ρ: Reserve"), p.row(5, "r: Abgangsquote je Jahr")
    on_unusable = p.row(5, "λ: Anteil der Abgänge an unbenutzbaren Wohnungen")[0]
    occupied = sum(s - v - z for s, v, z in zip(total, vacant, holiday, strict=True))
    assert occupied == pytest.approx(p.row(4, "O: bewohnte Wohnungen 2022 (Bestand")[0], abs=SEEN)
    m0 = p.row(4, "M: davon ohne Hauptwohnung (örtliche Angabe)")[0]
    sizes = [p.row(4, name) for name in ("1 Person ", "2 Personen", "3 Personen", "4 Personen", "5 und mehr")]
    before, after = sum(s[0] for s in sizes), sum(s[1] for s in sizes)
    kappa = (occupied - m0) / before
    assert kappa == pytest.approx(p.row(4, "κ: bewohnte Wohnungen je Haushalt")[0], abs=1e-8)
    assert after == pytest.approx(p.row(3, "zusammen")[3], abs=SEEN)
    resident = [[kappa * sum(s[k] * s[2 + b] for s in sizes) for k in (0, 1)] for b in (0, 1)]
    stays = [p.row(4, f"Ältere bleiben, wo sie wohnen: {kind}")[0] for kind in KINDS]
    assert sum(stays) == pytest.approx(0, abs=SEEN)
    resident = [
        [before_t, after_t + moved] for (before_t, after_t), moved in zip(resident, stays, strict=True)
    ]
    m, n, z = p.row(6, "M: Incomings am Ende"), p.row(6, "N: Nachholbedarf am Ende"), p.row(6, "Z: Ferien")
    lines = []
    for b in (0, 1):
        unusable = vacant[b] * unusable_share
        loss = (1 - on_unusable) * rate[b] * (total[b] - unusable)
        in_use = resident[b][1] + m[b] + n[b]
        lines.append([
            resident[b][1] - resident[b][0], m[b] - 0, z[b] - holiday[b], n[b], t * loss,
            reserve[b] / (1 - reserve[b]) * in_use - (vacant[b] - unusable),
        ])  # fmt: skip
        required = in_use / (1 - reserve[b]) + z[b]
        assert required - (total[b] - unusable) + t * loss == pytest.approx(sum(lines[b]), abs=4e-4)
    assert m0 == 0, "Incomings at the base by type are not printed"
    return Result([sum(x) for x in lines], lines)


def test_the_need_follows_from_the_printed_inputs(printed: Printed) -> None:
    own = recompute(printed)
    for k, name in enumerate(LINES):
        shown = printed.row(6, name)
        for b in (0, 1):
            assert own.lines[b][k] == pytest.approx(shown[b], abs=2e-4), (name, b)
        assert shown[0] + shown[1] == pytest.approx(shown[2], abs=2.1e-6), name
    total = printed.row(6, "Bedarf insgesamt")
    assert own.need == pytest.approx(total[:2], abs=4e-4)
    assert sum(own.need) == pytest.approx(total[2], abs=4e-4)


def test_the_whole_numbers_follow_from_the_printed_lines(printed: Printed) -> None:
    """Largest remainders over the twelve cells, as the page says, give the printed whole dwellings."""
    cells = [printed.row(6, name)[b] for b in (0, 1) for name in LINES]
    whole = [math.floor(c) for c in cells]
    total = sum(cells)
    missing = int(math.copysign(math.floor(abs(total) + 0.5), total)) - sum(whole)
    for at in sorted(range(12), key=lambda i: (-(cells[i] - whole[i]), i))[:missing]:
        whole[at] += 1
    signed = [sum(whole[:6]), sum(whole[6:])]
    year = re.search(r"bis Ende (\d{4}), Zeile", printed.text)
    assert year
    assert printed.row(7, f"Bedarf Ende {year[1]}, mit Vorzeichen") == [*signed, sum(signed)]


def test_the_peak_the_rest_and_the_rate_follow_from_the_years(printed: Printed) -> None:
    years = re.findall(r"(\d{4}): (\S+) / (\S+)", printed.text)
    title = re.search(r"bis Ende (\d{4})", printed.text)
    assert title
    horizon = int(title[1])
    assert [int(y) for y, _, _ in years] == list(range(2022, horizon + 1))
    signed = printed.row(7, f"Bedarf Ende {horizon}, mit Vorzeichen")
    assert [value(v) for v in years[-1][1:]] == signed[:2]
    peak = printed.row(7, "Höchststand ohne Zufall, mindestens 0")
    highest = [max(0.0, *(value(row[1 + b]) for row in years)) for b in (0, 1)]
    assert peak[:3] == [*highest, sum(highest)]
    extra = printed.row(7, "+ Zuschlag, weil der Bedarf schwanken kann")
    newbuild = printed.row(7, "= Bedarf an neuen Wohnungen (Mittel der Ziehungen)")
    assert newbuild == [a + b for a, b in zip(peak[:3], extra, strict=True)]
    assert min(extra) >= 0 < extra[2], "the mean of the peaks lies above the peak of the mean"
    built = printed.row(7, "− fertiggestellt seit dem Stichtag (geschätzt)")
    rest = printed.row(7, "= noch zu bauen (mindestens 0)")
    assert rest[:2] == [max(0.0, newbuild[b] + built[b]) for b in (0, 1)]
    assert rest[2] == sum(rest[:2]) and built[2] == sum(built[:2])
    rate = printed.row(7, f"je Jahr, 2027 bis {horizon}")
    assert rate[0] == pytest.approx(rest[2] / (horizon - 2026), abs=0.0051)


def test_the_intervals_hold_the_printed_means(printed: Printed) -> None:
    title = re.search(r"bis Ende (\d{4})", printed.text)
    assert title
    rows = {
        "80-%-Bereich: Bedarf mit Vorzeichen": f"Bedarf Ende {title[1]}, mit Vorzeichen",
        "80-%-Bereich: Bedarf an neuen Wohnungen": "= Bedarf an neuen Wohnungen (Mittel der Ziehungen)",
        "80-%-Bereich: noch zu bauen": "= noch zu bauen (mindestens 0)",
    }
    for interval, mean in rows.items():
        bounds, shown = printed.row(7, interval), printed.row(7, mean)
        assert len(bounds) == 6 and len(shown) == 3
        for k in range(3):
            low, high = bounds[2 * k : 2 * k + 2]
            assert low <= shown[k] <= high and low < high, (interval, k)


def test_the_year_of_the_peak_is_true(printed: Printed) -> None:
    years = re.findall(r"(\d{4}): (\S+) / (\S+)", printed.text)
    peak = re.search(r"erreicht (\S+) und (\S+)$", printed.text, re.MULTILINE)
    assert peak
    for b in (0, 1):
        highest = max(value(row[1 + b]) for row in years)
        if re.fullmatch(r"\d{4}", peak[1 + b]):
            at = [row[0] for row in years if value(row[1 + b]) == highest]
            assert highest > 0 and peak[1 + b] in at, "a peak is named where there is none"
        else:
            assert peak[1 + b] == "nie" and highest <= 0


def test_people_and_households_add_up_as_printed(printed: Printed) -> None:
    first, births, deaths, net = (
        printed.row(2, start)[0]
        for start in (
            "Einwohner am 15.05.2022 (Zensus)",
            "+ Geburten",
            "− Sterbefälle",
            "+ Zuzüge minus Fortzüge",
        )
    )
    last = next(x for x in printed.sections[2] if x.strip().startswith("= Einwohner am 31.12."))
    end = value(NUMBER.findall(last.split("Summe")[0])[-1])
    assert first + births + deaths + net == pytest.approx(end, abs=2.1e-4)
    homes = printed.row(2, "− Menschen in Heimen und Gemeinschaftsunterkünften")[0]
    balance = printed.row(2, "× Abgleich mit den Personen in den Haushalten des Zensus")[0]
    people = printed.row(2, "= Menschen in privaten Haushalten")[0]
    assert (end + homes) * balance == pytest.approx(people, rel=2e-6)
    totals = printed.row(3, "zusammen")
    rows = [printed.row(3, n) for n in ("1 Person ", "2 Personen", "3 Personen", "4 Personen", "5 und mehr")]
    for before, after, size, households, later in rows:
        assert before / size == pytest.approx(households, rel=1e-5)
        assert after / size == pytest.approx(later, rel=1e-5)
    for k, at in ((0, 0), (1, 1), (3, 2), (4, 3)):
        assert sum(row[k] for row in rows) == pytest.approx(totals[at], abs=3e-6)
    assert people == pytest.approx(totals[1], abs=1e-4)


def test_the_backlog_follows_from_what_is_printed() -> None:
    p = Printed(explain_need(open_assessment("03251", "upper", 2040), "03251041"))
    at_end = p.row(6, "N: Nachholbedarf am Ende")
    assert at_end[2] > 0
    households, t = p.row(3, "zusammen")[2], p.row(1, "t: Jahre seit dem Stichtag")[0]
    base = p.row(5, "N: Nachholbedarf insgesamt")[0]
    years = p.row(5, "Jahre, in denen er abgebaut wird")[0]
    mfh = p.row(5, "Anteil des Nachholbedarfs ab 3 Wohnungen")[0]
    assert base == pytest.approx(0.005 * households, abs=1e-4)  # the share stands in upper.yaml
    assert base * min(1, t / years) == pytest.approx(at_end[2], abs=1e-4)
    assert base * mfh * min(1, t / years) == pytest.approx(at_end[1], abs=1e-4)


def test_every_line_is_printable_and_nothing_is_missing(printed: Printed) -> None:
    for line in printed.text.splitlines():
        assert line.isprintable() and line == line.rstrip() and len(line) < 160
        assert not re.search(r"\bnan\b|None|∞|\{|\}|NaN", line), line
    assert sorted(printed.sections) == list(range(8))
    assert "Szenario" in printed.text
