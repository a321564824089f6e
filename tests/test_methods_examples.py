"""METHODS.md: every example runs, every public function is shown, every number of the run is the run's."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import fixtures_methods as computed
import numpy as np
import pytest

import wohnlib.model

ROOT = Path(__file__).resolve().parent.parent
PYTHON = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
INTERNAL = {
    "ax_rules",
    "blocks",
    "checks",
    "cohorts",
    "conventions",
    "kernel",
    "years",
}  # METHODS.md says so, too
METHODS = (ROOT / "METHODS.md").read_text(encoding="utf-8")
DOCUMENTS = (
    METHODS,
    *(
        (ROOT / "docs" / n).read_text(encoding="utf-8")
        for n in ("engine.md", "quotas.md", "segmente.md", "eigene-zahlen.md")
    ),
)


def blocks(text: str) -> list[str]:
    return PYTHON.findall(text)


def called() -> set[tuple[str, str]]:
    """Return (module, function) of every call in the examples; module "" if the name was imported."""
    found = set()
    for text in DOCUMENTS:
        for block in blocks(text):
            for node in ast.walk(ast.parse(block)):
                if not isinstance(node, ast.Call):
                    continue
                if isinstance(node.func, ast.Name):
                    found.add(("", node.func.id))
                elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                    found.add((node.func.value.id, node.func.attr))
    return found


def public() -> list[tuple[str, str]]:
    """Return (module, function) of every public function that a module of the model defines."""
    out = []
    for info in pkgutil.iter_modules(wohnlib.model.__path__):
        if info.name in INTERNAL:
            continue
        module = importlib.import_module(f"wohnlib.model.{info.name}")
        out += [
            (info.name, name)
            for name, value in inspect.getmembers(module, inspect.isfunction)
            if not name.startswith("_") and value.__module__ == module.__name__
        ]
    return out


def test_every_block_runs_in_order():
    assert len(blocks(METHODS)) >= 8
    names: dict[str, object] = {}
    for block in blocks(METHODS):
        exec(compile(block, "METHODS.md", "exec"), names)  # the blocks hold their own assertions


@pytest.mark.parametrize(("module", "name"), public())
def test_every_public_function_is_shown_with_a_call(module, name):
    assert {("", name), (module, name)} & called(), f"{module}.{name}"


def test_internal_modules_are_named_as_such():
    assert all(f"`{name}`" in METHODS for name in INTERNAL)


def test_computed_part_is_that_of_the_run(assessments):
    part = METHODS.split(computed.START)[1].split(computed.END)[0]
    wanted = computed.text(assessments)
    assert part.strip().splitlines() == wanted.strip().splitlines(), "run: python tests/fixtures_methods.py"


def test_what_is_said_of_the_extremes_is_true(assessments):
    base = assessments["base"]
    inputs, names = base.inputs, list(base.inputs.areas.short_names)
    first = base.population.pop_count[0, :, 0].sum(1)
    total = first.sum(1)
    grown, plain = computed.change(base), computed.change(computed.without_local(base))
    before = inputs.series_total[2021] / inputs.series_total[2013] - 1
    young, old = first[:, :20].sum(1) / total, first[:, 65:].sum(1) / total
    natural = (base.population.births - base.population.deaths)[0].sum(1) / total

    def order(values: np.ndarray) -> list[str]:
        return [names[g] for g in np.argsort(-values)]

    assert order(grown)[:3] == ["Rehden", "Barnstorf", "Diepholz"]
    expected = base.inputs.local_growth
    assert 0.003 < expected[names.index("Rehden")] < 0.004
    rehden = names.index("Rehden")
    kreis = inputs.series_total[2021].sum() / inputs.series_total[2013].sum()
    lead = np.log((1 + before[rehden]) / kreis) / 8
    assert lead / 3 < expected[rehden] < lead * 0.4
    assert order(young)[0] == order(-old)[0] == order(before)[0] == order(natural)[0] == "Rehden"
    assert "Rehden" in order(plain)[:2]
    assert set(order(grown)[-2:]) == {"Schwaförden", "Siedenburg"}
    assert {names[g] for g in np.flatnonzero(before < 0)} == {"Schwaförden", "Siedenburg"}
    for name in ("Schwaförden", "Siedenburg"):
        assert abs(plain[names.index(name)]) < 0.015
        replacement = base.need.lines[0, names.index(name), -1, :, 4].sum()
        assert replacement > base.need.signed[0, names.index(name), -1].sum()
        assert base.printed.surplus[names.index(name), -1, 0] > 0
    assert grown[names.index("Kirchdorf")] < 0 < before[names.index("Kirchdorf")]
    assert 0 < grown[names.index("Stuhr")] < 0.015
    assert order(old)[0] == "Stuhr" and order(young)[-1] == "Kirchdorf"
    assert base.printed.surplus[names.index("Stuhr"), -1, 0] > 0
    middle = first[:, 25:40].sum(1) / total
    assert order(middle)[0] == "Diepholz" and order(before)[2] == "Diepholz"
    assert order(before)[1] == "Altes Amt Lemförde" and natural[names.index("Altes Amt Lemförde")] < 0


def test_what_is_said_of_migration_and_europop_is_true(assessments):
    base = assessments["base"]
    level = base.population.rates.nation_level
    assert level[:2].tolist() == [981_552, 609_553]
    assert (level[2:11] > 250_000).all() and level[11] == 250_000
    start = next(
        r.value
        for r in computed.published(base)
        if r.item == "europop2019_population" and r.date.startswith("2019")
    )
    assert base.inputs.pop_total.sum() > start
    figures = {(r.item, r.date[:4]): r.value for r in computed.published(base)}
    closed = computed.at_target(base, 0.0, 2049).population.pop_count[0, :, -1].sum()
    assert abs(closed / figures["europop2019_population", "2050"] - 1) < 0.03


def test_what_is_said_of_kept_totals_is_true(assessments):
    inputs = assessments["base"].inputs
    for value in (inputs.pop_total.sum(), inputs.household_total.sum(), inputs.dwellings.sum()):
        assert f"{value:,.0f}" in METHODS.split("## The chain")[0]
    for value in (inputs.kreis_household_total, inputs.kreis_dwellings, inputs.kreis_class.sum()):
        assert f"{value:,.0f}" in METHODS.split("## The chain")[0]
