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

from wohnlib.report import charts, figure


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    return sample_figures()


def test_every_figure_is_small_and_well_formed(pictures: dict[str, bytes]) -> None:
    assert len(pictures) == 6
    for name, svg in pictures.items():
        assert len(svg) <= figure.SVG_AT_MOST, name
        assert ET.fromstring(svg).tag.endswith("svg")


def test_no_figure_holds_a_date_an_unused_id_or_a_long_coordinate(pictures: dict[str, bytes]) -> None:
    for name, svg in pictures.items():
        text = svg.decode()
        assert not re.search(r"20\d\d-\d\d-\d\d|metadata|matplotlib|<!DOCTYPE", text), name
        for found in re.findall(r' id="([^"]+)"', text):
            assert f"#{found}" in text, name
        inside = " ".join(re.findall(r'"([^"]*)"', text))
        assert not re.search(r"\d\.\d{3,}", inside), name


def test_numbers_in_figures_are_german_and_whole(pictures: dict[str, bytes]) -> None:
    assert b">1.500<" in pictures["bars"]
    assert b">1.234<" in pictures["bars"]
    assert "−60".encode() in pictures["bars"]
    assert b">10.000<" in pictures["lines"]
    assert b">2022<" in pictures["lines"]
    assert b">+412<" in pictures["waterfall"]
    assert b">509<" in pictures["waterfall"]


def test_figures_name_fonts_that_readers_have(pictures: dict[str, bytes]) -> None:
    for svg in pictures.values():
        text = svg.decode()
        assert "font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\"" in text
        assert text.count("font-family") == 1


def test_the_readers_own_settings_do_not_count(pictures: dict[str, bytes]) -> None:
    matplotlib.rcParams.update({"font.size": 30, "svg.fonttype": "path", "lines.linewidth": 9})
    try:
        assert sample_figures() == pictures
    finally:
        matplotlib.rcdefaults()


def test_bytes_are_the_same_in_another_process_and_surrounding(
    pictures: dict[str, bytes], tmp_path: Path
) -> None:
    here = Path(__file__).resolve().parent
    code = "import sys; from test_page_sample import sample_figures; "
    code += "sys.stdout.buffer.write(b''.join(sample_figures().values()))"
    env = {**os.environ, "PYTHONPATH": f"{here.parent}{os.pathsep}{here}", "TZ": "Asia/Tokyo", "LC_ALL": "C",
           "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2", "SOURCE_DATE_EPOCH": "0"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stdout == b"".join(pictures.values())


@pytest.mark.parametrize(
    "colour",
    [figure.INK, figure.MUTED, *map(figure.text_colour, (*figure._SERIES, figure.RANGE, figure.MALE))],
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
        charts.lines(years, {"a": values}),
        charts.grouped_bars(["a", "b"], {"x": values}),
        charts.waterfall([("a", values[0]), ("b", values[1])], "Summe"),
    ]
    for svg in made:
        assert b"nan" not in svg
        assert len(svg) < figure.SVG_AT_MOST


def test_hostile_names_stay_text_in_a_figure() -> None:
    svg = charts.bars(["<script>alert(1)</script>", "$x^2$ & co"], [1, 2])
    assert b"<script" not in svg
    assert b"$x^2$ &amp; co" in svg
