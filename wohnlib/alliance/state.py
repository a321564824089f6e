"""Everything the alliance's sections and agenda look at, gathered once from a result and the local files."""

import pandas as pd

from wohnlib.alliance.agenda import State
from wohnlib.alliance.agreement import read_alliance, weights
from wohnlib.alliance.coverage import coverage
from wohnlib.alliance.forms import Alliance
from wohnlib.alliance.segment_need import segment_needs
from wohnlib.alliance.targets import progress
from wohnlib.assess import Assessment
from wohnlib.regions import surplus_meets_need
from wohnlib.words import Words


def state_of(result: Assessment, words: Words, alliance: Alliance | None = None) -> State:
    """Return what is known of the alliance's work; `alliance` overrides the file of the region.

    Invented projects count only for an alliance that is itself marked as an example.
    """
    inputs = result.inputs
    alliance = alliance or read_alliance(inputs.areas)
    example = alliance is not None and alliance.example
    projects: pd.DataFrame = inputs.local.table("projects", examples=example)
    counted = weights(alliance, result.scenario)
    covered = coverage(result, projects, counted)
    reached = progress(result, alliance, projects, counted) if alliance else []
    return State(
        result=result,
        alliance=alliance,
        projects=projects,
        weights=counted,
        coverage=covered,
        progress=reached,
        meetings=surplus_meets_need(result),
        completions_known=inputs.local.has("completions", examples=example),
        words=words,
        segments=segment_needs(result, covered),
    )
