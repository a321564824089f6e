"""The part of METHODS.md that depends on the run; `python tests/fixtures_methods.py` writes it anew."""

from pathlib import Path

import numpy as np

from wohnlib.assess import Assessment, assess
from wohnlib.segments import parts_of
from wohnlib.segments import whole as printed_sum
from wohnlib.session import open_assessment

METHODS = Path(__file__).resolve().parent.parent / "METHODS.md"
START, END = "<!-- computed: begin -->\n", "<!-- computed: end -->"
NAMES = ("lower", "base", "upper", "status_quo")


def whole(value: float) -> str:
    return f"{round(float(value)):,}".replace("-", "−")


def percent(ratio: float) -> str:
    return f"{100 * float(ratio):+.1f} %".replace("-", "−")


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + "---|" * len(head))
    return "\n".join(lines)


def without_local(result: Assessment) -> Assessment:
    """Return the assessment with the Kreis's migration in every unit (no local intensity)."""
    migration = result.scenario.migration
    none = migration.local_growth_weight.model_copy(update={"value": 0.0})
    plain = migration.model_copy(update={"local_growth_weight": none})
    return assess(result.inputs, result.scenario.model_copy(update={"migration": plain}))


def at_target(result: Assessment, target: float, horizon: int) -> Assessment:
    """Return the assessment with another target of national net migration."""
    scenario = result.scenario.at_horizon(horizon)
    other = scenario.migration.national_target.model_copy(update={"value": target})
    moved = scenario.migration.model_copy(update={"national_target": other})
    return assess(result.inputs, scenario.model_copy(update={"migration": moved}))


def change(result: Assessment) -> np.ndarray:
    """Return the relative change of each unit's population from the base date to the horizon."""
    total = result.population.pop_count[0].sum((2, 3))
    return np.asarray(total[:, -1] / total[:, 0] - 1)


def units(result: Assessment) -> str:
    """Return one row per unit, from the strongest growth to the strongest decline."""
    inputs, path = result.inputs, result.population
    grown, plain = change(result), change(without_local(result))
    first, last = (
        result.scenario.migration.local_first_year.value,
        result.scenario.migration.local_last_year.value,
    )
    before = inputs.series_total[last] / inputs.series_total[first] - 1
    base = path.pop_count[0, :, 0].sum(1)
    young, old = base[:, :20].sum(1) / base.sum(1), base[:, 65:].sum(1) / base.sum(1)
    natural = (path.births - path.deaths)[0].sum(1)
    households = result.households.total[0]
    signed, new = result.printed.signed[:, -1].sum(1), result.printed.newbuild[:, -1].sum(1)
    rows = [
        (
            inputs.areas.short_names[g], whole(inputs.pop_total[g]), percent(grown[g]), percent(plain[g]),
            percent(before[g]), f"{100 * young[g]:.1f} %", f"{100 * old[g]:.1f} %", whole(natural[g]),
            whole(path.net_migration[0, g].sum()), percent(households[g, -1] / households[g, 0] - 1),
            whole(signed[g]), whole(new[g]), f"{1000 * new[g] / inputs.household_total[g]:.0f}",
        )
        for g in np.argsort(-grown)
    ]  # fmt: skip
    head = (
        "unit", "people 2022", "to 2040", "without local migration", f"{first}–{last}", "under 20", "65+",
        "births − deaths", "net migration", "households to 2040", "signed need", "new-build need",
        "per 1,000 households",
    )  # fmt: skip
    return table(head, rows)


