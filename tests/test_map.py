"""The map of the entry page: real boundaries, neighbours without gaps, labels inside their areas, links."""

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from wohnlib.data import tables
from wohnlib.report import exporter
from wohnlib.report import figure as f
from wohnlib.report import map as district
from wohnlib.session import inputs, ready
from wohnlib.words import Words

WORDS = Words("de")


@pytest.fixture(scope="module")
def areas():
    return inputs("03251").areas


@pytest.fixture(scope="module")
def rings(areas):
    return district.boundaries(areas.keys)


def units(areas, values):
    return [
        district.Unit(
            key, areas.short_name(key), f"{areas.stem(key)}.html", value, f"{areas.name(key)}: {value}"
        )
        for key, value in zip(areas.keys, values, strict=True)
    ]


def drawn(areas, values):
    return district.district_map(
        units(areas, values), WORDS, title="Titel", legend="Legende", source="Quelle"
    ).html


def test_every_unit_has_a_closed_outline_of_points_with_four_decimals(areas, rings):
    ready()
    assert set(rings) == set(areas.keys)
    assert all((ring[0] == ring[-1]).all() for many in rings.values() for ring in many)
    table = tables.load("boundaries")
    assert (table[["lon", "lat"]].round(4) == table[["lon", "lat"]]).all(axis=None)


def test_neighbours_share_their_border_and_the_rest_is_one_outer_line(rings):
    edges = Counter(
        tuple(sorted([tuple(a), tuple(b)]))
        for many in rings.values()
        for ring in many
        for a, b in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True)
    )
    assert set(edges.values()) == {1, 2}
    outer = [edge for edge, n in edges.items() if n == 1]
    ends = Counter(point for edge in outer for point in edge)
    assert set(ends.values()) == {2}
    reached, queue = set(), [outer[0][0]]
    while queue:
        point = queue.pop()
        if point not in reached:
            reached.add(point)
            queue += [p for edge in outer if point in edge for p in edge]
    assert reached == set(ends)


def test_the_map_keeps_distances_in_both_directions(rings):
    placed, height = district.project(rings)
    points = np.concatenate([r for many in placed.values() for r in many])
    degrees = np.concatenate([r for many in rings.values() for r in many])
    east_west = (
        np.ptp(degrees[:, 0]) * 111.32 * np.cos(np.radians(degrees[:, 1].min() + np.ptp(degrees[:, 1]) / 2))
    )
    north_south = np.ptp(degrees[:, 1]) * 111.32
    assert np.ptp(points[:, 0]) / np.ptp(points[:, 1]) == pytest.approx(east_west / north_south, rel=1e-3)
    assert points.min() >= 0 and points[:, 0].max() <= district.WIDTH and points[:, 1].max() <= height
    north = degrees[:, 1].argmax()
    assert points[north, 1] == pytest.approx(points[:, 1].min())


@pytest.mark.parametrize(
    "values", [[0] * 15, [7] * 15, list(range(15)), [0, 1], [11, 119], [3, 4000], [999_999]]
)
def test_classes_are_at_most_five_of_one_whole_width_and_hold_every_value(values):
    bounds = district.class_bounds(values)
    assert len(bounds) - 1 <= 5
    assert len(set(np.diff(bounds).tolist())) == 1
    assert all(isinstance(b, int) for b in bounds)
    assert all(
        bounds[district.class_of(v, bounds)] <= v < bounds[district.class_of(v, bounds) + 1] for v in values
    )


def test_the_scale_grows_darker_and_its_texts_can_be_read():
    white = [f.contrast(fill, "#ffffff") for fill in district.FILLS]
    assert white == sorted(white)
    assert all(b / a > 1.2 for a, b in pairwise(white))
    assert all(f.contrast(fill, f.on_fill(fill)) >= 4.5 for fill in district.FILLS)


def test_the_legend_shows_the_colours_of_the_map():
    for step, fill in enumerate(district.FILLS):
        assert f".stufe-{step} {{ background: {fill}; }}" in exporter.style()


def test_labels_lie_inside_their_areas_even_in_a_wider_font(areas, rings):
    placed, _ = district.project(rings)
    for key in areas.keys:
        lines, (x, y), size = district.label(placed[key], areas.short_name(key), "119")
        assert size >= 10
        wide, high = f.widest(lines[:-1], size, bold=True) / 2, len(lines) * size * 1.22 / 2
        corners = np.array([(x + a * wide, y + b * high) for a in (-1, 0, 1) for b in (-1, 0, 1)])
        assert district.inside(corners, placed[key]).all(), areas.short_name(key)


