"""Figures: small, the same everywhere, readable by everyone."""

import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib
import pytest
from test_page_sample import sample_figures

from wohnlib.report import charts, figure, page, panels
from wohnlib.report.fan import fan
from wohnlib.report.picture import Picture


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    return sample_figures()


def test_every_figure_is_small_and_well_formed(pictures: dict[str, Picture]) -> None:
    assert len(pictures) == 6
    for name, svg in pictures.items():
        for form in (svg, svg.narrow):
            assert len(form) <= figure.SVG_AT_MOST, name
            assert ET.fromstring(form).tag.endswith("svg")


def texts_of(svg: bytes) -> list[str]:
    return ["".join(t.itertext()) for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def numbers_of(svg: bytes) -> set[str]:
    return {t for t in texts_of(svg) if re.fullmatch(r"[+−]?[\d.,]+", t)}


def test_the_narrow_form_is_half_as_wide_and_its_letters_are_as_high(pictures: dict[str, Picture]) -> None:
    for name, svg in pictures.items():
        wide, narrow = (float(ET.fromstring(s).attrib["viewBox"].split()[2]) for s in (svg, svg.narrow))
        assert narrow == pytest.approx(84 / 25.4 * 72, abs=0.1), name
        assert wide == pytest.approx(160 / 25.4 * 72, abs=0.1), name
        sizes = [set(re.findall(r"font-size:([\d.]+)px", s.decode())) for s in (svg, svg.narrow)]
        assert min(map(float, sizes[1])) >= 8, name
        assert max(sizes[0]) == max(sizes[1]), name


@pytest.mark.parametrize("kind", ["bars", "grouped", "waterfall"])
def test_both_forms_say_the_same_numbers(pictures: dict[str, Picture], kind: str) -> None:
    assert numbers_of(pictures[kind]) == numbers_of(pictures[kind].narrow)
    assert len(numbers_of(pictures[kind])) >= 6


def test_a_narrow_form_keeps_every_name_whole(pictures: dict[str, Picture]) -> None:
    for kind in ("bars", "stacked", "grouped", "waterfall"):
        wide, narrow = (" ".join(texts_of(s)) for s in (pictures[kind], pictures[kind].narrow))
        assert "…" not in wide + narrow
        assert set(wide.split()) - set(narrow.split()) <= numbers_of(pictures[kind])
    ends = texts_of(pictures["fan"].narrow)
    assert "Basis" in ends and "10.540" in ends
    assert "80-%-Bereich" in ends and "80-%-Bereich" in texts_of(pictures["fan"])


def test_years_of_a_narrow_figure_do_not_touch() -> None:
    years = list(range(2021, 2041))
    svg = fan(years, ("a", list(range(20))), [], ticks=[2021, 2023, 2025, 2030, 2035, 2038, 2040])
    shown = [t for t in texts_of(svg.narrow) if re.fullmatch(r"20\d\d", t)]
    assert shown[0] == "2021" and shown[-1] == "2040"
    assert "2038" not in shown and "2038" in texts_of(svg)


def test_panels_stand_two_abreast_when_narrow_and_tell_the_years_once_a_column() -> None:
    many = {f"Ort {k}": [100.0, 90.0 + k] for k in range(6)}
    svg = panels.small_multiples([2022, 2040], many, ("Kreis", [100, 99]))
    assert texts_of(svg).count("2022–2040") == 2  # four abreast: two stand in the last row
    assert texts_of(svg.narrow).count("2022–2040") == 2
    high = [float(ET.fromstring(s).attrib["viewBox"].split()[3]) for s in (svg, svg.narrow)]
    assert high[1] > high[0]
    points = panels.dots(["Altes Amt", "Syke"], {"x": [0.1, 0.2]}, colours=[figure.NEED], spec="pct0")
    assert "Altes Amt" in texts_of(points.narrow)


def test_a_page_shows_the_narrow_form_on_phones_only(pictures: dict[str, Picture]) -> None:
    html = page.figure(pictures["bars"], "Balken", "Ein Satz.").html
    found = re.findall(r'<source media="([^"]+)" srcset="[^"]+" width="(\d+)" height="\d+"><img src="', html)
    assert found == [("screen and (max-width: 34rem)", "238")]
    plain = page.figure(bytes(pictures["bars"]), "Balken", "Ein Satz.").html
    assert "<picture" not in plain and "<img" in plain


def test_names_without_measure_leave_room_for_the_bars() -> None:
    long = "x" * 300
    for svg in (charts.bars([long, "b"], [1, 2]), charts.stacked_bars([long], {"a": [3.0]}),
                charts.waterfall([(long, 1.0)], "Summe"), charts.grouped_bars([long], {"a": [3.0]})):  # fmt: skip
        names = [t for t in texts_of(svg.narrow) if t.startswith("xxx")]
        assert all(figure.text_width(t) <= figure.points(True) for t in names) and names
    assert all(t.endswith("…") for t in texts_of(charts.bars([long], [1])) if t.startswith("xxx"))


def test_no_figure_holds_a_date_an_unused_id_or_a_long_coordinate(pictures: dict[str, Picture]) -> None:
    for name, svg in pictures.items():
        text = svg.decode()
        assert not re.search(r"20\d\d-\d\d-\d\d|metadata|matplotlib|<!DOCTYPE", text), name
        for found in re.findall(r' id="([^"]+)"', text):
            assert f"#{found}" in text, name
        inside = " ".join(re.findall(r'"([^"]*)"', text))
        assert not re.search(r"\d\.\d{3,}", inside), name


def test_numbers_in_figures_are_german_and_whole(pictures: dict[str, Picture]) -> None:
    assert b">1.500<" in pictures["bars"]
    assert b">1.234<" in pictures["bars"]
    assert "−60".encode() in pictures["bars"]
    assert b">10.000<" in pictures["fan"]
    assert b">2022<" in pictures["fan"]
    assert b">+412<" in pictures["waterfall"]
    assert b">509<" in pictures["waterfall"]


def test_figures_name_fonts_that_readers_have(pictures: dict[str, Picture]) -> None:
    for svg in pictures.values():
        text = svg.decode()
        assert "font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\"" in text
        assert text.count("font-family") == 1


def test_the_readers_own_settings_do_not_count(pictures: dict[str, Picture]) -> None:
    matplotlib.rcParams.update({"font.size": 30, "svg.fonttype": "path", "lines.linewidth": 9})
    try:
        assert sample_figures() == pictures
    finally:
        matplotlib.rcdefaults()


def test_bytes_are_the_same_in_another_process_and_surrounding(
    pictures: dict[str, Picture], tmp_path: Path
) -> None:
    here = Path(__file__).resolve().parent
    code = "import sys; from test_page_sample import sample_figures; "
    code += "sys.stdout.buffer.write(b''.join(p + p.narrow for p in sample_figures().values()))"
    env = {**os.environ, "PYTHONPATH": f"{here.parent}{os.pathsep}{here}", "TZ": "Asia/Tokyo", "LC_ALL": "C",
           "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "SOURCE_DATE_EPOCH": "0"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stdout == b"".join(p + p.narrow for p in pictures.values())


@pytest.mark.parametrize(
    "colour",
    [figure.INK, figure.MUTED, *map(figure.text_colour, (*figure.SERIES, figure.RANGE, figure.MALE))],
)
def test_text_reads_on_white(colour: str) -> None:
    assert figure.contrast(colour, figure.PAPER) >= 4.5


@pytest.mark.parametrize("fill", [figure.EZFH, figure.MFH, figure.NEED, figure.SURPLUS])
def test_text_reads_on_the_fills_that_carry_it(fill: str) -> None:
    assert figure.contrast(figure.on_fill(fill), fill) >= 4.5


def _seen(colour: str, kind: str) -> tuple[float, ...]:
    """A colour as seen without one kind of cone (Viénot, Brettel and Mollon 1999), linear RGB."""
    parts = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    red, green, blue = parts
    mixed = {"protan": 0.1124 * red + 0.8876 * green, "deutan": 0.2927 * red + 0.7073 * green}[kind]
    change = {"protan": 0.0040, "deutan": -0.0223}[kind] * (red - green)
    return mixed, mixed, blue + change


@pytest.mark.parametrize("kind", ["protan", "deutan"])
@pytest.mark.parametrize(
    "pair", [(figure.EZFH, figure.MFH), (figure.NEED, figure.SURPLUS), (figure.MALE, figure.FEMALE)]
)
def test_colours_that_meet_differ_for_colour_blind_readers(pair: tuple[str, str], kind: str) -> None:
    one, other = (_seen(c, kind) for c in pair)
    lighter = [v ** (1 / 2.2) for v in one], [v ** (1 / 2.2) for v in other]
    assert max(abs(a - b) for a, b in zip(*lighter, strict=True)) > 0.05
    assert pair[0] != pair[1]


def test_labels_that_would_touch_move_apart_and_keep_their_order() -> None:
    moved = figure.apart([5.0, 5.1, 5.05, 9.0], 1.0)
    assert moved[0] < moved[2] < moved[1] < moved[3]
    for one, other in itertools.pairwise(sorted(moved)):
        assert other - one >= 1.0 - 1e-9
    assert figure.apart([1.0, 3.0], 1.0) == [1.0, 3.0]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1500, [0, 500, 1000, 1500]), (9640, 10540, [9600, 9800, 10000, 10200, 10400, 10600]), (-3, 3, [-4, -2, 0, 2, 4]),
     (0, 0.4, [0, 0.1, 0.2, 0.3, 0.4])],
)  # fmt: skip
def test_axes_have_round_values(low: float, high: float, expected: list[float]) -> None:
    assert figure.steps_of(low, high) == expected


