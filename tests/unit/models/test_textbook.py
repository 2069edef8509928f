"""The textbook models and the graphs that are sampled have the same density, for every likelihood and structure.

Both are evaluated at the same parameters. The graph samples transformed parameters: the log determinant of the
transformation, by differentiation, is taken out; what remains is a constant.
"""

import itertools

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms
from pymc.model_graph import ModelGraph
from pymc.stats import compute_log_likelihood
from pytensor.compile.mode import Mode
from scipy.special import logsumexp
from support import textbook_cases as cases
from support.graphs import graph_of
from support.trials import make_outcome

from bayes.base.distributions import OWN_SCALE, SIMPLE, parse
from bayes.fitting import textbook
from bayes.likelihoods.registry import shipped
from bayes.models.shared import textbook_priors
from bayes.models.shared.textbook_priors import NO_EFFECT
from bayes.quadrature.densities import log_prior_density
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.synthesis.file import MODELS

pytestmark = pytest.mark.slow

POINTS, ACCURACY = 12, 1e-8
AS_WRITTEN = Mode("py", None)  # neither rewritten nor compiled
WHOLE = {**{f"single: {name}": (lambda name=name: cases.single(name)) for name in cases.SINGLE},
         **cases.JOINED, **cases.ARMS, **cases.TABLES, **cases.SELECTION}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap():
    """Graphs are evaluated a few times only: not worth compiling."""
    with uncompiled():
        yield


def in_words(analysis, graph) -> dict:
    """The graph's variables under the names of the textbook, as expressions of its own parameters."""
    known = {name.removesuffix("_raw"): variable for name, variable in graph.named_vars.items()}
    if analysis.model == "independent_arms":
        what = "risk" if analysis.target.evidence.kind == "binary" else "rate"
        return {f"{what}_{arm}": known[arm][0] for arm in ("treatment", "control")}
    if analysis.model == "adverse_event_hierarchy":
        of_row = np.array(analysis.target.evidence.systems)
        for name in ("gamma", "theta"):
            mean, sd = graph[f"mu_{name}"], pt.sqrt(graph[f"sigma_{name}_squared"])
            known[f"mu_{name}"], known[f"{name}_z"] = mean, (graph[name] - mean[of_row]) / sd[of_row]
        return known
    if not analysis.joined_by:
        own = {name: variable[0] for name, variable in known.items() if variable.ndim and not name.startswith("prior_")}
        return own | of_report(analysis.target, analysis, own["effect"], own) | {"effect_if_any": own["effect"]}
    found = {name: known[name] for name in ("mu", "tau", "beta") if name in known}
    if "tau" in known:
        slope = known["beta"] * np.array(analysis.target.covariate.centred) if "beta" in known else 0.0
        found["e"] = (graph["theta"] - known["mu"] - slope) / known["tau"]
    seen: dict = {}
    for i, (name, member) in enumerate(zip(analysis.likelihoods, analysis.members, strict=True)):
        row = seen[name] = seen.get(name, -1) + 1
        own = {k.removeprefix(f"{name}::"): v[row] for k, v in known.items() if k.startswith(f"{name}::") and v.ndim}
        found |= {f"{k}[{member.name}]": v for k, v in (own | of_report(member, analysis, graph["theta"][i], own)).items()}
    return found


def of_report(outcome, analysis, effect, own) -> dict:
    """The parameters that the graph has in another form than the textbook."""
    offset, more = analysis.nuisance.baseline_offset, {}
    for name in ("log_odds", "log_rate"):
        if f"mid_{name}" in own:
            more[f"control_{name}"] = own[f"mid_{name}"] - offset * effect
    if "sd_ratio" in own:
        more["variance_ratio"] = own["sd_ratio"] ** 2
    if "sigma_treatment" in own:
        more |= {f"sd_{arm}": own[f"sigma_{arm}"] for arm in ("treatment", "control")}
    if "cutpoint" in own:
        at = (own["cutpoint"] - offset * outcome.sign * effect)[: len(outcome.evidence.observed) - 1]
        upto = pt.concatenate([[0.0], pt.sigmoid(at), [1.0]])
        more |= {"threshold": at, "p_category": upto[1:] - upto[:-1]}
    return more


def used(analysis, graph) -> np.ndarray:
    """Which of the graph's parameters matter: shorter ordinal scales leave sticks unused."""
    masks, start = [], graph.initial_point()
    for variable in graph.free_RVs:
        mask = np.ones(start[graph.rvs_to_values[variable].name].shape, dtype=bool)
        if variable.name.endswith("stick"):
            members = [m for m in analysis.members if m.evidence.kind in ("ordinal", "ordinal_cut")]
            for row, member in enumerate(members):
                mask[row, len(member.evidence.observed) - 1 :] = False
        masks.append(mask.ravel())
    return np.concatenate(masks)


