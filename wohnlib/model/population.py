"""Cohort-component projection of a population by sex and age, for any number of areas and draws at once.

Arrays are plain; the last axes are sex (0 = female) and age, any axes before them (draw, area) are kept.
Every convention on which textbooks and offices differ is an argument. The ratios of survival have one
entry more than there are ages: [0] from the births of the interval to the first group, [i] from group i-1
to group i, [-1] from the open group to itself.
"""

from wohnlib.model.adjust import plus_minus
from wohnlib.model.cohorts import Step
from wohnlib.model.fitting import control_to, fit_margins
from wohnlib.model.hamilton_perry import child_woman_ratios, cohort_change_ratios, hamilton_perry
from wohnlib.model.matrices import (
    StablePopulation,
    births_by_mother,
    leslie_matrix,
    project_leslie,
    residual_migration,
    stable_population,
)
from wohnlib.model.projection import Projection, project
from wohnlib.model.reproduction import Reproduction, reproduction
from wohnlib.model.step import project_step

__all__ = [
    "Projection",
    "Reproduction",
    "StablePopulation",
    "Step",
    "births_by_mother",
    "child_woman_ratios",
    "cohort_change_ratios",
    "control_to",
    "fit_margins",
    "hamilton_perry",
    "leslie_matrix",
    "plus_minus",
    "project",
    "project_leslie",
    "project_step",
    "reproduction",
    "residual_migration",
    "stable_population",
]
