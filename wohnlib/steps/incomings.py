"""Multilocal people: three routes to their number, the dwellings they want, what of it enters need.

The routes are shown beside each other and never added. Only local figures that are no examples enter need,
by the route that the scenario names; without them nothing changes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wohnlib.inputs import Inputs
from wohnlib.local import Local
from wohnlib.model import multilocal as model
from wohnlib.scenario import Incomings as Assumed
from wohnlib.scenario import Scenario
from wohnlib.steps.company_survey import Survey, survey_of
from wohnlib.steps.time import Time

Array = NDArray[np.float64]
ROUTES = ("survey", "commuters", "registers")
ENTERS = {"survey": ("survey", "frame"), "commuters": ("commuters",), "registers": ("registers",)}
WORKING_AGES = (18, 65)
_NONE = float("nan")


@dataclass(frozen=True)
class Incomings:
    """The three routes of one unit; NaN = a route without data. People and dwellings."""

    survey: Survey | None
    persons: Array  # (route,)
    wanted: Array  # (route,) dwellings
    rough: bool  # the commuter route rests on jobs × propensity, for want of a matrix
    used: str | None  # route that enters need
    base: float  # M_0, NaN if nobody said
    free: float  # suitable dwellings that stand free
    bound: float  # dwellings without a main-residence household, O_0 − H_0
    students: float
    seasonal: model.Seasonal | None
    outgoings: float  # upper bound of dwellings under-used, NaN if not known
    outgoings_own: bool  # from the unit's own number of employees, not a share of the Kreis's
    example: bool

    @property
    def range(self) -> model.Spread | None:
        """Lowest, median and highest of the dwellings wanted over the routes."""
        return model.route_range(routes=self.wanted)


def incomings_of(
    inputs: Inputs, scenario: Scenario, key: str, bound: float, *, local: Local | None = None, examples: bool = False
) -> Incomings:  # fmt: skip
    """Return the three routes of one unit; `bound` = O_0 − H_0; `examples` lets invented data in, marked so."""
    local, assumed = inputs.local if local is None else local, scenario.incomings
    answers, frame, commuters, seasonal = (
        local.table(k, key, examples=examples) for k in ("survey", "frame", "commuters", "seasonal")
    )
    example = examples and any(
        local.is_example(k, key) for k in ("survey", "frame", "registers", "commuters", "seasonal")
    )
    survey = None
    if not answers.empty and not frame.empty:
        survey = survey_of(
            answers,
            frame,
            assumed.nonresponse_high.value,
            example=examples and local.is_example("survey", key),
        )

    def register(item: str) -> float:
        return local.value("registers", key, item, examples=examples)

    jobs = register("employees_workplace")
    if np.isnan(jobs) and inputs.jobs is not None:
        jobs = float(inputs.jobs[inputs.areas[key]])
    persons = np.array([
        survey.staff.total if survey else _NONE,
        _by_commuters(commuters, assumed, jobs),
        float(model.multilocal_registered(
            secondary_residences=register("secondary_residences"), second_home_tax=register("second_home_tax"),
            at_parents=np.nan_to_num(register("at_parents")), under_registration=assumed.under_registration.value,
        )),
    ])  # fmt: skip
    wanted = np.array([
        _dwellings(survey.wanted.total, 1.0, assumed) if survey else _NONE,
        *(_dwellings(p, assumed.own_unit_share.value, assumed) for p in persons[1:]),
    ])  # fmt: skip
    rough = commuters.empty
    route = assumed.route.value
    used = None
    if route in ROUTES and not np.isnan(wanted[ROUTES.index(route)]) and not (rough and route == "commuters"):
        invented = any(local.is_example(kind, key) for kind in ENTERS[route])
        used = None if invented else route
    base = register("occupied_by_incomings")
    if np.isnan(base) and survey is not None:
        base = survey.live_here / assumed.persons_per_dwelling.value
    employees, own = _employees(inputs, key, register("employees_residence"))
    far = inputs.commuting.get("far_share", _NONE)
    return Incomings(
        survey=survey,
        persons=persons,
        wanted=wanted,
        rough=rough,
        used=used,
        base=float(np.minimum(base, bound)),
        free=float(np.nan_to_num(register("free_small"))),
        bound=bound,
        students=register("student_places") * assumed.students_away.value * assumed.students_presence.value,
        seasonal=_seasonal(seasonal, assumed),
        outgoings=employees * far,
        outgoings_own=own,
        example=example,
    )


def _dwellings(persons: float, own_unit_share: float, assumed: Assumed) -> float:
    return float(model.dwellings_wanted(
        persons=persons, own_unit_share=own_unit_share, already_counted=assumed.already_counted.value,
        persons_per_dwelling=assumed.persons_per_dwelling.value, rotation=assumed.rotation.value,
    ))  # fmt: skip


def _by_commuters(rows: pd.DataFrame, assumed: Assumed, jobs: float) -> float:
    """Return people by distance if there is a matrix, else jobs × propensity (rough)."""
    if not rows.empty:
        return float(model.multilocal_commuters(
            commuters=rows["employees"].to_numpy(float), distance=rows["distance"].to_numpy(float),
            d50=assumed.half_distance.value, s=assumed.distance_scale.value,
        ))  # fmt: skip
    if np.isnan(jobs):
        return _NONE
    return float(model.multilocal_employees(employees=jobs, propensity=assumed.propensity.value))


def _seasonal(rows: pd.DataFrame, assumed: Assumed) -> model.Seasonal | None:
    if rows.empty:
        return None
    rows = rows.sort_values("month")
    return model.seasonal_staff(
        staff=rows["staff"].to_numpy(float), beds=rows["beds"].fillna(0).to_numpy(float),
        persons_per_dwelling=assumed.persons_per_dwelling.value,
    )  # fmt: skip


def _employees(inputs: Inputs, key: str, own: float) -> tuple[float, bool]:
    """Return employees living in the unit: its own figure, else the Kreis's by people of working age."""
    if not np.isnan(own):
        return own, True
    kreis = inputs.commuting.get("employees", _NONE)
    low, high = WORKING_AGES
    working = (inputs.group_from >= low) & (inputs.group_from < high)
    people = inputs.pop_group[:, working].sum(1)
    return kreis * float(people[inputs.areas[key]] / people.sum()), False


