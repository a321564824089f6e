"""The filter of the Kreise is the Kalman filter of statsmodels, run for all Kreise of a class at once."""

import numpy as np
import pytest
from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

from wohnlib.forecast.kreise_estimate import SPREADS
from wohnlib.forecast.kreise_relative import CELLS, chance, covariances, follow, moves
from wohnlib.forecast.kreise_settings import SINGLE

SHARE = 0.002
NEWBORN = [0, SINGLE]


@pytest.fixture(scope="module")
def nation():
    """Return how ratios move in a made-up nation of 40 million over four years, the third a year of refugees."""
    age = np.arange(SINGLE)
    people = np.stack([np.clip(30 - age / 4, 4, None)] * 2) * 1e4 * np.array([[1.0], [0.97]])
    survival = np.stack([np.exp(-np.exp(-9 + 0.09 * np.arange(SINGLE + 1)))] * 2)
    fertility = np.where((age > 17) & (age < 45), 0.05, 0.0)
    arrivals = np.stack([np.exp(-(((age - 25) / 12) ** 2))] * 2)
    shock = np.array([False, False, True, False])
    return moves(np.stack([people * (1 + 0.002 * y) for y in range(5)]), survival, fertility, shock, arrivals)


def by_statsmodels(m, values, last):
    """Return the Kalman filter of one Kreis, ratios and lasting gains as one state; years without a table are empty."""
    first, lasting, yearly = covariances(SPREADS)
    filter_ = KalmanFilter(k_endog=38, k_states=2 * CELLS, k_posdef=2 * CELLS)
    years, one = last + 1, np.eye(CELLS)
    series = np.full((years, 38), np.nan)
    transition, noise = (np.zeros((2 * CELLS, 2 * CELLS, years)) for _ in range(2))
    seen = np.zeros((38, 2 * CELLS, years))
    for year in range(years):
        seen[:, :CELLS, year] = m.weights[year]
        if year in values:
            series[year] = values[year][:, 0]
        if year < last:
            transition[..., year] = np.block([[m.transition[year].toarray(), one], [np.zeros_like(one), one]])
            step = yearly + np.diag(chance(m, year + 1, SHARE, alive=True))
            step[NEWBORN, NEWBORN] += chance(m, year + 1, SHARE, alive=False)[NEWBORN]
            if m.shock[year]:
                step = step + np.outer(m.arrivals, m.arrivals) * SPREADS.refugees**2
            noise[:CELLS, :CELLS, year] = step
    filter_.bind(series)
    filter_["design"], filter_["transition"], filter_["state_cov"] = seen, transition, noise
    filter_["obs_cov"], filter_["selection"] = np.eye(38) * SPREADS.observed**2, np.eye(2 * CELLS)
    start = first + np.diag(chance(m, 0, SHARE, alive=False))
    filter_.initialize_known(np.repeat([1.0, 0.0], CELLS), np.block([[start, 0 * one], [0 * one, lasting]]))
    return filter_.filter()


def test_states_likelihood_and_misses_are_those_of_statsmodels(nation):
    noise = np.random.default_rng(4)
    values = {year: 1 + 0.05 * noise.normal(size=(38, 2)) for year in (0, 1, 3)}  # no table of year 2
    path, total, misses = follow(SPREADS, nation, values, SHARE, 4)
    both = 0.0
    for kreis in range(2):
        found = by_statsmodels(nation, {y: v[:, [kreis]] for y, v in values.items()}, 4)
        both += found.llf
        for year, state in enumerate(path):
            mine = np.concatenate([state.ratio[:, kreis], state.gain[:, kreis]])
            assert mine == pytest.approx(found.filtered_state[:, year], abs=1e-6)
        for year in values:
            spread = np.sqrt(np.diag(found.forecasts_error_cov[..., year]))
            assert misses[year][:, kreis] == pytest.approx(found.forecasts_error[:, year] / spread, abs=1e-5)
    constant = 0.5 * np.log(2 * np.pi) * 38 * len(values) * 2
    assert total - constant == pytest.approx(both, rel=1e-6)
    assert set(misses) == set(values)