def compare(analysis, spike=False, fixed=None):
    """Log density of the graph without its Jacobian, and of the textbook, at random points."""
    graph, book = graph_of(analysis, spike).make(), remove_value_transforms(textbook.written_out(analysis))
    expressions, fixed = in_words(analysis, graph), fixed or {}
    free = [variable for variable in book.free_RVs if variable.name not in fixed and variable.name != NO_EFFECT]
    mine = graph.replace_rvs_by_values([pt.as_tensor_variable(expressions[v.name]) for v in free])
    independent = [value[:-1] if v.name.startswith("p_category") else value for v, value in zip(free, mine, strict=True)]
    vector = pt.concatenate([value.ravel() for value in independent])
    slopes = pt.concatenate([slope.reshape((vector.shape[0], -1)) for slope in pytensor.gradient.jacobian(vector, graph.value_vars, disconnected_inputs="ignore", vectorize=True)], axis=1)
    of_graph = at_many_points(graph.value_vars, [graph.logp(), slopes, *mine])
    of_book = at_many_points(book.value_vars, [book.logp()])
    mask, rng = used(analysis, graph), np.random.default_rng(1)
    start = {name: np.asarray(value, float) for name, value in graph.initial_point().items()}
    flat = np.where(mask, 0.4 * rng.standard_normal((POINTS, mask.size)), 0.1)
    ends = np.cumsum([value.size for value in start.values()])
    parts = np.split(flat, ends[:-1], axis=1)
    log_p, jacobian, *values = of_graph(**{name: part.reshape(POINTS, *start[name].shape) for name, part in zip(start, parts, strict=True)})
    jacobian = jacobian[:, :, mask]
    assert jacobian.shape == (POINTS, mask.sum(), mask.sum())
    sign, log_det = np.linalg.slogdet(jacobian)
    assert (sign != 0).all()
    named = dict(zip((book.rvs_to_values[v].name for v in free), values, strict=True))
    named |= {name: np.broadcast_to(value, (POINTS, *value.shape)) for name, value in fixed.items()}
    return log_p - log_det, at(book, of_book, named)


def at_many_points(inputs, outputs):
    """A function of many values of its inputs, along a first axis."""
    at_one = pytensor.function(inputs, outputs, mode=AS_WRITTEN, on_unused_input="ignore")

    def at_each(**points):
        found = [at_one(**{name: value[i] for name, value in points.items()}) for i in range(POINTS)]
        return [np.stack(values) for values in zip(*found, strict=True)]

    return at_each


def at(book, log_p, points) -> np.ndarray:
    """Log density of the textbook, with the indicators of zero effects summed out."""
    if NO_EFFECT not in book.named_vars or NO_EFFECT in points:
        return log_p(**points)[0]
    count = len(book.coords["row"])
    each = [log_p(**points, **{NO_EFFECT: np.tile(zeros, (POINTS, 1))})[0] for zeros in itertools.product((0, 1), repeat=count)]
    return logsumexp(each, axis=0)


@pytest.mark.parametrize("name", WHOLE)
def test_the_textbook_has_the_density_of_the_graph(name):
    ours, theirs = compare(WHOLE[name]())
    assert np.ptp(ours) > 0.1 and np.isfinite(ours).all()
    assert np.ptp(ours - theirs) < ACCURACY * max(1.0, np.abs(ours).max())


@pytest.mark.parametrize("name", cases.SPIKES)
def test_a_spike_is_an_indicator_beside_the_effect_that_there_is_if_there_is_one(name):
    analysis = cases.SPIKES[name]()
    ours, theirs = compare(analysis, fixed={NO_EFFECT: np.array(0)})
    assert np.ptp(ours - theirs) < ACCURACY * np.abs(ours).max()
    if analysis.target.evidence.kind == "binary":  # an estimate has no parameter beside the effect
        ours, theirs = compare(analysis, spike=True, fixed={NO_EFFECT: np.array(1), "effect_if_any": np.array(0.2)})
        assert np.ptp(ours - theirs) < ACCURACY * np.abs(ours).max()


@pytest.mark.parametrize(
    ("prior", "bounds"),
    [
        ("mixture(0.3*uniform(-1.5, 0.5), 0.7*normal(0.5, 1))", (-1.0, 1.0)),
        ("mixture(0.3*uniform(-1, 1), 0.7*student_t(3, 0, 0.2))", (-np.inf, np.inf)),
        ("mixture(0.5*half_normal(0.3), 0.5*gamma(2, 4))", (-np.inf, np.inf)),
        ("mixture(0.5*half_student_t(3, 0.3), 0.5*normal(0, 1))", (-1.0, 1.0)),
        ("lognormal(-1, 0.5)", (-1.0, 1.0)),
        ("mixture(0.5*lomax(3, 0.5), 0.5*log_student_t(5, -1, 0.5))", (0.0, 1.0)),
        ("half_cauchy(0.5)", (-1.0, 1.0)),
    ],
)
def test_a_prior_has_the_density_by_which_quadrature_integrates(prior, bounds):
    """Mixtures of different supports, cut off as a whole; the density that is left integrates to one."""
    with pm.Model():
        value = textbook_priors.named("x", parse(prior), bounds)
    low, high = max(parse(prior).support[0], bounds[0]), min(parse(prior).support[1], bounds[1])
    x = np.linspace(max(low, -8), min(high, 8), 3001)[1:-1]
    log_p = pm.logp(value, x).eval()
    known = log_prior_density(parse(prior), x)
    inside = np.isfinite(known)
    assert (np.isfinite(log_p) == inside).all() and np.ptp((log_p - known)[inside]) < ACCURACY
    if high - low < 3:
        assert np.trapezoid(np.exp(log_p[inside]), x[inside]) == pytest.approx(1, abs=0.02)
    drawn = pm.draw(value, 200, random_seed=1)
    assert low <= drawn.min() and drawn.max() <= high


