"""Run all benchmarks or some of them and print what they found; one process, one thread of linear algebra."""

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before numpy is loaded

from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks import chain, engine, germany, plot  # noqa: E402
from benchmarks.measure import alone  # noqa: E402
from wohnlib import paths  # noqa: E402

OUT = Path(__file__).parent / "out"
PARTS = ("engine", "pandas", "chain", "linear", "germany")
GOALS = {
    "projection: ratio of the best": 4.0,
    "projection: median ratio": 4.0,
    "one unit: best, ms": 60.0,
    "all units: best, ms": 1000.0,
    "in all, minutes": 10.0,
    "memory of all processes at most, GB": 4.0,
    "per area at 100 areas / at 10,000": 1.0,
    "worker: memory at all / at a quarter": 1.1,
    "collecting process: at all / at a quarter": 1.1,
    "off the line at most, %": 10.0,
    "each at the largest / at the smallest": 1.1,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help=f"which: {', '.join(PARTS)} (default: all)"
    )
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    parts = chosen.parts or PARTS
    if "engine" in parts:
        _engine(chosen.rounds)
    if "pandas" in parts:
        show("Plain pandas, 200 areas x 2 x 101 x 5 years", engine.compare_pandas(200, years=5))
    if "chain" in parts:
        show("Whole chain, 1,000 draws to 2040", chain.compare(rounds=chosen.rounds))
    lines = _linear() if "linear" in parts else []
    if "germany" in parts:
        if paths.shared().is_dir():
            lines.append(_germany())
        else:
            print("All Gemeinden: left out, the folder of delivered files is not there")
    if lines:
        straight(lines, OUT / ("cost.svg" if "linear" in parts else "cost_germany.svg"))
    return 0


def show(title: str, found: dict[str, float]) -> None:
    """Print results with their goals."""
    print(f"\n{title}")
    for name, value in found.items():
        goal = f"   goal <= {GOALS[name]:g}" if name in GOALS else ""
        print(f"  {name:<44}{value:12.2f}{goal}")


def _engine(rounds: int) -> None:
    large = engine.compare(10_000, rounds)
    show("Projection, 10,000 areas x 2 x 101 x 25 years, rates by area, age and year", large)
    small, all_of_them = engine.per_area(100, rounds * 20), engine.per_area(10_000, rounds)
    show(
        "Projection repeated, 100 areas beside 10,000",
        {
            "100 areas: per area, µs": small,
            "10,000 areas: per area, µs": all_of_them,
            "per area at 100 areas / at 10,000": small / all_of_them,
        },
    )


def _linear() -> list[plot.Line]:
    areas, draws, units = (1000, 2000, 4000, 8000), (250, 500, 1000, 2000, 4000), (1, 5, 10, 15)
    return [
        plot.Line("projection, 25 years", "areas", areas, engine.by_areas(areas)),
        plot.Line("chain, 1,000 draws", "units", units, chain.by_units(units)),
        plot.Line("draws of 15 units", "draws", draws, chain.by_draws(draws)),
    ]


def _germany() -> plot.Line:
    made = alone(germany.run)
    show("All Gemeinden, 200 draws to 2040, two processes", germany.found(made))
    show("The same run, as the chunks of areas go by", germany.growth(made))
    return plot.Line("Gemeinden, 200 draws", "areas", *germany.by_areas(made), unit="s of the processor")


def straight(lines: Sequence[plot.Line], out: Path) -> None:
    """Print how straight each line is and draw them all."""
    for line in lines:
        points = "  ".join(f"{n:g}: {t:.0f}" for n, t in zip(line.x, line.y, strict=True))
        found = {
            "off the line at most, %": plot.off_line(line.x, line.y),
            "each at the largest / at the smallest": plot.each(line.x, line.y),
        }
        show(f"Cost by {line.name}, {line.title} ({line.unit}): {points}", found)
    plot.draw(lines, out)
    print(f"\nPicture: {paths.shown(out)}")


if __name__ == "__main__":
    raise SystemExit(main())
