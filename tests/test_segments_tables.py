"""The estimated tables on owners and renters: form, sums, plausible order, same bytes when made again."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wohnlib import paths
from wohnlib.data import estimate_tenure, intake_social

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "segmente.md"
DERIVED = paths.raw() / "derived"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DERIVED / f"{name}.csv", dtype={"size": str})


def test_shares_of_every_kind_of_household_sum_to_one():
    shares = table("tenure_preference").groupby(["age_from", "size"])["share"].sum()
    assert len(shares) == 7 * 5
    assert shares.to_numpy() == pytest.approx(1, abs=1e-9)
    assert table("tenure_by_type")["share"].sum() == pytest.approx(1, abs=1e-9)


def test_owners_live_in_houses_and_are_older_and_in_larger_households():
    link = table("tenure_by_type").pivot(index="type", columns="tenure", values="share")
    rate = link["own"] / link.sum(axis=1)
    assert rate["ezfh"] > 0.7
    assert rate["mfh"] < 0.3
    own = (
        table("tenure_preference")
        .query("tenure == 'own'")
        .groupby(["age_from", "size"])["share"]
        .sum()
        .unstack()
    )
    assert (own["1"] < own["2"]).all()
    assert (own["2"] < own["3"]).all()
    assert (own.loc[67] > own.loc[25]).all()


def test_keys_of_social_figures():
    assert intake_social._key("032515407", "03251") == "03251407"
    assert intake_social._key("032510007", "03251") == "03251007"
    assert intake_social._key("03251000", "03251") == "03251"


@pytest.mark.shared
def test_the_estimate_gives_the_same_bytes_again(tmp_path):
    if not paths.shared().exists():
        pytest.skip("delivered files are absent")
    estimate_tenure.write(tmp_path)
    for name in ("tenure_preference", "tenure_by_type"):
        assert (tmp_path / "derived" / f"{name}.csv").read_bytes() == (DERIVED / f"{name}.csv").read_bytes()


@pytest.mark.shared
def test_recipients_of_the_units_agree_with_the_kreis():
    if not paths.shared().exists():
        pytest.skip("delivered files are absent")
    social = pd.read_csv(paths.raw() / "social_benefits.csv", dtype={"ags": str})
    people = pd.read_csv(paths.raw() / "census_population.csv", dtype=str)
    total = people[(people["sex"] == "T") & (people["age_from"] == "0") & people["age_to"].isna()]
    count = total.set_index("ags")["value"].astype(float)
    rate = (
        social[(social["item"] == "in_communities") & (social["year"] == 2022)].set_index("ags")["value"]
        / 1000
    )
    units = [k for k in rate.index if len(k) == 8]
    assert len(units) == 15
    assert float((rate[units] * count[units]).sum()) == pytest.approx(
        rate["03251"] * count["03251"], rel=0.03
    )
    assert np.isfinite(rate).all()


def test_the_examples_of_the_document_run():
    blocks = re.findall(
        r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 3
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "segmente.md", "exec"), names)  # the blocks hold their own assertions
