"""All assumptions of a scenario, by part of the method."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from wohnlib.errors import InputError, fault
from wohnlib.scenario.values import (
    LAST_YEAR,
    Age,
    Assumption,
    AtLeastOne,
    Day,
    NonNegative,
    OwnHomes,
    OwnProjection,
    Period,
    Positive,
    Route,
    Share,
    ShareBelowOne,
    Strict,
    Table,
    Text,
    Types,
    Year,
)


class Mortality(Strict):
    """Survival: which life table, how it is scaled and how it moves."""

    lifetable_period: Assumption[Period]
    land_period: Assumption[Period]
    improvement_per_year: Assumption[Share]


class Fertility(Strict):
    """Births: level, local deviation, sex ratio."""

    total_scale: Assumption[Positive]
    constant_from_year: Assumption[Year]
    kreis_first_year: Assumption[Year]
    kreis_last_year: Assumption[Year]
    local_shrinkage_children: Assumption[NonNegative]
    sex_ratio_birth: Assumption[Positive]


class Migration(Strict):
    """Net migration: national path, the Kreis's share, its age profile, municipal intensity."""

    national_target: Assumption[float]
    national_target_year: Assumption[Year]
    share_first_year: Assumption[Year]
    share_last_year: Assumption[Year]
    profile_start: Assumption[Day]
    profile_end: Assumption[Day]
    profile_lifetable_period: Assumption[Period]
    profile_last_age: Assumption[Age]
    local_growth_table: Assumption[Table]
    local_growth_weight: Assumption[Share]
    local_steady_years: Assumption[NonNegative]
    local_first_year: Assumption[Year]
    local_last_year: Assumption[Year]
    local_persistence: Assumption[Share]
    local_shrinkage_people: Assumption[NonNegative]
    local_damping: Assumption[Share]


class Population(Strict):
    """What becomes of a municipality's own projection; without its file nothing changes."""

    own_projection: Assumption[OwnProjection]


class Households(Strict):
    """Private households' population and household formation."""

    institutional_table: Assumption[Table]
    institutional_scale: Assumption[Positive]
    institutional_under_65: Assumption[Share]
    member_rate_table: Assumption[Table]
    type_preference_table: Assumption[Table]
    one_person_trend_share: Assumption[Share]
    one_person_trend_end: Assumption[Year]
    own_homes: Assumption[OwnHomes]
    own_homes_occupied: Assumption[Share]


class Dwellings(Strict):
    """Stock, vacancy, losses, reserve, backlog and part-time residents."""

    reserve: Types[ShareBelowOne]
    loss_rate: Types[Share]
    loss_on_unusable: Assumption[Share]
    unusable_vacancy: Assumption[Share]
    vacancy_ratio_mfh: Assumption[Positive]
    holiday_ratio_mfh: Assumption[NonNegative]
    backlog_share: Assumption[Share]
    backlog_years: Assumption[Positive]
    backlog_mfh_share: Assumption[Share]
    backlog_overcrowded_new: Assumption[Share]
    incomings_base: Assumption[Share]
    incomings_change_per_year: Assumption[float]
    incomings_mfh_share: Assumption[Share]
    second_homes_change_per_year: Assumption[float]


class Incomings(Strict):
    """People who live here part of the time: from local figures to dwellings; without them nothing changes."""

    route: Assumption[Route]
    own_unit_share: Assumption[Share]
    already_counted: Assumption[Share]
    persons_per_dwelling: Assumption[AtLeastOne]
    rotation: Assumption[Share]
    years: Assumption[Positive]
    jobs_growth: Assumption[float]
    nonresponse_high: Assumption[AtLeastOne]
    propensity: Assumption[Share]
    half_distance: Assumption[Positive]
    distance_scale: Assumption[Positive]
    under_registration: Assumption[AtLeastOne]
    students_away: Assumption[Share]
    students_presence: Assumption[Share]
    survey_clustering: Assumption[Positive]


class Building(Strict):
    """What has been built since the base date and what is permitted."""

    completions_mfh_share: Assumption[Share]
    permits_weight: Assumption[Share]


class Land(Strict):
    """Net residential building land."""

    density: Types[Positive]
    infill_share: Types[Share]


