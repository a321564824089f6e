"""Every number of the forecast of the Kreise by age and sex in one place: value, unit, origin, rating.

Origins: `issue` set by the task; `rule` a published rule; `literature` taken from the source named beside it;
`likelihood` estimated by maximum likelihood on the tables of 1 January 2014 to 2016 alone (`kreise_estimate`);
`judgement` set before anything was computed; `numeric` a matter of computing only.
"""

from wohnlib.backtest.setting import Setting, lookups
from wohnlib.backtest.setting import setting as _of

SINGLE = 91  # single years of age 0 … 89, then 90 and older
FIRST_BASE = 2017  # first 1 January from which cohorts are followed: tables by age begin in 2014
AGE_FROM = tuple(range(0, 91, 5))


SETTINGS: dict[str, Setting] = {
    # nation: single years of age from yearly tables of five-year groups
    "fit_group": _of("share", "judgement", "amber", 0.001),
    "fit_cohort_births": _of("share", "judgement", "amber", 0.01),  # second differences beside births known
    "fit_cohort_old": _of("share", "judgement", "amber", 0.15),  # cohorts of the years of war, births not known
    "fit_births_known": _of("share", "judgement", "amber", 0.005),
    "fit_births_open": _of("share", "judgement", "amber", 0.05),
    "fit_migration_bend": _of("share", "judgement", "amber", 0.002),
    "fit_migration_young": _of("share", "judgement", "amber", 0.05),
    "fit_migration_old": _of("share", "judgement", "amber", 0.01),
    "first_recorded_births": _of("year", "rule", "green", 1950),
    # nation: components
    "infant_years": _of("years", "rule", "green", 0.13),  # lived by those who die in their first year, Destatis
    "boys_per_girl": _of("ratio", "rule", "green", 1.055),  # Destatis, long-run mean
    # decline of mortality at every age; Destatis, 13. koordinierte Bevölkerungsvorausberechnung (2015), moderate rise
    # of life expectancy to 2060, is 1.1 to 1.3 %: rounded down
    "improvement": _of("share_year", "literature", "amber", 0.01),
    "old_first": _of("age", "rule", "green", 75),  # a residual from this age on is an error of mortality
    "old_factor_range": _of("factor", "judgement", "amber", 0.8, 1.2),
    "births_years": _of("years", "judgement", "amber", 2),
    "recent_years": _of("years", "judgement", "amber", 3),
    "shock": _of("multiple", "judgement", "amber", 1.5),  # of the median year: a year of refugees
    # Kreise: growth of totals relative to the nation
    "last_years": _of("years", "judgement", "amber", 4),
    "same_cover": _of("share", "judgement", "amber", 0.9),
    "growth_reach": _of("years", "rule", "green", 8),  # longest window that slopes are learned on
    "growth_damping": _of("factor_year", "literature", "amber", 0.9),  # Gardner, McKenzie 1985, damped trend
    "clip_growth": _of("percent_year", "judgement", "amber", 6.0),
    # Kreise: cohorts relative to the nation
    "size_groups": _of("groups", "numeric", "green", 5),
    "response_step": _of("share", "numeric", "green", 0.001),  # of the people, a year, added to see where they go
    "smallest_ratio": _of("ratio", "numeric", "green", 0.02),
    "level_spread": _of("ratio", "judgement", "amber", 1.0),
    "age_knots": _of("age", "judgement", "amber", 0, 12, 18, 21, 26, 32, 45, 60, 75, 90),
    "young": _of("age", "judgement", "amber", 16, 32),
    "interval": _of("share", "issue", "green", 0.8),
}  # fmt: skip

number, numbers = lookups(SETTINGS)
