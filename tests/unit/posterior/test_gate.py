"""The table behind the gate: every parameter by ArviZ, however many dimensions a synthesis of many trials brings."""

import arviz as az
import numpy as np
import pytest
import xarray as xr

from bayes.posterior.gate import diagnostics, gate


def posterior(dimensions):
    random = np.random.default_rng(1)
    shown = {"mu": (("chain", "draw"), random.standard_normal((4, 500)))}
    coords = {"chain": range(4), "draw": range(500)}
    for i in range(dimensions):
        shown[f"cutpoint[t{i}]"] = (("chain", "draw", f"cut[t{i}]"), random.standard_normal((4, 500, 2)))
        coords[f"cut[t{i}]"] = ["<=0", "<=1"]
    return xr.Dataset(shown | {"fixed": (("chain", "draw"), np.ones((4, 500)))}, coords)


def test_the_numbers_and_labels_are_those_of_arviz():
    few = posterior(2)
    found = diagnostics(few)
    straight = az.summary(
        xr.DataTree.from_dict({"posterior": few.drop_vars("fixed")}), kind="diagnostics", round_to="none"
    )
    assert list(found.index) == list(straight.index) and "cutpoint[t1][<=0]" in found.index
    for column in ("r_hat", "ess_bulk", "ess_tail", "mcse_mean"):
        assert list(found[column]) == pytest.approx(list(straight[column]))


def test_more_dimensions_than_an_array_can_have():
    found = diagnostics(posterior(40))
    assert len(found) == 81 and "fixed" not in found.index
    assert "3 divergences" in [str(problem) for problem in gate(found, 3, "mu")]
    few = diagnostics(posterior(1).isel(draw=slice(0, 100)))
    assert {str(problem).split(" of ")[0].split()[0] for problem in gate(few, 0, "mu")} >= {"bulk", "tail"}
    assert diagnostics(posterior(0)[["fixed"]]) is None
