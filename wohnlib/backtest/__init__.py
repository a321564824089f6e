"""How far off forecasts of population totals would have been: fitted as of a base date, judged afterwards.

Reading and fitting: `delivered`, `asof`, `features`, `fitting`, `intervals`, `totals`. Judging: `rules`, `measures`,
`run`, `write`. Nothing of the first group imports anything of the second.
"""
