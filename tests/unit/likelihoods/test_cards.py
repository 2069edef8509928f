"""Cards: one a likelihood and one an effect structure, each of them complete and true to its model file."""

import ast
from dataclasses import replace

import pytest
from support.paths import ROOT
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes.errors import InvalidInput, NotFormable, UnknownName
from bayes.likelihoods import registry
from bayes.likelihoods.choice import alternatives, default_likelihood, likelihood_of
from bayes.likelihoods.compatibility import together
from bayes.likelihoods.effect_structures import STRUCTURES, structure_card, structure_for
from bayes.likelihoods.fingerprint import model_files
from bayes.likelihoods.registry import card_of, shipped
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import load_priors
from bayes.quadrature.curves import _function
from bayes.synthesis.file import MODELS

NUISANCE = load_priors().nuisance
SAMPLED_INSTEAD = ("_raw", "stick")  # what the sampler moves in place of a parameter
WITHOUT_OWN_PARAMETERS = {"reported_estimate", "reported_estimate_t", "reported_p", "single_proportion", "discordant_pairs"}


def stems(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob("[!_]*.py")}


# Likelihoods ----------------------------------------------------------------------------------------------------------


def test_every_model_file_has_a_card_and_every_card_a_model_file():
    assert stems("models/likelihoods") == stems("bayes/likelihoods/cards") == set(shipped())
    assert all(name == card.name and card.file.is_file() for name, card in shipped().items())


@pytest.mark.parametrize("card", shipped().values(), ids=lambda card: card.name)
def test_every_field_is_filled(card):
    assert card.evidence and card.kinds and card.formula and card.words and card.curve and card.predicts
    assert card.words.split()[0] in ("a", "the") and not card.words.endswith(".")
    assert card.title.endswith(".") and card.source is None and card.order < 10
    assert callable(_function(card))
    assert bool(card.parameters) != (card.name in WITHOUT_OWN_PARAMETERS)
    for one in card.parameters:
        assert one.names and one.shown and one.meaning and one.unit and one.why and one.distribution(NUISANCE)
        assert one.fixed or one.prior in Nuisance.__dataclass_fields__


@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_the_parameters_are_those_that_the_model_declares(name):
    import numpy as np
    import pymc as pm
    import pytensor.tensor as pt

    from bayes.likelihoods.contract import load

    outcome = make_outcome(*REPORTS[name])
    for card in registry.readers(outcome):
        model_file = load(card.name)
        with pm.Model() as model:
            data = {k: pt.as_tensor(np.asarray(v, float)[None]) for k, v in model_file.prepare(outcome, NUISANCE).items()}
            model_file.log_likelihood(pt.as_tensor(np.array([0.1])), data)
        declared = {v.name for v in (*model.free_RVs, *model.deterministics) if not v.name.endswith(SAMPLED_INSTEAD)}
        assert {n for one in card.parameters for n in one.names} == declared, card.name


def test_the_reports_that_no_card_reads_by_default_are_known():
    by_default = {default_likelihood(make_outcome(*report)) for report in {**REPORTS, **FOLDED}.values()}
    offered = {name for report in REPORTS.values() for name in alternatives(make_outcome(*report))}
    assert offered == set(shipped())
    assert offered - by_default == {"partial_odds_worst", "partial_odds_linear", "events_zero_inflated", "events_lognormal"}


@pytest.mark.parametrize(
    ("name", "changed", "expected"),
    [
        ("ordinal", {}, ("proportional_odds", "partial_odds_worst", "partial_odds_linear")),
        ("binary RR", {}, ("binomial_risk_ratio",)),
        ("events in persons", {}, ("events_in_persons", "events_lognormal", "events_zero_inflated", "events_poisson")),
        ("events in persons", {"dispersion": "poisson"}, ("events_poisson", "events_in_persons", "events_lognormal", "events_zero_inflated")),
        ("events", {}, ("events_negative_binomial", "events_poisson")),
        ("events Poisson", {}, ("events_poisson", "events_negative_binomial")),
        ("estimate t", {}, ("reported_estimate_t",)),
        ("p small sample", {}, ("reported_p_small_sample", "reported_p")),
        ("p known", {}, ("reported_p",)),
        ("proportion", {}, ("single_proportion",)),
    ],
)  # fmt: skip
def test_the_order_in_which_likelihoods_are_offered(name, changed, expected):
    measure, benefit, evidence = REPORTS[name]
    assert alternatives(make_outcome(measure, benefit, evidence | changed)) == expected