def test_inside_knows_holes():
    square = np.array([(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)], float)
    hole = np.array([(3, 3), (6, 3), (6, 6), (3, 6), (3, 3)], float)
    points = np.array([(1, 1), (4, 4), (8, 8), (10, 1)], float)
    assert district.inside(points, [square, hole]).tolist() == [True, False, True, False]


def test_place_finds_the_roomiest_spot_for_the_shape_of_the_box():
    wide_left = np.array(
        [(0, 0), (100, 0), (100, 40), (140, 40), (140, 200), (100, 200), (100, 40), (0, 40), (0, 0)], float
    )
    x, _, room = district.place([wide_left], 80, 20)
    assert x < 100 and room >= 1


def test_every_unit_is_a_link_with_name_and_value(areas):
    html = drawn(areas, range(15))
    for value, key in enumerate(areas.keys):
        assert f'<a href="{areas.stem(key)}.html"><title>{areas.name(key)}: {value}</title>' in html
    assert html.count("<svg") == 1
    assert " style=" not in html and "<script" not in html
    assert re.search(
        r'<svg[^>]* role="group" aria-labelledby="karte-titel" aria-describedby="karte-text"', html
    )


def test_ties_at_the_ends_name_all_units(areas):
    few = units(areas, [2, 5, 2] + [3] * 11 + [5])
    ends = district.extremes(few, WORDS)
    assert (ends["low"], ends["lowest"]) == (2, f"in {few[0].name} und {few[2].name}")
    assert (ends["high"], ends["highest"]) == (5, f"in {few[1].name} und {few[14].name}")


def test_equal_values_everywhere_give_one_class_and_a_true_description(areas):
    html = drawn(areas, [4] * 15)
    assert html.count('class="stufe-') == 1
    assert "In allen ist der Wert 4." in html


def test_a_name_without_room_gives_way_to_its_number_and_the_list_is_shown(areas):
    fits = drawn(areas, range(15))
    assert 'class="nummer"' in fits and "allein" not in fits and "immer" not in fits
    few = units(areas, range(15))
    few[3] = district.Unit(few[3].key, "Niederobermittelunterwaldhausen-Ammersbeck", few[3].href, 3, "x")
    html = district.district_map(few, WORDS, title="T", legend="L", source="Q").html
    assert html.count('class="nummer allein"') == 1
    assert '<ol class="schluessel immer">' in html
    assert html.count("Niederobermittelunterwaldhausen") == 1  # in the list only
    assert ".karte .nummer.allein, .schluessel.immer { display: block; }" in exporter.style()


def test_only_a_link_promises_a_report(areas):
    source, text = "Werte; ein Klick auf die Fläche öffnet den Bericht. Grenzen.", "Ort: 5. Zum Bericht"
    linked = [district.Unit(u.key, u.name, u.href, u.value, text) for u in units(areas, range(15))]
    bare = [district.Unit(u.key, u.name, None, u.value, text) for u in linked]

    def html(some):
        return district.district_map(some, WORDS, title="T", legend="L", source=source).html

    assert html(linked).count("Zum Bericht</title>") == 15
    assert '<span class="am-schirm">; ein Klick auf die Fläche öffnet den Bericht</span>. Grenzen' in html(
        linked
    )
    assert "Jede Fläche führt zum Bericht" in html(linked)
    assert html([linked[0], *bare[1:]]).count("Zum Bericht</title>") == 1
    for word in ("Zum Bericht", "Klick", "Jede Fläche führt"):
        assert word not in html(bare)
    assert "Werte. Grenzen." in html(bare)


def test_the_words_the_map_leaves_out_are_those_of_the_catalogue():
    assert WORDS("page.map_hint") in WORDS("map.source")
    assert WORDS("map.link", name="x", rate=1, total=1).endswith(WORDS("page.map_to_report"))
    for key in ("map.description", "map.description_same"):
        text = WORDS(key, n=1, value=1, lowest="a", low=1, highest="b", high=2)
        assert text.endswith(WORDS("page.map_all_linked"))


def test_a_hostile_name_stays_text(areas):
    bad = '"><script>alert(1)</script>\u202e\x00' + "x" * 500
    few = units(areas, range(15))
    few[0] = district.Unit(few[0].key, bad, few[0].href, 1, bad)
    html = district.district_map(few, WORDS, title=bad, legend="L", source="Q").html
    assert "<script" not in html and "\u202e" not in html and "\x00" not in html
    assert "&lt;script&gt;" in html
