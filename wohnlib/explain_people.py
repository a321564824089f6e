"""The first parts of the calculation: years, people, households."""

import numpy as np

from wohnlib.explain_lines import SIZES, head, row
from wohnlib.report.sections_projection import replaced
from wohnlib.report.view import View
from wohnlib.steps.own_figures import own_homes, replaces


def time_lines(view: View) -> list[str]:
    """Return the lines on the years counted."""
    words, time = view.words, view.result.time
    t = float(time.elapsed[-1])
    days = (time.dates[1] - time.dates[0]).days
    return [
        *head(words, 1, "time"),
        row(
            words, words("explain.t"), t, "dec6", words("explain.t_formula", days=days, n=len(time.years) - 1)
        ),
    ]


def people_lines(view: View) -> list[str]:
    """Return the lines from the people of the base date to those of the horizon."""
    words, path, g = view.words, view.result.population, view.index
    first, last = (float(path.pop_count[0, g, k].sum()) for k in (0, -1))
    births, deaths, net = (float(x[0, g].sum()) for x in (path.births, path.deaths, path.net_migration))
    shares = view.result.households.in_homes
    in_homes = (path.pop_count[0, g].sum(1) * (shares if shares.ndim == 1 else shares[g])).sum(-1)
    people = view.result.households.people[0, g].sum(-1)
    balance = float(view.result.households.balance[g])
    from_homes = g in own_homes(view.result.inputs, view.result.scenario)
    note = (
        "own"
        if replaces(view.result.inputs, view.result.scenario, "population") and replaced(view)
        else "net"
    )
    rows = [
        (words("explain.pop_0"), first, ""),
        (words("explain.births"), births, ""),
        (words("explain.deaths"), -deaths, ""),
        (words("explain.net"), net, words(f"explain.{note}_note")),
        (words("explain.pop_t", year=view.year), last, words("explain.sum")),
        (
            words("explain.in_homes"),
            -float(in_homes[-1]),
            words("explain.in_homes_own" if from_homes else "explain.in_homes_note"),
        ),
        (words("explain.balance"), balance, words("explain.balance_note")),
        (words("explain.people_t"), float(people[-1]), words("explain.people_formula")),
    ]
    return [
        *head(words, 2, "people"),
        *(row(words, n, v, "dec6" if v == balance else "dec4", f) for n, v, f in rows),
    ]


def households_lines(view: View) -> list[str]:
    """Return the lines from people to households by size."""
    words, path, g = view.words, view.result.households, view.index
    members = np.einsum("ta,tan->tn", path.people[0, g], path.member_rate[g])
    table = [words("explain.household_head", year=view.year)]
    for n in range(SIZES):
        cells = (members[0, n], members[-1, n], path.mean_size[g, n], *path.household_count[0, g, [0, -1], n])
        table.append(
            f"  {words(f'households.size_{n + 1}'):<24}"
            + "".join(f"{words.number(float(c), 'dec6'):>18}" for c in cells)
        )
    totals = (members[0].sum(), members[-1].sum(), *path.household_count[0, g, [0, -1]].sum(-1))
    texts = [words.number(float(c), "dec6") for c in totals]
    texts.insert(2, "")
    table.append(f"  {words('common.total'):<24}" + "".join(f"{text:>18}" for text in texts))
    own = replaces(view.result.inputs, view.result.scenario, "households") and replaced(view)
    notes = [words("explain.own_households")] if own else []
    return [*head(words, 3, "households"), words("explain.household_formula"), *notes, *table]