def test_a_likelihood_that_cannot_read_a_report_is_refused():
    outcome = make_outcome(*REPORTS["binary OR"])
    with pytest.raises(UnknownName, match="'events_poisson' is not known.*accepted: binomial"):
        likelihood_of(outcome, "events_poisson")
    with pytest.raises(UnknownName, match="did you mean 'binomial'"):
        card_of("binomal")


def test_what_cannot_be_combined_is_said_by_the_cards():
    control = replace(NUISANCE, at="control")
    with pytest.raises(NotFormable, match="single-arm proportions"):
        together(["single_proportion"], NUISANCE, joined=True)
    with pytest.raises(NotFormable, match="not available for binomial_risk_ratio, partial_odds_worst; accepted"):
        together(["partial_odds_worst", "binomial_risk_ratio", "binomial"], control, joined=False)
    together(["binomial", "events_poisson", "means"], control, joined=True)


def test_free_parameters_count_the_effect_and_every_cut():
    ordinal = make_outcome(*REPORTS["ordinal"])
    assert card_of("proportional_odds").free_parameters(ordinal) == 7
    assert card_of("partial_odds_worst").free_parameters(ordinal) == 8
    assert card_of("means").free_parameters(make_outcome(*REPORTS["means"])) == 4


# Registration ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path):
    """A card from outside the package, which is forgotten afterwards."""
    path = tmp_path / "my_binomial.py"
    path.write_text('"""My binomial."""\n')
    yield replace(shipped()["binomial"], name="my_binomial", source=path, order=-5)
    registry.forget("my_binomial")


def test_a_card_from_outside_is_offered_last_and_changes_no_default(own):
    outcome = make_outcome(*REPORTS["binary OR"])
    assert registry.register(own) is own and registry.register(own) is own
    assert alternatives(outcome) == ("binomial", "my_binomial")
    assert likelihood_of(outcome, "my_binomial") == "my_binomial"
    assert card_of("my_binomial").title == "My binomial."
    assert own.source in model_files("single_trial", ("my_binomial",))
    registry.forget("my_binomial")
    assert alternatives(outcome) == ("binomial",)


def test_a_card_that_is_taken_or_incomplete_is_refused(own):
    with pytest.raises(InvalidInput, match="likelihood binomial: the name is that of a likelihood of the package"):
        registry.register(replace(own, name="binomial"))
    registry.register(own)
    with pytest.raises(InvalidInput, match=f"the name is taken by {own.source}"):
        registry.register(replace(own, words="another"))
    with pytest.raises(InvalidInput) as refused:
        registry.register(replace(own, name="not a name", source=None, curve=None, words=""))
    assert len(refused.value.mistakes) == 4


# Effect structures ----------------------------------------------------------------------------------------------------


def test_every_effect_structure_has_a_card_and_every_card_a_model_file():
    assert stems("bayes/likelihoods/structures") == set(STRUCTURES)
    assert {card.file_name for card in STRUCTURES.values()} == stems("models/structures")
    assert {name for name, card in STRUCTURES.items() if card.takes == "synthesis"} == set(MODELS)
    assert structure_for("table").name == "adverse_event_hierarchy"
    with pytest.raises(UnknownName, match="did you mean 'random_effects'"):
        structure_card("random_effect")


@pytest.mark.parametrize("card", STRUCTURES.values(), ids=lambda card: card.name)
def test_every_field_of_a_structure_is_filled(card):
    assert card.title and card.parameters and card.formula and card.words.endswith(".") and card.file.is_file()
    assert all(one.name and one.meaning and one.scale for one in card.parameters)
    assert card.has_tau == any(one.name == "tau" for one in card.parameters)
    assert card.has_covariate == any(one.name == "beta" for one in card.parameters)


def test_likelihoods_are_named_by_their_cards_only():
    """A switch over names is a table that a new likelihood would have to enter."""
    names = set(shipped()) - {"means"}  # also the name of an evidence kind
    for path in (ROOT / "bayes").rglob("*.py"):
        if not path.is_relative_to(ROOT / "bayes" / "likelihoods"):
            said = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
            assert not said & names, path