class Uncertainty(Strict):
    """Random draws: how many, from which errors of past forecasts, and what is added to them."""

    draws: Assumption[Annotated[int, Field(ge=2, le=100_000)]]
    seed: Assumption[Annotated[int, Field(ge=0, le=2**32)]]
    errors_table: Assumption[Table]
    persistence: Assumption[Share]
    mortality_spread: Assumption[NonNegative]
    fertility_spread: Assumption[NonNegative]
    formation_spread: Assumption[NonNegative]


class Segments(Strict):
    """Who owns and who rents, in which type of building; who stays there in old age."""

    tenure_table: Assumption[Table]
    tenure_by_type_table: Assumption[Table]
    stay_age: Assumption[Age]
    moves_to_smaller: Assumption[Share]
    vacancy_ratio_rent: Assumption[Positive]
    incomings_rent_share: Assumption[Share]
    backlog_rent_share: Assumption[Share]
    newbuild_ezfh_share: Assumption[Share]
    small_turnover: Assumption[Share]


class Older(Strict):
    """Older people: dwellings without steps, houses that come free, chain of moves."""

    mobility_rate: Assumption[Share]
    step_free_share: Assumption[Share]
    step_free_reached: Assumption[Share]
    newbuild_share: Assumption[Share]
    care_moves: Assumption[Share]
    family_years: Assumption[Positive]
    chain_dwellings: Assumption[NonNegative]
    chain_from_house: Assumption[Share]
    chain_next: Assumption[Share]


class Affordable(Strict):
    """Affordable and price-bound dwellings, an overlay on need."""

    persons_per_community: Assumption[Positive]
    persons_per_old_age_support: Assumption[Positive]
    recipients_renting: Assumption[Share]
    rent_limit: Assumption[Positive]
    cheap_reached: Assumption[Share]
    bound_stock: Assumption[NonNegative]
    published_gap: Assumption[NonNegative]


class Supply(Strict):
    """Risk of loss by year built, relative to buildings of the middle class."""

    loss_weight_old: Assumption[NonNegative]
    loss_weight_middle: Assumption[NonNegative]
    loss_weight_young: Assumption[NonNegative]


class Scenario(Strict):
    """A complete set of assumptions; `Scenario` objects are only made by `load`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    title: Text
    description: Text
    based_on: str | None = None
    region: Annotated[str, Field(pattern=r"^\d{5}$")]
    base_date: Day
    as_of: Day | None = None  # day of knowledge: nothing published later is used; None means today
    start_year: Annotated[int, Field(ge=2023, le=LAST_YEAR)]
    horizon_year: Annotated[int, Field(ge=2023, le=LAST_YEAR)]
    mortality: Mortality
    fertility: Fertility
    migration: Migration
    population: Population
    households: Households
    dwellings: Dwellings
    incomings: Incomings
    building: Building
    land: Land
    segments: Segments
    older: Older
    affordable: Affordable
    supply: Supply
    uncertainty: Uncertainty

    @property
    def base_year(self) -> int:
        return int(self.base_date[:4])

    def at_horizon(self, year: int | None) -> "Scenario":
        """Return the scenario with another horizon; a horizon before the start year is refused."""
        year = self.horizon_year if year is None else year
        if isinstance(year, bool) or not isinstance(year, int):
            raise InputError([fault("horizon_type", found=year, first=self.start_year, last=LAST_YEAR)])
        if year <= self.base_year:
            raise InputError([fault("horizon_before_base", found=year, base=self.base_date[:4])])
        if not self.start_year <= year <= LAST_YEAR:
            raise InputError([fault("horizon", found=year, first=self.start_year, last=LAST_YEAR)])
        return self.model_copy(update={"horizon_year": year})

    def assumptions(self) -> list[tuple[str, "Assumption[Any]"]]:
        """Return all assumptions as (dotted name, assumption), in the order of the file."""
        return list(_walk(self, ""))


def _walk(model: BaseModel, prefix: str) -> Any:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Assumption):
            yield prefix + name, value
        elif isinstance(value, BaseModel):
            yield from _walk(value, f"{prefix}{name}.")
