"""Need: the identities and derivatives of step 8, need and surplus, periods, land, what remains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wohnlib.model import need
from wohnlib.model.need import Stock

seeds = st.integers(0, 2**32 - 1)
AREAS, YEARS, TYPES, SIZES = 3, 6, 2, 5
ELAPSED = np.array([0.0, 0.63, 1.63, 2.63, 3.63, 4.63])
RHO = np.array([0.015, 0.03])
RATE = np.array([0.001, 0.003])


class Case:
    """A random but consistent case: demand at the base date equals what is occupied."""

    def __init__(self, number: int) -> None:
        rng = np.random.default_rng(number)
        total = rng.uniform(500, 2000, (AREAS, TYPES))
        vacant, holiday = 0.05 * total, 0.01 * total
        self.stock = Stock(total, vacant, 0.5 * vacant, holiday, 0.02 * total)
        occupied = (total - vacant - holiday - self.stock.incomings).sum(1)
        self.counts = rng.uniform(10, 100, (2, AREAS, YEARS, SIZES))
        self.counts[:, :, 0] = self.counts[0, :, 0]
        start = self.counts[0, :, 0].sum(1)
        self.kappa = need.kappa(occupied + self.stock.incomings.sum(1), self.stock.incomings.sum(1), start)
        share = rng.uniform(0.1, 0.9, (AREAS, SIZES))
        self.occupancy = np.stack([share, 1 - share], axis=-1)
        self.resident = need.demand(self.kappa, self.counts, self.occupancy)
        drift = 1 + 0.01 * ELAPSED[None, :, None] * rng.normal(0, 1, (AREAS, 1, TYPES))
        self.incomings = self.stock.incomings[:, None] * drift
        self.second_homes = self.stock.holiday[:, None] * drift
        self.backlog = need.backlog(rng.uniform(0, 10, (AREAS, TYPES)), ELAPSED, 3.0)
        self.loss = need.losses(self.stock, RATE, 0.3)

    def lines(self, reserve: np.ndarray = RHO, **changed: np.ndarray) -> np.ndarray:
        at = {
            "resident": self.resident, "incomings": self.incomings, "second_homes": self.second_homes,
            "backlog_t": self.backlog, "stock": self.stock, "loss_per_year": self.loss,
        }  # fmt: skip
        return need.need_lines(**{**at, **changed}, reserve=reserve, elapsed=ELAPSED)


def test_kappa_by_hand():
    # 105 occupied dwellings, 3 of them without main residence, 100 households
    assert need.kappa(np.array([105.0]), np.array([3.0]), np.array([100.0])).tolist() == [1.02]


def test_demand_by_hand():
    # 10 single, 20 larger households; 0.2 and 0.9 of them in houses: 2 + 18 = 20, 8 + 2 = 10; κ = 1.1
    counts, shares = np.array([[[[10.0, 20]]]]), np.array([[[0.2, 0.8], [0.9, 0.1]]])
    assert need.demand(np.array([1.1]), counts, shares)[0, 0, 0] == pytest.approx([22, 11])


def test_backlog_is_cleared_in_a_straight_line_and_then_stays():
    path = need.backlog(np.array([[20.0, 10]]), np.array([0.0, 2.5, 10, 15]), 10)
    assert path[0].tolist() == [[0, 0], [5, 2.5], [20, 10], [20, 10]]


def test_losses_by_hand():
    # 1,000 dwellings, 20 of them unusable, 0.3 % a year, 30 % of losses fall on unusable: 0.7·0.003·980
    stock = Stock(*(np.array([[v]]) for v in (1000.0, 40, 20, 5, 0)))
    assert need.losses(stock, np.array([0.003]), 0.3)[0, 0] == pytest.approx(2.058)


def test_need_by_hand():
    # S 105, V 4, U 2, Z 1, M 0: 100 occupied. After 10 years 110; ρ 0.2; L 0.5; N 2; M 1; Z 4.
    # lines: 10, 1, 3, 2, 5 and 0.25·(110 + 1 + 2) − 2 = 26.25
    # S* = 113/0.8 + 4 = 145.25, W = 103, B = 145.25 − 103 + 5 = 47.25 = 10 + 1 + 3 + 2 + 5 + 26.25
    stock = Stock(*(np.array([[v]]) for v in (105.0, 4, 2, 1, 0)))

    def two(first: float, second: float) -> np.ndarray:
        return np.array([first, second])[None, :, None]

    resident, incomings, homes, backlog = two(100, 110)[None], two(0, 1), two(1, 4), two(0, 2)
    lines = need.need_lines(
        resident, incomings, homes, backlog, stock, np.array([0.2]), np.array([[0.5]]), np.array([0.0, 10])
    )
    assert lines[0, 0, 1, 0] == pytest.approx([10, 1, 3, 2, 5, 26.25])
    assert lines[0, 0, 0, 0] == pytest.approx([0, 0, 0, 0, 0, 23])  # the reserve is due from the first day
    required = need.required_stock(resident, incomings, homes, backlog, np.array([0.2]))
    assert required[0, 0, 1, 0] == pytest.approx(145.25)


@settings(deadline=None)
@given(seeds)
def test_lines_sum_to_required_stock_less_usable_stock_plus_losses(number):
    case = Case(number)
    required = need.required_stock(case.resident, case.incomings, case.second_homes, case.backlog, RHO)
    usable = case.stock.total - case.stock.unusable
    direct = required - usable[:, None] + ELAPSED[:, None] * case.loss[:, None]
    lines = case.lines()
    assert lines.shape == (2, AREAS, YEARS, TYPES, len(need.LINES))
    # by type the lines telescope only if occupancy by type is met; over types always (Case fits totals)
    assert lines.sum((-1, -2)) == pytest.approx(direct.sum(-1), abs=1e-9 * usable.sum())


@settings(deadline=None)
@given(seeds)
def test_by_type_lines_sum_exactly_where_base_demand_fills_what_is_occupied(number):
    case = Case(number)
    occupied = case.stock.total - case.stock.vacant - case.stock.holiday - case.stock.incomings
    fitted = case.resident * (occupied / case.resident[0, :, 0])[:, None, :]
    required = need.required_stock(fitted, case.incomings, case.second_homes, case.backlog, RHO)
    usable = case.stock.total - case.stock.unusable
    direct = required - usable[:, None] + ELAPSED[:, None] * case.loss[:, None]
    assert case.lines(resident=fitted).sum(-1) == pytest.approx(direct, abs=1e-9 * usable.sum())


@settings(deadline=None)
@given(seeds)
def test_one_more_in_the_backlog_is_one_over_one_minus_rho_more_need(number):
    case = Case(number)
    more = case.lines(backlog_t=case.backlog + 1) - case.lines()
    assert more.sum(-1) == pytest.approx(np.broadcast_to(1 / (1 - RHO), more.shape[:-1]), abs=1e-9)


@settings(deadline=None)
@given(seeds)
def test_one_more_holiday_home_is_one_more_need(number):
    case = Case(number)
    more = case.lines(second_homes=case.second_homes + 1) - case.lines()
    assert more.sum(-1) == pytest.approx(np.ones(more.shape[:-1]), abs=1e-9)


@settings(deadline=None)
@given(seeds)
def test_one_more_usable_vacant_dwelling_is_one_less_need_with_losses_held(number):
    # a dwelling more in the stock that nobody lives in adds to the vacancy as well
    case = Case(number)
    stock = case.stock._replace(total=case.stock.total + 1, vacant=case.stock.vacant + 1)
    less = case.lines(stock=stock) - case.lines()
    assert less.sum(-1) == pytest.approx(-np.ones(less.shape[:-1]), abs=1e-9)


@settings(deadline=None)
@given(seeds)
def test_nothing_changes_and_no_parameter_leaves_minus_the_usable_vacancy(number):
    case = Case(number)
    still = np.broadcast_to(case.resident[:, :, :1], case.resident.shape)
    base = {"incomings": case.stock.incomings[:, None], "second_homes": case.stock.holiday[:, None]}
    lines = case.lines(
        reserve=np.zeros(TYPES), resident=still, backlog_t=np.zeros_like(case.backlog),
        loss_per_year=np.zeros_like(case.loss), **base,
    )  # fmt: skip
    expected = -(case.stock.vacant - case.stock.unusable)[None, :, None]
    assert lines.sum(-1) == pytest.approx(np.broadcast_to(expected, lines.shape[:-1]), abs=1e-9)


def test_newbuild_need_is_the_highest_mark_and_never_negative():
    # year by year −3, 4, 2, 6 and −1, −2, −5, −4
    signed = np.array([[-3, -1], [4, -2], [2, -5], [6, -4]])
    assert need.newbuild_need(signed).tolist() == [[0, 0], [4, 0], [4, 0], [6, 0]]
    assert need.surplus(signed).tolist() == [[3, 1], [0, 2], [2, 5], [0, 4]]


@settings(deadline=None)
@given(seeds)
def test_need_is_monotone_surplus_not_negative_and_both_give_back_the_signed_need(number):
    signed = np.random.default_rng(number).normal(0, 50, (2, AREAS, YEARS, TYPES))
    newbuild, surplus = need.newbuild_need(signed), need.surplus(signed)
    assert (newbuild >= 0).all() and (np.diff(newbuild, axis=-2) >= 0).all() and (surplus >= 0).all()
    assert newbuild - surplus == pytest.approx(signed, abs=1e-9)
    assert (newbuild >= signed).all()


def test_whole_numbers_stay_whole():
    assert need.newbuild_need(np.array([[1], [-2]])).dtype.kind == "i"
    assert need.surplus(np.array([[1], [-2]])).tolist() == [[0], [3]]


def test_remaining_takes_off_completions_and_weighted_permits():
    # 12 needed, 5 built, 4 permitted of which 0.9 count: 12 − 5 − 3.6 = 3.4
    left = need.remaining(np.array([[[12.0]]]), np.array([[5.0]]), np.array([[4.0]]), 0.9)
    assert left[0, 0, 0] == pytest.approx(3.4)


@settings(deadline=None)
@given(seeds)
def test_remaining_adds_up_over_areas_and_types(number):
    rng = np.random.default_rng(number)
    signed = rng.normal(0, 50, (AREAS, YEARS, TYPES))
    built, permitted = rng.uniform(0, 9, (2, AREAS, TYPES))
    left = need.remaining(signed, built, permitted, 0.9)
    total = signed.sum((0, 2)) - built.sum() - 0.9 * permitted.sum()
    assert left.sum((0, 2)) == pytest.approx(total, abs=1e-9)


def test_land_by_hand():
    # 150 houses at 15 per hectare, a fifth on old land: 8 ha; 80 flats at 40, half on old land: 1 ha
    hectares = need.land(np.array([150.0, 80]), np.array([15.0, 40]), np.array([0.2, 0.5]))
    assert hectares == pytest.approx([8, 1])
    assert need.land([150, 80], [15, 40], [0.2, 0.5]) == pytest.approx([8, 1])
    with pytest.raises(ValueError, match="density must be above 0"):
        need.land([150, 80], [15, 0], [0.2, 0.5])


def test_periods_by_hand_and_in_sum():
    # what is needed at once at the base date (1) belongs to the first period
    assert need.periods(np.array([1, 3, 4, 9, 11]), [2, 4], axis=0).tolist() == [4, 7]


@settings(deadline=None, max_examples=50)
@given(seeds, st.lists(st.integers(1, YEARS - 2), unique=True, max_size=3))
def test_periods_sum_to_the_whole(number, inner):
    values = np.random.default_rng(number).integers(-99, 99, (AREAS, YEARS, TYPES))
    parts = need.periods(values, [*sorted(inner), YEARS - 1], axis=1)
    assert (parts.sum(1) == values[:, -1]).all()