SMALL = {"treatment": {"events": 3, "persons": 2, "n": 3}, "control": {"events": 1, "persons": 1, "n": 3}}
DRAWN = {
    "events in persons": (("rate_ratio", "lower", {"kind": "events", **SMALL}), None),
    "some persons never": (("rate_ratio", "lower", {"kind": "events", **SMALL}), "events_zero_inflated"),
    "log-normal rates": (("rate_ratio", "lower", {"kind": "events", **SMALL}), "events_lognormal"),
    "p below": (("standardised_mean_difference", "higher", {"kind": "p_value", "p": "<0.6", "favours": "treatment", "n": {"treatment": 6, "control": 70}}), None),
    "not significant": (cases.REPORTS["not significant"], None),
    "significance unknown": (cases.FOLDED["significance unknown"], None),
    "p unknown": (cases.FOLDED["p unknown"], None),
    "p unknown far": (cases.FOLDED["p unknown far"], None),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_written_for_a_report_draws_as_often_as_its_density_says(name):
    """Distributions that are not PyMC's own: the printed report among 4,000 draws at fixed parameters."""
    report, likelihood = DRAWN[name]
    model, count = textbook.written_out(cases.analysis_of(make_outcome(*report), likelihood=likelihood)), 4000
    fixed = {"effect": 0.4, "mid_log_rate": -0.2, "log_size": 0.3, "log_sigma": -0.5, "never_treatment": 0.2, "never_control": 0.3, "variance_ratio": 0.9}
    fixed = {variable.name: fixed[variable.name] for variable in model.free_RVs}
    at = xr.Dataset({key: (("chain", "draw"), np.full((1, count), value)) for key, value in fixed.items()})
    tree = xr.DataTree.from_dict({"/posterior": at})
    (observed,) = model.observed_RVs
    with model:
        drawn = pm.sample_posterior_predictive(tree, random_seed=1, progressbar=False)["posterior_predictive"][observed.name].values[0]
        tree["posterior"] = xr.DataTree(at.isel(draw=slice(0, 1)))
        log_p = compute_log_likelihood(tree, extend_inferencedata=False, progressbar=False)[observed.name].values[0, 0]
    printed = np.asarray(model.rvs_to_values[observed].data)
    if drawn.dtype.kind == "f":  # a density: the share of draws close by
        hits, expected = np.abs(drawn - printed) < 0.1, np.exp(log_p) * 0.2
    else:
        hits, expected = drawn == printed, np.exp(log_p)
    hits = hits.all(axis=-1) if hits.ndim == 3 else hits
    share = hits.mean(axis=0)
    assert np.all(expected > 0.005) and np.all(np.abs(share - expected) < 4 * np.sqrt(expected / count) + 0.02 * expected)


@pytest.mark.parametrize("name", {**WHOLE, **cases.SPIKES})
def test_every_model_can_be_drawn_as_a_graph_with_named_plates(name):
    model = textbook.written_out({**WHOLE, **cases.SPIKES}[name]())
    graph = ModelGraph(model)
    plates = {dim for plate in graph.get_plates() for dim in plate.dim_info.names}
    assert plates <= set(model.coords) and graph.edges()
    for variable in [*model.free_RVs, *model.observed_RVs, *model.deterministics]:
        assert len(model.named_vars_to_dims.get(variable.name, ())) == variable.ndim, variable.name


def test_every_likelihood_structure_and_family_of_priors_is_compared():
    analyses = [make() for make in [*WHOLE.values(), *cases.SPIKES.values()]]
    assert {name for analysis in analyses for name in analysis.likelihoods} == set(shipped())
    assert {analysis.model for analysis in analyses} == {"single_trial", "independent_arms", "adverse_event_hierarchy", *MODELS}
    families = set()
    for analysis in analyses:
        found = analysis.formed.distribution
        stated = [found, *([analysis.heterogeneity.distribution] if analysis.heterogeneity else [])]
        stated = list(found.arms) if analysis.model == "independent_arms" else list(found.roles.values()) if analysis.model == "adverse_event_hierarchy" else stated
        families |= {part.name for prior in stated for _, part in prior.components}
    assert families == set(SIMPLE) - {"dirichlet", OWN_SCALE}  # an interval is a normal by then
