"""Intervals of the reports: one rule of rounding, joint draws, nested bands, no order that is not sure."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wohnlib.assess import Assessment, assess
from wohnlib.report import figure
from wohnlib.report.bedarf import Bedarf, bedarf_of
from wohnlib.report.fan import fan, ranges
from wohnlib.report.spread import LEVELS, Spread, groups_of, ranks_of, rounded, step_of
from wohnlib.report.view import View
from wohnlib.words import Words

NAMES = (
    "people", "old", "households", "alone", "alone65", "alone75", "size_1", "size_5", "signed", "newbuild", "build",
    "build_ezfh", "build_mfh", "newbuild_ezfh", "surplus",
)  # fmt: skip
BOUND = st.floats(-300_000, 300_000)


@pytest.fixture(scope="module")
def views(assessments: dict[str, Assessment]) -> list[View]:
    base = assessments["base"]
    return [View(base, key, Words("de")) for key in (*base.inputs.areas.keys, base.inputs.areas.region)]


@pytest.fixture(scope="module")
def siedenburg(assessments: dict[str, Assessment]) -> Bedarf:
    return report_of(assessments)


def report_of(assessments: dict[str, Assessment], name: str = "base") -> Bedarf:
    return bedarf_of(assessments[name], (assessments["lower"], assessments["upper"]), "03251407", "de")


# -- the rule of rounding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "shown", "expected"),
    [
        (51.4, 1246.5, 590, (50, 1_250)), (0, 6.2, 3, (0, 10)), (999, 9_999, 5_000, (990, 10_000)),
        (4_076.5, 11_055.6, 7_437, (4_050, 11_100)), (10_000, 220_000.1, 10_001, (10_000, 220_100)),
        (-12, 41, 3, (-20, 50)), (0, 0, 0, (0, 0)), (0, 0, 4, (0, 10)), (499.9999999, 700, 600, (500, 700)),
        (120, 180, 260, (120, 260)), (120, 180, 90, (90, 180)),
    ],
)  # fmt: skip
def test_bounds_are_rounded_outwards_by_size_and_around_the_printed_mean(
    low: float, high: float, shown: int, expected: tuple[int, int]
) -> None:
    assert rounded(low, high, shown) == expected


@given(BOUND, st.floats(0.001, 100_000), st.integers(-300_000, 300_000))
def test_printed_bounds_always_hold_the_interval_and_the_mean(low: float, width: float, shown: int) -> None:
    printed = rounded(low, low + width, shown)
    assert printed[0] <= min(low, shown) + 1e-5 and max(low + width, shown) - 1e-5 <= printed[1]
    assert all(bound % 10 == 0 for bound in printed)
    for bound, exact in zip(printed, (min(low, shown), max(low + width, shown)), strict=True):
        assert abs(bound - exact) < step_of(exact) + 1e-5


@given(BOUND, st.floats(0.001, 9_000), st.floats(0.001, 9_000), st.floats(0.001, 9_000))
def test_rounding_keeps_a_band_within_the_next(low: float, one: float, two: float, three: float) -> None:
    inner, outer = rounded(low + one, low + one + two), rounded(low, low + one + two + three)
    assert outer[0] <= inner[0] <= inner[1] <= outer[1]


# -- joint draws ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["people", "households", "build", "newbuild", "alone75"])
def test_the_interval_of_the_kreis_is_that_of_summed_draws(views: list[View], name: str) -> None:
    """Narrower than the sum of the units' intervals, wider than if the units strayed independently."""
    *units, kreis = (v.spread(name).draws[:, -1] for v in views)
    assert np.allclose(np.sum(units, axis=0), kreis, rtol=0, atol=1e-6)
    width = np.ptp(np.quantile(kreis, [0.1, 0.9]))
    added = sum(float(np.ptp(np.quantile(u, [0.1, 0.9]))) for u in units)
    rng = np.random.default_rng(1)
    apart = np.ptp(np.quantile(np.sum([rng.permutation(u) for u in units], axis=0), [0.1, 0.9]))
    assert 1.3 * apart < width < 0.99 * added


def test_the_printed_interval_of_the_kreis_is_narrower_than_the_printed_ones_of_its_units(
    views: list[View],
) -> None:
    *units, kreis = (v.spread("build").interval() for v in views)
    assert sum(low for low, _ in units) < kreis[0] and kreis[1] < sum(high for _, high in units)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_lies_in_the_interval_and_the_bands_are_nested(views: list[View], name: str) -> None:
    for view in views:
        spread = view.spread(name)
        for position in range(1, spread.draws.shape[1]):
            bounds = spread.bounds(position)
            assert bounds == sorted(bounds), (view.key, position)
            assert bounds[1] <= spread.shown[position] <= bounds[4], (view.key, position)
        edges = [spread.band(level) for level in LEVELS]
        for wide, narrow in itertools.pairwise(edges):
            assert (wide[0] <= narrow[0]).all() and (narrow[1] <= wide[1]).all()


