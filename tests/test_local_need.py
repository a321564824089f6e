"""What a municipality brings changes its own results and nobody else's; without it nothing changes at all."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wohnlib import paths
from wohnlib.assess import assess
from wohnlib.cli import main
from wohnlib.local import Local, load_local
from wohnlib.model.need import LINES
from wohnlib.report.bedarf import bedarf_of
from wohnlib.report.sections_basis import basis_section
from wohnlib.report.view import View
from wohnlib.steps.segment_local import segment_local
from wohnlib.words import Words

UNIT = "03251012"
EXAMPLES = Path(__file__).resolve().parent / "local_examples"
INCOMINGS = LINES.index("incomings")


@pytest.fixture(scope="module")
def base(assessments):
    return assessments["base"]


@pytest.fixture(scope="module")
def examples(base):
    return load_local(base.inputs.areas, EXAMPLES)


@pytest.fixture(scope="module")
def filled(base, examples):
    """The base assessment with the examples as if they were a municipality's own figures."""
    tables = {k: t.assign(_example=False) for k, t in examples.tables.items()}
    local = Local(tables, tuple(replace(f, example=False) for f in examples.files))
    return assess(replace(base.inputs, local=local), base.scenario)


def test_examples_and_nothing_give_the_same_need_to_the_last_digit(base, examples):
    bare = assess(replace(base.inputs, local=Local()), base.scenario)
    shown = assess(replace(base.inputs, local=examples), base.scenario)
    for name in ("lines", "required", "completed", "permitted", "incomings", "loss_per_year"):
        first, second = getattr(bare.need, name), getattr(shown.need, name)
        assert first.tobytes() == second.tobytes(), name
    assert (bare.need.known_years, bare.need.unknown_years) == (
        shown.need.known_years,
        shown.need.unknown_years,
    )
    assert not shown.need.lines[..., INCOMINGS].any()


def test_only_the_unit_and_only_the_change_against_the_base_enter_need(base, filled):
    place = base.inputs.areas[UNIT]
    lines = filled.need.lines[0, :, :, :, INCOMINGS]
    assert not np.delete(lines, place, axis=0).any()
    assert lines[place, 0].tolist() == [0, 0] and (np.diff(lines[place].sum(-1)) >= 0).all()
    # 217.47 people wanting a dwelling / 1.1, less 59.82 used already (the bound) and 6 that stand free
    assert lines[place, -1].sum() == pytest.approx(217.4744 / 1.1 - 59.8205 - 6, abs=1e-3)
    others = np.delete(filled.need.lines[0, ..., LINES.index("households")], place, axis=0)
    assert np.array_equal(
        others, np.delete(base.need.lines[0, ..., LINES.index("households")], place, axis=0)
    )


def test_required_stock_and_lines_still_agree(filled):
    """B = S* − W_0 + t·L holds with people who live here part of the time, and κ leaves them out."""
    need, stock = filled.need, filled.stock.stock
    usable = (stock.total - stock.unusable)[:, None, :]
    t = filled.time.elapsed[:, None]
    assert need.lines.sum(-1)[0] == pytest.approx(
        need.required[0] - usable + t * need.loss_per_year[:, None, :]
    )
    occupied = filled.stock.by_use[:, :, 0].sum(1)
    households = filled.households.total[0, :, 0]
    assert filled.stock.kappa * households + stock.incomings.sum(1) == pytest.approx(occupied)


def test_what_is_permitted_already_is_not_told_as_zero_more_dwellings(filled, monkeypatch):
    report = bedarf_of(filled, (), UNIT, "de")
    total = int(report.view.to_build[-1].sum())
    monkeypatch.setattr(View, "left_if_continued", lambda self: (0, total))
    assert total and "rund 0" not in report.built_text()
    assert "waren das Wohnungen, die hier schon als genehmigt abgezogen sind" in report.built_text()
    assert "wenn seither so weitergebaut wurde" not in report.headline().html


def test_own_completions_are_subtracted_and_named(filled):
    view = View(filled, UNIT, Words("de"))
    assert view.known_years == (2022, 2023, 2024, 2025) and view.unknown_years == (2026,)
    assert int(view.built.sum()) == 147  # (31 + 24) · 0.63 + 44 + 39 + 29
    assert int(view.completed.sum()) == 147 + 32  # 0.9 · (14 + 22) permitted
    report = bedarf_of(filled, (), UNIT, "de")
    text = report.built_text()
    assert (
        "Abgezogen: 147 Wohnungen, 2022, 2023, 2024 und 2025 fertig geworden (Zahlen der Gemeinde)." in text
    )
    assert (
        "Dazu 32 Wohnungen, die genehmigt und noch nicht fertig sind (90\N{NO-BREAK SPACE}% davon gerechnet)."
        in text
    )
    assert "Für 2026 liegen keine Zahlen vor" in text