def test_a_stack_of_negative_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        charts.stacked_bars(["a"], {"x": [-1.0]})


def test_a_label_is_wider_in_bold_and_has_slack() -> None:
    assert figure.text_width("Wohnungen", bold=True) > figure.text_width("Wohnungen") > 0
    assert figure.wrap("Ein- und Zweifamilienhäuser", 60.0).count("\n") >= 1


@pytest.mark.parametrize("values", [[0.0, 0.0], [-5.0, -1.0], [1e9, 3.0]])
def test_charts_bear_zero_negative_and_large_values(values: list[float]) -> None:
    years = [2022, 2023]
    made = [
        charts.bars(["a", "b"], values),
        fan(years, ("a", values), [("b", values, values)], beside={"c": values}),
        charts.grouped_bars(["a", "b"], {"x": values}),
        charts.waterfall([("a", values[0]), ("b", values[1])], "Summe"),
    ]
    for svg in (form for picture in made for form in (picture, picture.narrow)):
        assert b"nan" not in svg
        assert len(svg) < figure.SVG_AT_MOST


def test_hostile_names_stay_text_in_a_figure() -> None:
    svg = charts.bars(["<script>alert(1)</script>", "$x^2$ & co"], [1, 2])
    assert b"<script" not in svg
    assert b"$x^2$ &amp; co" in svg