def scenario_results(results: dict[str, Assessment]) -> str:
    def row(name: str) -> tuple[str, ...]:
        result, printed = results[name], results[name].printed
        pop, households = result.population.pop_count[0].sum((0, 2, 3)), result.households.total[0].sum(0)
        lines = printed.lines[:, -1].sum((0, 1))
        return (
            name, whole(pop[-1]), whole(households[-1] - households[0]), *(whole(v) for v in lines),
            whole(lines.sum()), whole(printed.newbuild[:, -1].sum()), whole(printed.surplus[:, -1].sum()),
            whole(printed.to_build[:, -1].sum()),
        )  # fmt: skip

    head = (
        "scenario", "people 2040", "households since 2022", "households (κ)", "Incomings", "second homes",
        "backlog", "replacement", "reserve", "signed need", "new-build need", "surplus", "still to build",
    )  # fmt: skip
    return table(head, [row(name) for name in NAMES])


def overrides(results: dict[str, Assessment]) -> str:
    values = {n: {k: a.value for k, a in results[n].scenario.assumptions()} for n in NAMES}
    names = [k for k in values["base"] if any(values[n][k] != values["base"][k] for n in NAMES)]
    shown = [
        (
            f"`{k}`",
            *(str(values[n][k]) if n == "base" or values[n][k] != values["base"][k] else "" for n in NAMES),
        )
        for k in names
    ]
    return table(("assumption", *NAMES), shown)


def comparisons(results: dict[str, Assessment]) -> str:
    """Return sentences that set the run beside published figures of the Kreis."""
    base = results["base"]
    figure = {(r.ags, r.date[:10], r.item): r.value for r in published(base)}
    at_end = base.population.pop_count[0].sum((0, 2, 3))
    recorded = figure["03251", "2022-12-31", "population"]
    europop = figure["03251", "2050-01-01", "europop2019_population"]
    start = figure["03251", "2019-01-01", "europop2019_population"]
    dwellings = figure["03251", "2022-12-31", "dwellings"]
    ours = {n: open_assessment(scenario=n, horizon_year=2049) for n in ("lower", "base", "upper")}
    closed = float(at_target(base, 0.0, 2049).population.pop_count[0, :, -1].sum())
    later = {n: float(r.population.pop_count[0, :, -1].sum()) for n, r in ours.items()}
    lines = [
        f"* 31.12.2022: computed {whole(at_end[1])}, recorded {whole(recorded)} (Fortschreibung on the census "
        f"of 2022), difference {whole(at_end[1] - recorded)}.",
        f"* 1.1.2050: EUROPOP2019 (baseline) {whole(europop)}, {percent(europop / start - 1)} from "
        f"{whole(start)} on 1.1.2019. Computed for the evening before: {whole(later['base'])} (base), "
        f"{whole(later['lower'])} (lower), {whole(later['upper'])} (upper); base lies "
        f"{percent(later['base'] / europop - 1).removeprefix('+')} higher. With a national net migration of 0 from "
        f"2033 on and all else as in base: {whole(closed)}.",
        f"* 31.12.2022: {whole(dwellings)} dwellings recorded (table 31231); at the census "
        f"{whole(base.inputs.dwellings.sum())} in the sum of the units, {whole(base.inputs.kreis_dwellings)} "
        "published for the Kreis.",
        *segment_lines(base),
    ]
    return "\n".join(lines)


def segment_lines(base: Assessment) -> list[str]:
    """Return sentences on affordable dwellings beside the published figure, and on the variants of preferences."""
    parts, assumed = parts_of(base), base.scenario.affordable
    found = parts.affordable
    assert found is not None
    gap, low, high = (whole(printed_sum(v[:, -1])) for v in (found.gap, found.gap_low, found.gap_high))
    types = {n: v[:, -1].sum(0) for n, v in parts.segments.variants.items()}
    pairs = {n: f"{whole(v[0])} and {whole(v[1])}" for n, v in types.items()}
    return [
        f"* {whole(assumed.published_gap.value)} price-bound rental dwellings missing by 2040 (empirica and CIMA, "
        f"Kreiszeitung, February 2023); ours {gap} tenant households with little money that find neither a cheap nor a "
        f"price-bound dwelling ({low} to {high} over the range of `affordable.cheap_reached`). Theirs dates from before "
        "the census and the arrivals of 2022, aims at a stock of price-bound dwellings (440 in 2020), and counts those "
        "whose binding ends; that enters here only with a municipality's own list (docs/segmente.md).",
        "* NBank expects 39 % of growth in houses with one or two dwellings. Signed need in houses and in larger buildings: "
        f"{pairs['size']} (preferences by household size), {pairs['stay']} (older people stay as their cohort lives), "
        f"{pairs['newbuild']} (growth 39 : 61).",
    ]


