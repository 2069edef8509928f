"""A table of adverse events whose rows are fitted alone: those with the same numbers share a sample."""

import numpy as np
import pytest
from support.trials import make_outcome

from bayes.analysis.plan import make_plan
from bayes.fitting.fitted import Fit
from bayes.fitting.until_sound import sample_posterior
from bayes.priors.sets import load_priors
from bayes.sampler.draws import Order, Sample, thin
from bayes.sampler.engine import Engine

pytestmark = pytest.mark.nuts

N = {"treatment": 300, "control": 310}
ROWS = [("A", "a", 1, 0), ("A", "b", 9, 4), ("B", "c", 1, 0), ("B", "d", 0, 1), ("C", "e", 1, 0)]


def table(rows):
    rows = [{"soc": soc, "term": term, "treatment": {"persons": t}, "control": {"persons": c}} for soc, term, t, c in rows]
    return make_outcome("odds_ratio", "lower", {"kind": "adverse_events", "n": N, "rows": rows})


def fitted(rows, engine=None):
    (analysis,) = make_plan([table(rows)], load_priors(), ["neutral"]).analyses
    tree = sample_posterior(analysis, engine=engine)
    return Fit(tree, analysis)


class Counting(Engine):
    """An engine that counts what it samples."""

    sampled = 0

    def sample(self, *arguments, **more):
        self.sampled += 1
        return super().sample(*arguments, **more)


def test_rows_with_the_same_numbers_are_sampled_once_and_have_the_same_answer_from_draws_in_another_order():
    engine = Counting()
    fit = fitted(ROWS, engine)
    rows = fit.summary().set_index("parameter")
    assert engine.sampled == 3 and (rows["status"] == "ok").all()
    same = rows.loc[["effect[A/a]", "effect[B/c]", "effect[C/e]"]]
    numbers = ["mean", "sd", "median", "ci_low", "ci_high", "p_benefit", "p_harm", "ess_bulk", "exact_p_benefit"]
    assert (same[numbers].nunique() == 1).all()
    draws = fit.tree["posterior"]["effect"]
    first, *others = (draws.sel(row=name).values for name in ("A/a", "B/c", "C/e"))
    for other in others:
        assert np.array_equal(np.sort(other, axis=None), np.sort(first, axis=None))
        # 12,000 draws of independent effects: a correlation of 0, give or take 4 / sqrt(12,000 / 3) with their ESS
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.064
        assert (first > other).mean() == pytest.approx(0.5, abs=0.032)
    own = fit.tree["posterior"]["risk_treatment"]
    assert own.dims == ("chain", "draw", "row")
    assert [str(name) for name in own["row"].values] == ["A/a", "A/b", "B/c", "B/d", "C/e"]


def test_a_row_has_the_seed_and_so_the_draws_that_it_has_in_any_other_table():
    one, other = fitted(ROWS), fitted(ROWS[:2] + ROWS[3:4])
    for name in ("A/a", "A/b", "B/d"):
        for quantity in ("effect", "odds_ratio", "risk_difference"):
            pair = (fit.tree["posterior"][quantity].sel(row=name).values for fit in (one, other))
            assert np.array_equal(*pair)


@pytest.mark.parametrize("count", [2, 4, 5, 183])
def test_every_order_has_all_draws_and_no_two_have_one_in_the_same_place(count):
    draws = np.arange(4 * 300).reshape(4, 300)
    orders = [Order(place, count).of(draws) for place in range(count)]
    assert np.array_equal(orders[0], draws)
    for order in orders:
        assert np.array_equal(np.sort(order, axis=None), draws.ravel())
        neighbours = order[:, 1:] - order[:, :-1]
        assert (neighbours == 1).mean() > 0.99, "each chain keeps its order but where its end is followed by its start"
    assert all((one != other).all() for i, one in enumerate(orders) for other in orders[:i])


def test_a_thinned_run_does_not_keep_the_long_one_in_memory():
    raw = {"effect": np.random.default_rng(1).normal(size=(4, 160, 1))}
    short = thin(Sample(raw, {}, 1.0), 16)
    assert np.array_equal(short.raw["effect"], raw["effect"][:, 15::16])
    assert not np.shares_memory(short.raw["effect"], raw["effect"])