@pytest.mark.parametrize("name", ["people", "old", "households", "alone65", "size_1", "signed"])
def test_the_printed_number_is_the_mean_of_the_draws(views: list[View], name: str) -> None:
    for view in views[:-1]:
        spread = view.spread(name)
        off = np.abs(spread.draws.mean(0) - spread.shown).max()
        assert off <= (6 if name == "old" else 1.01), view.key  # "old" sums fifty whole numbers


def test_new_build_need_lies_above_the_course_without_shocks(views: list[View]) -> None:
    for view in views[:-1]:
        spread = view.spread("newbuild")
        central = view.of(view.result.need.newbuild[0]).sum(-1)
        assert abs(spread.draws[:, -1].mean() - spread.shown[-1]) <= 2
        assert spread.shown[-1] >= central[-1] - 1


def test_the_interval_of_land_holds_the_printed_hectares_and_is_joint(views: list[View]) -> None:
    bounds = [v.land_interval() for v in views]
    for view, (low, high) in zip(views, bounds, strict=True):
        assert low <= view.land_tenths.sum() / 10 <= high and low < high
    assert sum(b[0] for b in bounds[:-1]) <= bounds[-1][0] and bounds[-1][1] < sum(b[1] for b in bounds[:-1])


def test_scenarios_share_their_draws(assessments: dict[str, Assessment]) -> None:
    """In no draw is less to be built under the upper assumptions, nor more under the lower ones."""
    lower, base, upper = (
        assessments[n].draws.to_build(assessments[n].deducted) for n in ("lower", "base", "upper")
    )
    assert (upper >= base - 1e-9).all() and (base >= lower - 1e-9).all()
    assert (upper[:, :, -1] > base[:, :, -1]).any(axis=0).all()


def test_intervals_widen_with_the_years(views: list[View]) -> None:
    for view in views:
        low, high = view.spread("people").band(0.8)
        share = (high - low) / view.pop
        assert share[0] == 0 and (np.diff(share[[1, 5, 10, 15, 19]]) > 0).all(), view.key


def test_two_runs_write_the_same_bytes(assessments: dict[str, Assessment], siedenburg: Bedarf) -> None:
    again = {n: assess(r.inputs, r.scenario) for n, r in assessments.items() if n != "status_quo"}
    other = report_of(again)
    for section in ("headline", "people", "rest", "sure"):
        assert getattr(other, section)().html == getattr(siedenburg, section)().html


# -- the report ----------------------------------------------------------------------------------------------


def test_each_scenario_has_its_own_interval(siedenburg: Bedarf) -> None:
    html = siedenburg.sure().html
    for view in (siedenburg.view, *siedenburg.range_views):
        low, high = view.spread("build").interval()
        assert f"{int(view.to_build[-1].sum())} ({low}–{high})" in html
    assert "Untere Annahmen" in html and "Obere Annahmen" in html


def test_the_chosen_scenario_stands_once_beside_the_others(assessments: dict[str, Assessment]) -> None:
    report = report_of(assessments, "upper")
    assert [v.result.scenario.name for v in report.others] == ["lower"]
    head = re.findall(r"<th[^>]*>([^<]*)</th>", report.sure().html.split("nach Szenario, in Klammern")[-1])
    assert head[:3] == ["Ergebnis", "Untere Annahmen", "Obere Annahmen"]


def test_what_an_interval_is_stands_once_in_the_opening_and_where_it_is_discussed(siedenburg: Bedarf) -> None:
    told = "In 8 von 10 Fällen dürfte der wahre Wert darin liegen; die Breite stammt aus den Fehlern früherer"
    assert siedenburg.headline().html.count(told) == 1
    assert siedenburg.sure().html.count(told) == 1


@pytest.mark.parametrize("section", ["people", "households", "rest"])
def test_a_fan_has_its_numbers_in_a_table_beneath(siedenburg: Bedarf, section: str) -> None:
    html = getattr(siedenburg, section)().html
    table = re.search(r"<caption><span>[^<]*Mittel und Bereiche</span></caption>.*?</table>", html, re.DOTALL)
    assert table
    rows = re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)
    last = [int(re.sub(r"\D", "", c)) for c in re.findall(r"<td[^>]*>(.*?)</td>", rows[-1])]
    name = {"people": "people", "households": "households", "rest": "build"}[section]
    spread = siedenburg.view.spread(name)
    assert last == [*spread.bounds(-1)[:3], int(spread.shown[-1]), *spread.bounds(-1)[3:]]
    assert "von 100 Fällen" in html


# -- no order that is not sure -------------------------------------------------------------------------------


def test_units_that_are_alike_stand_in_one_group() -> None:
    rng = np.random.default_rng(2)
    draws = np.stack([rng.normal(m, 30, 4_000) for m in (520, 510, 500, 100, 95)], axis=1)
    assert groups_of(draws, [0, 1, 2, 3, 4]) == [0, 0, 0, 1, 1]
    assert groups_of(np.zeros((100, 3)), [2, 0, 1]) == [0, 0, 0], "equal values are never told apart"