def published(result: Assessment) -> list:  # type: ignore[type-arg]
    frame = result.inputs.published_figures
    return list(frame.assign(date=frame["date"].astype(str)).itertuples())


def level_with_intercept(result: Assessment) -> float:
    """Return the Kreis's net migration at the national target by a straight line through the same years."""
    inputs, migration = result.inputs, result.scenario.migration
    years = range(migration.share_first_year.value, migration.share_last_year.value + 1)
    national = [inputs.nation_net_migration[y] for y in years]
    slope, intercept = np.polyfit(national, [inputs.kreis_net_migration[y] for y in years], 1)
    return float(intercept + slope * migration.national_target.value)


def kreis(results: dict[str, Assessment]) -> str:
    base = results["base"]
    rates, path = base.population.rates, base.population
    homes = float((path.pop_count[0, :, 0].sum((0, 1)) * base.households.institutional_rate).sum())
    people, households = path.pop_count[0].sum((0, 2, 3)), base.households.total[0].sum(0)
    effects = base.households.effects[0, :, -1].sum(0)
    years = base.time.dates
    lines = [
        f"* Fertility of the Kreis relative to Germany {rates.fertility_factor:.3f}; mortality from 75 on × "
        f"{rates.old_age_factor:.3f}; share of national net migration {100 * rates.nation_share:.3f} %.",
        f"* Life expectancy at birth, women and men: {rates.life_expectancy[0, 0]:.1f} and "
        f"{rates.life_expectancy[0, 1]:.1f} in {base.time.years[0]}, {rates.life_expectancy[-1, 0]:.1f} and "
        f"{rates.life_expectancy[-1, 1]:.1f} in {base.time.years[-1]}.",
        f"* Net migration of the Kreis in a full year: {whole(rates.level[0])} (2022), {whole(rates.level[1])} (2023), "
        f"{whole(rates.level[-1])} (2040). A straight line with intercept through the years of the share would "
        f"give {whole(level_with_intercept(base))} at the target.",
        f"* People peak at the end of {years[int(people.argmax())].year} with {whole(people.max())}, households "
        f"at the end of {years[int(households.argmax())].year} with {whole(households.max())}.",
        f"* Change of households to 2040: {whole(effects.sum())} = population size {whole(effects[0])}, age "
        f"structure {whole(effects[1])}, household formation {whole(effects[2])}.",
        f"* People in homes at the base date {whole(homes)}; mean size of households of 6 and more "
        f"{base.households.mean_size_6plus:.2f}; balance of people in households per unit "
        f"{base.households.balance.min():.3f} to {base.households.balance.max():.3f}.",
    ]
    return "\n".join(lines)


def text(results: dict[str, Assessment]) -> str:
    """Return the computed part of METHODS.md."""
    parts = (
        ("The Kreis in the base scenario", kreis(results)),
        ("The units in the base scenario", units(results["base"])),
        ("What each scenario changes (blank = as in base)", overrides(results)),
        ("What each scenario gives, Kreis, end of 2040, dwellings", scenario_results(results)),
        ("Beside published figures", comparisons(results)),
    )
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts) + "\n\n"


if __name__ == "__main__":
    old = METHODS.read_text(encoding="utf-8")
    before, rest = old.split(START)
    after = rest.split(END)[1]
    computed = text({name: open_assessment(scenario=name) for name in NAMES})
    METHODS.write_text(f"{before}{START}\n{computed}{END}{after}", encoding="utf-8")
