"""Mortality: life tables, the survival ratios of a projection, targets and trends of life expectancy."""

from wohnlib.model.lifetable import LifeTable, life_table
from wohnlib.model.relational import brass_logit, lee_carter
from wohnlib.model.survival import Scaled, improve, scale_to_life_expectancy, survival_ratios

__all__ = [
    "LifeTable",
    "Scaled",
    "brass_logit",
    "improve",
    "lee_carter",
    "life_table",
    "scale_to_life_expectancy",
    "survival_ratios",
]
