"""`wohnlib check`: one page that says what is there, missing, estimated, and what does not add up."""

import csv
import re

import pytest

from wohnlib import paths
from wohnlib.check import check_page
from wohnlib.data.tables import load, register
from wohnlib.session import open_assessment

TITLES = (
    "Was da ist", "Was fehlt", "Was berichtigt wurde", "Was geschätzt ist, und wie",
    "Was nicht aufgeht, und um wie viel", "Was zum Vergleich danebensteht",
)  # fmt: skip


def value(text: str) -> int:
    return int(text.replace(".", "").replace("\N{MINUS SIGN}", "-").replace("+", ""))


@pytest.fixture(scope="module")
def page() -> str:
    return check_page(open_assessment())


@pytest.fixture(scope="module")
def parts(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    title = ""
    lines = page.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if after and set(after) == {"-"}:
            title = line
            found[title] = []
        elif line.startswith("- "):
            found[title].append(line[2:])
    return found


def test_the_page_has_its_parts_in_order_and_none_is_empty(parts: dict[str, list[str]]) -> None:
    assert all(name.startswith(title) for name, title in zip(parts, TITLES, strict=True))
    assert all(parts.values())


def test_every_registered_table_is_named_with_its_rows(parts: dict[str, list[str]]) -> None:
    assert len(parts["Was da ist"]) == len(register().names)
    for line, resource in zip(parts["Was da ist"], register(), strict=True):
        rows = re.search(r"\(([\d.]+) (Zeilen?); ", line)
        assert line.startswith(f"{resource.name}: ") and rows
        assert value(rows[1]) == len(load(resource.name))
        assert rows[2] == ("Zeile" if value(rows[1]) == 1 else "Zeilen")
        assert resource.office in line


def test_every_correction_is_named_with_its_reason(parts: dict[str, list[str]]) -> None:
    with (paths.raw() / "corrections.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(parts["Was berichtigt wurde"]) == len(rows) > 0
    for line, row in zip(parts["Was berichtigt wurde"], rows, strict=True):
        assert line.endswith(row["reason"])


def test_years_without_completions_are_named(parts: dict[str, list[str]]) -> None:
    missing = "\n".join(parts["Was fehlt"])
    for year in (2022, 2024, 2025, 2026):
        assert f"Fertiggestellte Wohnungen {year}: keine Zahl" in missing
    assert "Wohnungen 2023" not in missing


def test_every_difference_is_the_difference_of_its_two_numbers(parts: dict[str, list[str]]) -> None:
    lines = [x for x in parts["Was nicht aufgeht, und um wie viel"] if x.endswith(")") and "Landkreis" in x]
    numbers = [re.findall(r"[\u2212+]?\d[\d.]*", x) for x in lines]
    assert len(numbers) >= 5
    for found, published, difference in (n[-3:] for n in numbers):
        assert value(found) - value(published) == value(difference)


def test_the_known_differences_of_the_census_are_there(page: str) -> None:
    assert "Summe der Einheiten 99.148, Landkreis veröffentlicht 99.158 (−10)" in page
    assert "Summe der Einheiten 106.093, Landkreis veröffentlicht 106.097 (−4)" in page
    assert "4.038" in page and "934" in page


def test_the_width_of_the_intervals_is_told(parts: dict[str, list[str]]) -> None:
    line = next(
        x for x in parts["Was geschätzt ist, und wie"] if x.startswith("80-%-Bereich der Einwohnerzahl")
    )
    nation, region, low, high = (float(n.replace(",", ".")) for n in re.findall(r"±([\d,]+)", line))
    assert 0 < nation < 20 and 0 < region < 20 and 0 < low < high < 30
    assert "nach 10 Jahren" in line and "1.000 Ziehungen" in line


def test_nothing_ugly_is_printed(page: str) -> None:
    for line in page.splitlines():
        assert line.replace("\u00a0", " ").isprintable() and "  " not in line
        assert not re.search(r"\bnan\b|NaN|None|\{|\}|\u22120\b|\+0\b", line), line
        assert not re.search(r"\d{4}-\d{2}-\d{2}", line), f"a date in the form of a computer: {line}"
    assert "/" not in paths.home().as_posix() or paths.home().as_posix() not in page


def test_another_scenario_and_horizon_change_only_what_they_may(page: str) -> None:
    other = check_page(open_assessment(scenario="upper", horizon_year=2050))
    assert other != page
    start = page.index("Was da ist"), page.index("Was geschätzt")
    assert other[start[0] : start[1]] == page[start[0] : start[1]]
    assert "nicht im Zeitraum" in check_page(open_assessment(horizon_year=2030))
