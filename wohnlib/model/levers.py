"""What follows: from gaps to the levers a municipality has, by rules that can be read and tested.

A rule is a condition on a few numbers; the texts of the levers stand in the catalogue under the same name.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Gaps:
    """The numbers the rules look at, for one area at the horizon; dwellings unless said otherwise."""

    rent_mfh: int = 0  # gap: to rent, buildings with 3 or more dwellings
    rent_ezfh: int = 0
    own_mfh: int = 0
    own_ezfh: int = 0
    surplus_ezfh: int = 0  # surplus in houses, both tenures
    surplus_mfh: int = 0
    step_free: int = 0  # households without a dwelling that fits them
    freed_per_year: float = 0.0  # houses
    family_per_year: float = 0.0  # houses that new families look for
    affordable: int = 0
    bound_ending: int = 0  # price-bound dwellings whose binding ends by the horizon
    long_vacant: int = 0  # empty for 12 months or more
    hectares: float = 0.0  # building land, less what potentials take the place of
    potentials: int = 0  # dwellings in the municipality's own table
    old_stock_share: float = 0.0  # dwellings built before 1950


LEVERS = (
    "rent_flats", "flats_in_steps", "own_flats", "building_land", "land_in_steps", "no_new_areas", "reuse_vacant",
    "use_potentials", "potentials_table", "step_free", "older_move", "price_bound", "extend_binding", "renew_old",
)  # fmt: skip


WORTH = 10  # dwellings from which a gap is worth a line
PASSING = 0.5  # share of what lacks, left over at the horizon, from which a need is called passing


def levers(
    gaps: Gaps, worth: int = WORTH, old_share: float = 0.25, passing: float = PASSING
) -> tuple[str, ...]:
    """Return the names of the levers whose condition holds, in the order of `LEVERS`.

    `worth` is the number of dwellings from which a gap is worth a line, `old_share` the share of dwellings
    built before 1950 from which renewal is named. A need is *passing* if a surplus of at least `worth` and of at
    least the share `passing` of what lacks is left over at the horizon.

    rent_flats: rented flats lack, and the need of flats is not passing · flats_in_steps: rented flats lack, and it
    is · own_flats: owned flats lack · building_land: dwellings lack and need land, and the need of houses is not
    passing · land_in_steps: the same, and it is · no_new_areas: in place of both, at least as many houses are left
    over as lack before · reuse_vacant: long vacancy · use_potentials: potentials are entered and dwellings lack ·
    potentials_table: dwellings lack, need land, and no potentials are entered · step_free: a gap · older_move:
    houses come free and older people lack step-free dwellings · price_bound: gap in affordable dwellings ·
    extend_binding: bindings end · renew_old: large share of old dwellings and surplus.
    """
    _check(gaps)
    houses, flats = gaps.own_ezfh + gaps.rent_ezfh, gaps.own_mfh + gaps.rent_mfh
    lacking = houses + flats >= worth
    land = lacking and gaps.hectares > 0
    enough = gaps.surplus_ezfh >= max(worth, houses)
    houses_pass = gaps.surplus_ezfh >= max(worth, passing * houses)
    flats_pass = gaps.surplus_mfh >= max(worth, passing * flats)
    holds = {
        "rent_flats": gaps.rent_mfh >= worth and not flats_pass,
        "flats_in_steps": gaps.rent_mfh >= worth and flats_pass,
        "own_flats": gaps.own_mfh >= worth,
        "building_land": land and not houses_pass,
        "land_in_steps": land and houses_pass and not enough,
        "no_new_areas": enough,
        "reuse_vacant": gaps.long_vacant >= worth,
        "use_potentials": gaps.potentials > 0 and lacking,
        "potentials_table": gaps.potentials == 0 and land,
        "step_free": gaps.step_free >= worth,
        "older_move": gaps.freed_per_year >= 1 and gaps.step_free >= worth,
        "price_bound": gaps.affordable >= worth,
        "extend_binding": gaps.bound_ending > 0,
        "renew_old": gaps.old_stock_share >= old_share and gaps.surplus_ezfh + gaps.surplus_mfh >= worth,
    }
    return tuple(name for name in LEVERS if holds[name])


def _check(gaps: Gaps) -> None:
    bad = [f.name for f in fields(gaps) if getattr(gaps, f.name) < 0]
    if bad:
        raise ValueError(f"gaps must not be negative: {', '.join(bad)}")


def largest(values: dict[str, int], count: int = 3) -> list[tuple[str, int]]:
    """Return the `count` largest positive entries, largest first; equal ones in the given order."""
    positive = [(name, n) for name, n in values.items() if n > 0]
    return sorted(positive, key=lambda item: -item[1])[:count]