def test_shared_errors_do_not_hide_an_order() -> None:
    """Two units whose intervals overlap widely, but of which one is larger in every draw."""
    shared = np.random.default_rng(3).normal(0, 200, 2_000)
    draws = np.stack([500 + shared, 450 + shared], axis=1)
    low, high = np.quantile(draws, [0.1, 0.9], axis=0)
    assert low[0] < high[1], "the intervals overlap"
    assert groups_of(draws, [0, 1]) == [0, 1]
    assert ranks_of(draws, [0, 1]) == [(1, 1), (2, 2)]


def test_ranks_are_wide_where_units_are_alike() -> None:
    rng = np.random.default_rng(4)
    draws = np.stack([rng.normal(m, 50, 4_000) for m in (505, 500, 495, 0)], axis=1)
    assert ranks_of(draws, [0, 1, 2, 3]) == [(1, 3), (1, 3), (1, 3), (4, 4)]


# -- the figures ---------------------------------------------------------------------------------------------

YEARS = list(range(2021, 2061))


def sample_fan() -> bytes:
    middle = np.linspace(30_500, 29_000, len(YEARS))
    bands = [(f"{round(100 * level)}-%-Bereich", *_around(middle, w)) for level, w in
             zip(LEVELS, (90, 60, 30), strict=True)]  # fmt: skip
    beside = {"Untere Annahmen": (middle - 400).tolist(), "Obere Annahmen": (middle + 500).tolist()}
    return fan(
        YEARS, ("Basis", middle.tolist()), bands, beside=beside, unit="Einwohner", ticks=[2022, 2040, 2060]
    )


def _around(middle: np.ndarray, width: float) -> tuple[list[float], list[float]]:
    away = width * np.arange(len(middle)) ** 0.7
    return (middle - away).tolist(), (middle + away).tolist()


def texts_of(svg: bytes) -> str:
    return "\n".join(
        "".join(t.itertext()) for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )


def test_a_fan_names_its_bands_and_lines_in_both_forms() -> None:
    svg = sample_fan()
    for form in (svg, svg.narrow):  # type: ignore[attr-defined]
        text = texts_of(form)
        for word in (
            "50-%-Bereich",
            "80-%-Bereich",
            "95-%-Bereich",
            "Basis",
            "29.000",
            "28.600",
            "29.500",
            "2060",
        ):
            assert word in text, word
        assert len(form) < figure.SVG_AT_MOST
    assert "Untere Annahmen" in texts_of(svg) and "Untere Annahmen" in texts_of(svg.narrow)  # type: ignore[attr-defined]


def test_the_areas_of_a_fan_lie_within_each_other() -> None:
    svg, extent = sample_fan().decode(), {}
    for name, fill in re.findall(r'href="#(\w+)"[^>]*fill:(#[0-9a-f]{6})', svg):
        path = re.search(rf'id="{name}" d="([^"]+)"', svg)
        if fill not in figure.FAN or not path:
            continue
        heights = [
            float(y) for pair in re.findall(r"[ML][\d.]+ (-?[\d.]+)|V(-?[\d.]+)", path[1]) for y in pair if y
        ]
        extent[fill] = min(heights), max(heights)
    assert list(extent) == list(figure.FAN), "the widest band is drawn first"
    wide, middle, narrow = extent.values()
    assert wide[0] < middle[0] < narrow[0] < narrow[1] < middle[1] < wide[1]


def test_lines_and_text_read_on_the_bands() -> None:
    for fill in figure.FAN:
        assert figure.contrast(figure.INK, fill) >= 4.5
        assert figure.contrast(figure.NEED, fill) >= 3
    steps = [figure.contrast(a, b) for a, b in zip(("#ffffff", *figure.FAN), figure.FAN, strict=False)]
    assert min(steps) > 1.15, "neighbouring bands differ in lightness, also for a grey printer"


def test_a_row_of_ranges_tells_every_mean_and_parts_the_groups() -> None:
    svg = ranges(["Stuhr", "Weyhe", "Rehden"], [900.0, 850.0, 90.0], [100.0, 80.0, 0.0], [1_900.0, 1_800.0, 200.0],
                 labels=("Mittel", "80-%-Bereich"), groups=[0, 0, 1], unit="Wohnungen")  # fmt: skip
    for form in (svg, svg.narrow):
        text = texts_of(form)
        assert all(word in text for word in ("Stuhr", "Rehden", "900", "850", "90", "Mittel", "80-%-Bereich"))
        assert len(re.findall(r"stroke-dasharray", form.decode())) == 1


def test_a_fan_bears_zero_and_no_width() -> None:
    flat = [0.0] * 3
    svg = fan([2022, 2023, 2024], ("Basis", flat), [("80-%-Bereich", flat, flat)], from_zero=True)
    assert b"nan" not in svg and b"nan" not in svg.narrow


def test_draws_that_agree_have_no_interval() -> None:
    spread = Spread(np.full((10, 2), 7.0), np.array([7, 7]))
    assert spread.certain and spread.interval() == (7, 7)
    assert not Spread(np.array([[0.0], [1.0]]), np.array([1])).certain