# -- what enters need ------------------------------------------------------------------------------------


def base_incomings(inputs: Inputs, scenario: Scenario, bound: Array) -> Array:
    """Return M_0 (area,) within 0 … bound: from local figures where a unit has them, else the scenario's share."""
    base = np.minimum(scenario.dwellings.incomings_base.value * inputs.dwellings, bound)
    for place, key in enumerate(inputs.areas.keys):
        if inputs.local.has("survey", key) or inputs.local.has("registers", key):
            own = incomings_of(inputs, scenario, key, float(bound[place])).base
            base[place] = base[place] if np.isnan(own) else own
    return np.asarray(base)


def added_incomings(inputs: Inputs, scenario: Scenario, time: Time, base: Array, bound: Array) -> Array:
    """Return M_t − M_0 (area, year) from local figures by the scenario's route; zero where there are none."""
    added = np.zeros((len(base), len(time.elapsed)))
    assumed = scenario.incomings
    for place, key in enumerate(inputs.areas.keys):
        if not inputs.local.files_of(key, ("survey", "commuters", "registers")):
            continue
        found = incomings_of(inputs, scenario, key, float(bound[place]))
        if found.used is None:
            continue
        path = model.dwellings_path(
            base=base[place], wanted=found.wanted[ROUTES.index(found.used)], free_offer=found.free,
            elapsed=time.elapsed, years=assumed.years.value, jobs_growth=assumed.jobs_growth.value,
        )  # fmt: skip
        added[place] = path - base[place]
    return added


def small_wanted(survey: Survey, assumed: Assumed) -> Array:
    """Return dwellings wanted by size and highest rent (size, rent), from the people who want one."""
    factor: Any = _dwellings(1.0, 1.0, assumed)
    return np.asarray(survey.by_size_rent * factor)