def test_what_the_figures_rest_on_names_the_units_own(filled, base):
    def basis(run, key):
        return basis_section(bedarf_of(run, (), key, "de")).html

    own, other, region, bare = (
        basis(filled, UNIT),
        basis(filled, "03251407"),
        basis(filled, "03251"),
        basis(base, UNIT),
    )
    assert "Nicht geschätzt sind die fertiggestellten Wohnungen (2022, 2023, 2024, 2025): Sie stammen" in own
    assert "Fertiggestellte Wohnungen 2022" not in own and "Fertiggestellte Wohnungen 2026: keine Zahl" in own
    assert "Haushaltsgröße nach Wohnfläche: keine" not in own
    assert "eigene Zahlen für 1 von 15 Planungseinheiten" in region
    assert "Fertiggestellte Wohnungen 2022: keine Zahl des Landkreises; abgezogen nur" in region
    for text in (other, bare):
        assert "Fertiggestellte Wohnungen 2022: keine Zahl, nichts abgezogen" in text
        assert "Haushaltsgröße nach Wohnfläche: keine" in text
    assert "Fertiggestellte Wohnungen: die Zahl des Landkreises" in bare


def test_the_income_example_opens_the_log_normal_shares(filled):
    given = segment_local(filled).income[filled.inputs.areas[UNIT]]
    assert given == {"net_median": 2900, "sigma": 0.6, "rent_new": 980, "rent_subsidised": 620, "burden": 0.3}


def test_a_unit_without_own_completions_keeps_its_sentence(filled, base):
    other = "03251407"
    view, before = (View(r, other, Words("de")) for r in (filled, base))
    assert view.known_years == before.known_years == (2023,) and view.unknown_years == before.unknown_years
    assert "geschätzt nach dem Anteil am Bestand" in bedarf_of(filled, (), other, "de").built_text()
    region = bedarf_of(filled, (), "03251", "de")
    assert "Zahlen einzelner Gemeinden" in region.built_text()
    assert (
        "gehen davon +132 Wohnungen bis Ende 2040 ein, aus 1 von 15 Planungseinheiten"
        in region.incomings().html
    )


def test_a_broken_file_stops_every_command_with_its_cell(tmp_path):
    for name in ("data", "scenarios", "notebooks"):
        shutil.copytree(paths.home() / name, tmp_path / name)
    folder = tmp_path / "data" / "local" / UNIT
    folder.mkdir(parents=True)
    text = (EXAMPLES / UNIT / "completions.csv").read_text(encoding="utf-8").replace("2023;26", "2023;-26")
    (folder / "completions.csv").write_text(text, encoding="utf-8")
    (tmp_path / "data" / "local" / "03251").mkdir()
    (tmp_path / "data" / "local" / "03251" / "alliance.yaml").write_text("members: []\n", encoding="utf-8")
    env = {**os.environ, "WOHNLIB_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "wohnlib"]
    given = {"cwd": tmp_path, "env": env, "capture_output": True, "encoding": "utf-8"}
    done = subprocess.run([*command, "check"], check=False, **given)
    run = subprocess.run([*command, "run"], check=False, **given)
    assert run.returncode == 2 and run.stderr == done.stderr and not (tmp_path / "reports").exists()
    assert done.returncode == 2, done.stdout
    assert "Feld „name“" in done.stderr, "faults of the alliance's file are named together with the others"
    wanted = f"data/local/{UNIT}/completions.csv, Zeile 6, Feld „fertig in Häusern mit 1 oder 2 Wohnungen (C6)“: gefunden „-26“"
    assert wanted in done.stderr and "Traceback" not in done.stderr


def test_the_command_writes_forms_and_refuses_what_it_does_not_know(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["template", "--area", UNIT, "--kind", "survey", "--out", str(tmp_path / "x")])
    assert end.value.code == 0 and "3 Dateien geschrieben" in capsys.readouterr().out
    for arguments, words in (
        (["--area", "0325101"], "diesen Schlüssel gibt es in der Region 03251 nicht"),
        (["--kind", "umfrage"], "dieses Formular gibt es nicht"),
        (["--kind", "survey", "--out", str(tmp_path / "x")], "die Datei gibt es schon"),
        (["--out", str(tmp_path / "x" / "survey.csv")], "in diesen Ordner lässt sich nicht schreiben"),
    ):
        with pytest.raises(SystemExit) as end:
            main(["template", *arguments])
        assert end.value.code == 2 and words in capsys.readouterr().err
