"""The table behind the gate: every parameter by ArviZ."""

import arviz as az
import numpy as np
import pytest
import xarray as xr

from bayes.posterior.gate import BLOCK, diagnostics, gate


def draws(parameters):
    random = np.random.default_rng(1)
    shown = {"mu": random.standard_normal((4, 500)), "fixed": np.ones((4, 500))}
    return shown | {f"cutpoint{i}": random.standard_normal((4, 500, 2)) for i in range(parameters)}


@pytest.mark.parametrize("parameters", [2, BLOCK // 2 + 1])
def test_the_numbers_and_labels_are_those_of_arviz(parameters):
    """However many there are: more than a block are looked at block by block."""
    few = draws(parameters)
    found = diagnostics(few)
    moving = {name: (("chain", "draw", *([f"{name}_at"] if v.ndim == 3 else [])), v) for name, v in few.items() if name != "fixed"}
    straight = az.summary(xr.DataTree.from_dict({"posterior": xr.Dataset(moving)}), kind="diagnostics", round_to="none")
    assert list(found.index) == list(straight.index) and "cutpoint1[0]" in found.index
    for column in ("r_hat", "ess_bulk", "ess_tail", "mcse_mean"):
        assert list(found[column]) == pytest.approx(list(straight[column]))


def test_what_does_not_vary_has_no_diagnostics():
    found = diagnostics(draws(40))
    assert len(found) == 81 and "fixed" not in found.index
    assert "3 divergences" in [str(problem) for problem in gate(found, 3, "mu")]
    few = diagnostics({name: values[:, :100] for name, values in draws(1).items()})
    assert {str(problem).split(" of ")[0].split()[0] for problem in gate(few, 0, "mu")} >= {"bulk", "tail"}
    assert diagnostics({"fixed": np.ones((4, 500))}) is None
