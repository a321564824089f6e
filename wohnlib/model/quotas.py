"""Household member rates estimated from counts of many municipalities; arrays in, arrays out.

Axes by name: area (municipalities), age (19 five-year groups 0-4 … 90+), kind (six kinds of household seen
from one person) and equation (seven counts of households that the census publishes). Ages from 65 tell
two-person households with a partner of 65 or more from those with a younger member, because the census
counts households whose members are all 65 or older.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

AGE_FROM = tuple(range(0, 95, 5))
KINDS = ("1", "2", "3", "4", "5plus", "2mixed")  # "2" at 65+: the other member is 65 or older too
SIZES = KINDS[:5]
FIRST_SENIOR = AGE_FROM.index(65)
FIRST_ALONE = AGE_FROM.index(15)
DIGITS = 5  # printed; far above the numerical error of the fit, so that bytes repeat
_MIXED = KINDS.index("2mixed")
_HARD = 1e5  # weight of balances against sums of squares; binds to about 1e-7
_RIDGE = 1e-9  # keeps the Gram matrix positive definite: kinds that no equation tells apart


def possible() -> NDArray[np.bool_]:
    """Return which kinds of household can hold a person of an age, shape (age, kind)."""
    mask = np.ones((len(AGE_FROM), len(KINDS)), dtype=bool)
    mask[:FIRST_ALONE, 0] = False
    mask[:FIRST_SENIOR, _MIXED] = False
    return mask


def equations(seniors_per_mixed: float) -> Array:
    """Return F so that y[k] = Σ_a Σ_c x[a]·F[k, a, c]·m[a, c], shape (7, age, kind).

    Equations 0 to 4: persons in households of 1, 2, 3, 4, 5 and more; 5: households of seniors only
    (one per single, one per two partners); 6: households of seniors and younger people (one per senior in
    a mixed two-person household, one per `seniors_per_mixed` seniors in larger households). All per person
    in private households; x = share of the age group.
    """
    f = np.zeros((7, len(AGE_FROM), len(KINDS)))
    for k in range(5):
        f[k, :, k] = 1.0
    f[1, FIRST_SENIOR:, _MIXED] = 1.0
    f[5, FIRST_SENIOR:, 0] = 1.0
    f[5, FIRST_SENIOR:, 1] = 0.5
    f[6, FIRST_SENIOR:, _MIXED] = 1.0
    f[6, FIRST_SENIOR:, 2:5] = 1.0 / seniors_per_mixed
    return f


def single_years(five: Array, older: Array, years: int) -> Array:
    """Split five-year groups by the pattern of single years `years` earlier, moved along by cohort.

    five (area, 19), older (area, 101) persons; returns (area, 101) that sums to `five`.
    """
    moved = np.empty_like(older, dtype=float)
    moved[:, years:] = older[:, : older.shape[1] - years]
    moved[:, -1] += older[:, -years:].sum(axis=1)
    moved[:, :years] = older[:, :1]
    group = np.minimum(np.arange(moved.shape[1]) // 5, five.shape[1] - 1)
    sums = moved @ _members(group, five.shape[1])
    return np.asarray(moved / sums[:, group] * five[:, group])


def to_five_years(counts: Array, lower: tuple[int, ...], pattern: Array) -> Array:
    """Split counts by census age group into five-year groups with a pattern by single years.

    counts (area, group), lower = first age of each group, pattern (area, 101); returns (area, 19).
    """
    ages = np.arange(pattern.shape[1])
    group = np.searchsorted(np.asarray(lower), ages, side="right") - 1
    five = _members(np.minimum(ages // 5, len(AGE_FROM) - 1), len(AGE_FROM))
    sums = pattern @ _members(group, len(lower))
    return np.asarray((pattern / sums[:, group] * counts[:, group]) @ five)


def _members(group: NDArray[np.int64], n: int) -> Array:
    return np.asarray(group[:, None] == np.arange(n), dtype=float)


def within(values: Array, group: NDArray[np.int64], weight: Array, controls: Array) -> Array:
    """Return `values` (area, column) less group means and less what `controls` explain (Frisch–Waugh)."""

    def centred(v: Array) -> Array:
        sums = np.zeros((group.max() + 1, v.shape[1]))
        np.add.at(sums, group, v * weight[:, None])
        total = np.bincount(group, weight)
        return v - (sums / np.where(total > 0, total, 1.0)[:, None])[group]

    v, z = centred(values), centred(controls)
    weighted = z * weight[:, None]
    return v - z @ np.linalg.solve(weighted.T @ z, weighted.T @ v)


def tilt(prior: Array, share: Array, f: Array, target: Array, steps: int = 200) -> Array:
    """Return the rates nearest to `prior` (relative entropy) that meet the balances, shape (age, kind).

    m[a, c] ∝ prior[a, c]·exp(Σ_k u[k]·F[k, a, c]), rows sum to 1, Σ_a Σ_c share[a]·F[k, a, c]·m[a, c]
    = target[k]; u by Newton's method. Raises ValueError if the balances cannot be met to 1e-10.
    """
    u = np.zeros(len(target))
    m = prior
    for _ in range(steps):
        m = prior * np.exp(np.einsum("k,kac->ac", u, f))
        m = m / m.sum(axis=1, keepdims=True)
        mean = np.einsum("kac,ac->ka", f, m)
        gap = target - mean @ share
        if np.abs(gap).max() < 1e-10:
            return np.asarray(m)
        cov = np.einsum("a,kac,lac,ac->kl", share, f, f, m) - (mean * share) @ mean.T
        step = np.linalg.lstsq(cov, gap, rcond=1e-12)[0]
        u = u + step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
    raise ValueError(f"the balances cannot be met; largest gap {np.abs(gap).max():.2e}")


def moments(x: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    """Return x'Wx (age, age) and x'Wy (age, equation)."""
    weighted = x * weight[:, None]
    return weighted.T @ x, weighted.T @ y


def fit_rates(
    xx: Array,
    xy: Array,
    f: Array,
    share: Array,
    target: Array,
    prior: Array,
    *,
    smooth: float,
    pull: float,
) -> Array:
    """Return member rates on the simplex of every age, shape (age, kind).

    Minimise Σ_g w_g Σ_k (y[g, k] − Σ_a x[g, a]·F[k, a, ·]·m[a, ·])² + smooth·‖D²(m − prior)‖² +
    pull·‖m − prior‖², D² = second differences over age, subject to m ≥ 0, rows that sum to 1, logical
    zeros and the balances Σ share·F·m = target (non-negative least squares, Lawson and Hanson 1974).
    """
    from scipy.optimize import nnls

    ages, kinds = prior.shape
    free = np.flatnonzero(possible().ravel())
    gram = np.einsum("ij,kic,kjd->icjd", xx, f, f).reshape(ages * kinds, -1)[np.ix_(free, free)]
    right = np.einsum("ik,kic->ic", xy, f).ravel()[free]
    root = np.linalg.cholesky(gram + _RIDGE * np.eye(len(free))).T
    hard = np.vstack([np.einsum("a,kac->kac", share, f).reshape(len(target), -1), _row_sums(ages, kinds)])
    soft = np.vstack([np.sqrt(smooth) * _bends(ages, kinds), np.sqrt(pull) * _levels(ages, kinds)])
    left = np.vstack([root, _HARD * hard[:, free], soft[:, free]])
    goal = np.concatenate(
        [np.linalg.solve(root.T, right), _HARD * target, _HARD * np.ones(ages), soft @ prior.ravel()]
    )
    m = np.zeros(ages * kinds)
    m[free] = nnls(left, goal, maxiter=50 * len(free))[0]
    m = m.reshape(ages, kinds)
    return np.asarray(m / m.sum(axis=1, keepdims=True))


def _row_sums(ages: int, kinds: int) -> Array:
    return np.asarray(np.kron(np.eye(ages), np.ones((1, kinds))), dtype=np.float64)


def _levels(ages: int, kinds: int) -> Array:
    """Return rows that pick each rate; the two sorts of two-person households as a sum and the mixed alone."""
    pick = np.eye(kinds)
    pick[1, _MIXED] = 1.0
    return np.asarray(np.kron(np.eye(ages), pick), dtype=np.float64)


def _bends(ages: int, kinds: int) -> Array:
    """Return rows of second differences over age inside the ages where a kind of household exists."""
    second = np.diff(np.eye(ages), n=2, axis=0)
    pick = np.eye(kinds)
    pick[1, _MIXED] = 1.0
    first = [FIRST_ALONE, 0, 0, 0, 0, FIRST_SENIOR]
    return np.vstack([np.kron(second[first[c] :], pick[c : c + 1]) for c in range(kinds)])


def composition_slope(shares: Array, one_two: Array, weight: Array) -> Array:
    """Return by how much the shares of households by size rise with the share of dwellings in small buildings.

    shares (area, size) and one_two (area,) are deviations (see `within`); weighted least squares, (size,).
    """
    weighted = weight * one_two
    return np.asarray(weighted @ shares / (weighted @ one_two))


def share_by_size(slope: Array, sizes: Array, one_two: float) -> Array:
    """Return the share of households of each size that live in buildings with one or two dwellings, (size,).

    Households divide by size as q_s where all buildings are small and as q_l where none is: h = q_l +
    e·(q_s − q_l), slope = q_s − q_l. So q_s = h̄ + (1 − ē)·slope and share = ē·q_s / h̄; Σ h̄·share = ē.
    """
    return np.clip(one_two * (sizes + (1.0 - one_two) * slope) / sizes, 0.0, 1.0)


def by_size(m: Array) -> Array:
    """Return m (…, kind) with both sorts of two-person households added, shape (…, 5)."""
    out = m[..., :5].copy()
    out[..., 1] += m[..., _MIXED]
    return out


def households(pop_household: Array, rates: Array, mean_size: Array) -> Array:
    """Return H[…, n] = Σ_a PH[…, a]·m[a, n] / n̄[n]; pop_household (…, age), rates (age, 5)."""
    return np.asarray(pop_household @ rates / mean_size)


def rounded(rates: Array, digits: int = DIGITS) -> Array:
    """Return rates rounded to `digits` with the largest of each row adjusted so that the row sums to 1."""
    unit = 10**digits
    whole = np.rint(rates * unit)
    rows = np.arange(len(whole))
    whole[rows, rates.argmax(axis=1)] += unit - whole.sum(axis=1)
    return np.asarray(whole / unit)
