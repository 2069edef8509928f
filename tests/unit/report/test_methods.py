"""METHODS: every citation of it resolves, every name of the package stands in it, and its defaults are the code's."""

import json
import re
import xml.etree.ElementTree as ET
from math import exp, log
from pathlib import Path

import pytest
from support.pages import problems
from support.paths import ROOT
from support.trials import make_outcome

from bayes.analysis.analysis import ATTEMPTS, Settings
from bayes.base import distributions, measures, written_numbers
from bayes.borrowing import effective_sample_size, mixtures
from bayes.checks import proportionality, sides, sparse
from bayes.fitting import joint_statements
from bayes.likelihoods.registry import shipped
from bayes.paper import selective_reporting
from bayes.paper.annotations import Selection
from bayes.paper.endpoint import DEFAULT_ROPE
from bayes.pooling import assumptions
from bayes.posterior import gate, row, verdict
from bayes.priors import effect_rules, scale_guard, tau_rules
from bayes.priors.arm_pairs import HistoricalArms
from bayes.priors.effect_prior import BORROWED
from bayes.priors.hierarchy import HierarchyPrior
from bayes.priors.proportion_rules import proportion_prior
from bayes.priors.sets import PriorSet, load_priors
from bayes.quadrature.ordinal import concentration
from bayes.report.dossier.disclosures import Counted
from bayes.report.pages import methods
from bayes.report.pages.render import methods_page
from bayes.sensitivity import (
    absolute_effects,
    alternative_likelihoods,
    analysis_of_credibility,
    examination,
    grid_of_priors,
    off_centre,
    powerscale,
    printed_digits,
    prior_data_conflict,
    prior_family,
    priors_side_by_side,
    reweight,
    subject,
    trial_influence,
)
from bayes.synthesis.file import MODELS, Synthesis

HOUSE = ROOT
TEXT = methods.text()
SECTIONS = {int(part.partition(".")[0]): part for part in re.split(r"^## ", TEXT, flags=re.M)[1:]}
CITATION = re.compile(r"\bMETHODS (\d+(?:(?:,| and| to|, and) \d+\b(?![.%\d]))*)")
CITING = [
    path
    for folder, kinds in {"bayes": ("py", "html", "js", "toml"), "models": ("py",), "notebooks": ("ipynb", "py"), "tests": ("py", "toml")}.items()
    for kind in kinds
    for path in sorted((HOUSE / folder).rglob(f"*.{kind}"))
] + [HOUSE / "README.md"]


def said(path: Path) -> str:
    """What a reader sees in a file: of a notebook its cells, without what was printed into them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def numbers(citation: str) -> set[int]:
    """The sections of a citation such as "3", "2 and 7" or "3 to 5"."""
    found = [int(number) for number in re.findall(r"\d+", citation)]
    return set(range(found[0], found[1] + 1)) if " to " in citation else set(found)


# Citations -----------------------------------------------------------------------------------------------------------


def test_every_citation_resolves():
    cited = {(path.relative_to(HOUSE).as_posix(), n) for path in CITING for found in CITATION.findall(said(path)) for n in numbers(found)}
    assert len(cited) > 40 and {n for _, n in cited} >= set(range(10)) | {12, 13, 15}
    assert not [(path, n) for path, n in cited if n not in SECTIONS]


def test_citations_are_read_as_they_are_meant():
    for text, wanted in {"METHODS 2 and 7": {2, 7}, "METHODS 3 to 5:": {3, 4, 5}, "METHODS 6, ANDROMEDA": {6}, "METHODS 7, 0.37": {7}}.items():
        assert set.union(*(numbers(found) for found in CITATION.findall(text))) == wanted


def test_nobody_cites_a_document_that_is_not_here():
    kept = [path for path in CITING if path.relative_to(HOUSE).parts[0] != "tests"]
    assert not [path for path in kept if "CONTRACT" in said(path)]


def test_sections_are_numbered_in_order_and_refer_to_each_other():
    assert list(SECTIONS) == list(range(len(SECTIONS))) == list(methods.statement().titles)
    assert {int(n) for n in re.findall(r"\bsection (\d+)\b(?!\.\d)", TEXT)} <= set(SECTIONS)


def test_it_can_be_read_anywhere():
    lowered = TEXT.lower()
    assert "confidence interval" not in lowered
    for place in ("/home", "/tmp", "/work", "http:", "https:", "clinicaltrials.gov/", "localhost"):
        assert place not in lowered


# Names ---------------------------------------------------------------------------------------------------------------


def named(section: int, names) -> list[str]:
    """Names that a section lacks."""
    return [name for name in names if f"`{name}`" not in SECTIONS[section] and f"`{name}(" not in SECTIONS[section]]


def test_every_rule_likelihood_structure_and_question_has_its_place():
    structures = {*MODELS, *(p.stem for p in (HOUSE / "models" / "structures").glob("[!_]*.py"))}
    assert not named(2, [*effect_rules.RULES, *BORROWED, *tau_rules.RULES])
    assert not named(2, [*distributions.SIMPLE, *distributions.COMPOUND])
    assert not named(0, [*shipped(), *structures])
    assert not named(6, examination.NAMES)
    kinds = {kind for entry in shipped().values() for kind in entry.kinds}
    assert not named(0, [*kinds, "adverse_events"])
    assert not [m for m in measures.MEASURES if m.replace("_", " ") not in SECTIONS[0].lower() and m != "mean_ratio"]


def test_every_column_is_explained_and_every_explained_column_exists():
    kept, further = (re.findall(r"^\| (`[^|]+`) \|", table, flags=re.M) for table in SECTIONS[15].split("Further columns"))
    kept, further = ([name for cell in cells for name in re.findall(r"`(\w+)`", cell)] for cells in (kept, further))
    first = row.COLUMNS.index("key")
    assert sorted(kept) == sorted(row.COLUMNS[:first]) and sorted(further) == sorted(row.COLUMNS[first:])


# Defaults ------------------------------------------------------------------------------------------------------------


def listed(values, form="{:g}") -> str:
    """`0, 0.5 and 0.7`, as a sentence has it."""
    *first, last = (form.format(float(value)) for value in values)
    return f"{', '.join(first)} and {last}"


def percent(share: float) -> str:
    return f"{100 * share:g}%"


PRIORS = load_priors()
LOG, SMD = effect_rules.WIDTH["log"], effect_rules.WIDTH["standardised_mean_difference"]
TAU = tau_rules.WIDTH
ROWS = {"mean difference": [f"{x:g} $S$" for x in (*SMD.values(), TAU["mean_difference"])]}
ROWS["log ratio"] = [f"{x:g}" for x in (*LOG.values(), tau_rules.LOG_WIDTH)]
ROWS["standardised mean difference"] = [f"{x:g}" for x in (*SMD.values(), TAU["standardised_mean_difference"])]
ROWS["risk difference"] = ["0.5", *(rf"${LOG[s]:g}\, p (1 - p)$" for s in ("moderate", "strong")), f"{TAU['risk_difference']:g}"]
HARM, ARGUMENTS, SETTINGS, GRID = effect_rules.HARM, effect_rules.Arguments(), Settings(), grid_of_priors.SIZE
HIERARCHY = HierarchyPrior().hierarchy

PHRASES = {
    0: [
        rf"$\nu = {Synthesis.model_fields['nu'].default}$ unless stated",
        f"equal-tailed {percent(row.CI_PROB)} credible intervals",
    ],
    2: [
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in ROWS.items()),
        f"$h$ = {percent(HARM['weak'])} (weak), {percent(HARM['moderate'])} (moderate, the default) or {percent(HARM['strong'])} (strong)",
        f"The tail of {percent(ARGUMENTS.tail)} (`tail`)",
        rf"$\lvert t \rvert / q({1 - ARGUMENTS.tail:g})$",
        "{:g} to {:g} for standardised mean differences".format(*DEFAULT_ROPE["standardised_mean_difference"]),
        "{:g} to {:g} for risk differences".format(*DEFAULT_ROPE["risk_difference"]),
        "1/1.1 to 1.1 for ratios",
        f"half-normal({PRIORS.heterogeneity['wide'].width:g}), offered beside it",
    ],
    3: [rf"$\log k \sim {alternative_likelihoods.DISPERSION.replace('normal', 'N')}$"],
    4: [f"warns at $p < {proportionality.GROSS:g}$", f"rows with ${alternative_likelihoods.DEPARTURE.replace('normal', 'N')}$"],
    5: [
        rf"Rows for $\omega$ = {listed(selective_reporting.OMEGAS)} stand beside",
        rf"$\rho$ = {listed(assumptions.RHO)} beside it",
        rf"at level $\alpha$ ({Selection().alpha}, two-sided, by default)",
    ],
    6: [
        f"({listed(subject.TARGETS, '{:.3g}').replace('0.9,', '0.90,')} by default)",
        f"{GRID} means between a third and three (as ratios) by {GRID} standard deviations from {prior_family.SDS[0]:g} to {prior_family.SDS[1]:g}, {GRID**2:,} cells",
        f"over {prior_family.NEUTRAL_SD:g}. Below",
        f"weights of {', '.join(percent(w) for w in priors_side_by_side.WEIGHTS[:-1])} and {percent(priors_side_by_side.WEIGHTS[-1])}",
        rf"$\hat k > {reweight.K_HAT:g}$",
        f"posterior probability {analysis_of_credibility.CONVINCED:g}",
        f"({analysis_of_credibility.ABSURD:.1f} units on other scales)",
        f"raised to the powers {listed(powerscale.ALPHAS)}",
        f"{powerscale.THRESHOLD:g} or more is flagged",
        f"below {prior_data_conflict.SURPRISING:g} it is called a conflict",
        f"a reference prior {effective_sample_size.FLAT:g} times flatter",
        f"more than {off_centre.FAR:g} standard errors off the centre",
        rf"$\sigma_b$ = {listed(alternative_likelihoods.SIGMA_B)} units",
        f"a baseline standard deviation of {alternative_likelihoods.BASELINE_SDS[0]:g} and of {alternative_likelihoods.BASELINE_SDS[1]:g}",
        f"likelihood to the powers {listed(trial_influence.WEIGHTS)}",
        f"control risks from {percent(absolute_effects.RISKS[0])} to {percent(absolute_effects.RISKS[-1])} (rates from {absolute_effects.RATES[0]:g} to {absolute_effects.RATES[-1]:g} per participant)",
        f"improbable at {verdict.CUTOFFS[0]:.2f} or less, probable at {verdict.CUTOFFS[1]:.2f} or more",
        f"correlations of {listed(joint_statements.SHOWN)}",
    ],
    7: [
        f"w = ({', '.join(f'{w:.2f}' for w, _ in effect_rules.COCHRANE)})",
        f"t = ({', '.join(f'{t:g}' for _, t in effect_rules.COCHRANE)})",
    ],
    8: [
        f"reaches {HIERARCHY.flag[0]:g} or {HIERARCHY.flag[1]:g}",
        "both grand means normal with variance 10, every variance inverse-gamma(3, 1)",
        ", ".join(f"{100 * measures.upper_bound_without_events(n):.1f}% for 0/{n}" for n in (69, 75, 144, 39)),
    ],
    9: [
        f"at most {['none', 'one', 'two', 'three', 'four', 'five'][mixtures.MOST]} normals",
        f"divergence is below {mixtures.BOUND:.4f}",
        f"$r$ = {listed(assumptions.CORRELATIONS)} are shown as rows",
    ],
    12: [
        f"more than {sides.APART:g} standard error apart, or {sides.APART_ADJUSTED:g} where",
        f"more than {written_numbers.MOST_ERRORS:,} standard errors from no effect",
        f"$10^{{{log(distributions.NARROWEST, 10):.0f}}}$ to $10^{{{log(distributions.WIDEST, 10):.0f}}}$",
    ],
    13: [
        f"{SETTINGS.chains} chains of {SETTINGS.draws:,} draws after {SETTINGS.tune:,} of tuning",
        f"target acceptance {SETTINGS.target_accept:g} ({SETTINGS.for_hierarchy().target_accept:g} in syntheses and hierarchies)",
        f"({SETTINGS.seed} by default)",
        f"R-hat is at most {gate.R_HAT:g}",
        f"effective sample sizes are at least {gate.ESS:,} for every parameter",
        f"of the effect is at least {gate.ESS_EFFECT:,} ({gate.ESS_MU:,} for the mean of a synthesis)",
        f"within 4 Monte Carlo standard errors + {gate.SLACK:g}",
        f"with {ATTEMPTS[1]} and then {ATTEMPTS[2]} times the draws",
    ],
    14: [f"a cell below {sparse.FEW}"],
}  # fmt: skip


@pytest.mark.parametrize(("section", "phrase"), [(n, phrase) for n, phrases in PHRASES.items() for phrase in phrases])
def test_a_default_is_the_codes(section, phrase):
    assert phrase in SECTIONS[section]


def test_nuisance_priors_are_those_of_a_set_that_states_none():
    stated = {
        "log odds or log risk midway": ("binary", "normal"),
        "log mean count per average follow-up": ("events", "normal"),
        "log size of the negative binomial": ("dispersion", "normal"),
        "log standard deviation of log rates": ("spread", "normal"),
        "share of persons who never": ("never", "beta"),
        "departure from proportional odds": ("departure", "normal"),
    }
    for words, (field, family) in stated.items():
        (cell,) = re.findall(rf"^\| {words}.*\| (.+) \|$", SECTIONS[0], flags=re.M)
        written = f"{family}({', '.join(re.findall(r'[0-9.]+', cell))})"
        assert {str(getattr(priors.nuisance, field)) for priors in (PriorSet(), PRIORS)} == {written}


def test_the_dirichlet_concentration_is_the_codes():
    written = re.search(r"concentration \$1 / \(([\d.]+) \+ ([\d.]+) \\max\(K, (\d)\)\)", SECTIONS[0])
    a, b, least = map(float, written.groups())
    for levels in range(2, 12):
        assert concentration(levels, None) == pytest.approx(1 / (a + b * max(levels, least)))


def test_rules_that_are_written_out_form_what_is_said():
    counts = {"kind": "binary", "treatment": {"events": 9, "n": 30}, "control": {"events": 6, "n": 30}}
    assert effect_rules.form("vague", make_outcome("risk_difference", "lower", counts)).distribution.args == (0, 0.5)
    goal = {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}
    one_arm = make_outcome("proportion", "higher", goal, mcid={"value": 0.85, "rationale": "r"})
    found = [proportion_prior(rule, one_arm, "moderate", ARGUMENTS.tail)[0].args for rule in ("neutral", "sceptical", "enthusiastic", "pessimistic")]
    written = [tuple(map(float, pair)) for pair in re.findall(r"Beta\((\d+\.\d+), (\d+\.\d+)\)", SECTIONS[2])]
    assert found == [pytest.approx(pair, abs=0.05) for pair in written]
    assert "less than one part in a million" in SECTIONS[2]
    assert scale_guard.certain_side(distributions.parse("normal(4.8, 1)"), 0.0) == 1
    assert scale_guard.certain_side(distributions.parse("normal(4.7, 1)"), 0.0) == 0


def test_few_patients_have_a_t_statistic():
    for n, df in ((51, None), (50, 99)):
        bare = {"kind": "p_value", "p": 0.2, "favours": "treatment", "n": {"treatment": 51, "control": n}}
        assert make_outcome("standardised_mean_difference", "higher", bare).evidence.statistic("standardised_mean_difference").df == df
    assert "fewer than 102 patients" in SECTIONS[5]


def test_where_a_grid_and_a_history_begin():
    assert exp(prior_family.MEANS) == pytest.approx(3) and printed_digits.SEARCHED == 4 and reweight.CHECKED == 0.1
    assert "up to four numbers" in SECTIONS[6] and "a random tenth" in SECTIONS[6]
    fields = HistoricalArms.model_fields
    assert (fields["location"].default, fields["heterogeneity"].default) == ("normal(0, 2)", "half_normal(1)")
    assert r"$\beta \sim N(0, 2)$, $\tau \sim$ half-normal(1)" in SECTIONS[9]
    assert (str(HIERARCHY.location), str(HIERARCHY.variance), str(HIERARCHY.share)) == ("normal(0, 3.1623)", "inverse_gamma(3, 1)", "gamma(1, 1)")


# The page ------------------------------------------------------------------------------------------------------------


def test_the_page_is_small():
    assert len(methods_page(Counted(1, 0, 6)).encode()) < 300_000


def test_every_formula_becomes_mathematics():
    body = methods.statement().head + methods.statement().body
    formulas = re.findall(r"<math.*?</math>", body, flags=re.S)
    assert len(formulas) == len(re.findall(r"\$[^$]+\$", TEXT)) + TEXT.count("```math") > 200
    for formula in formulas:
        shown = "".join(ET.fromstring(formula).itertext())
        assert not re.search(r"[\\$&]", shown), shown
    assert "$" not in re.sub(r"<math.*?</math>", "", body, flags=re.S)


def test_a_citation_on_a_page_is_a_link():
    assert methods.cited("<b> METHODS 3, METHODS", "../") == '&lt;b&gt; <a href="../methods.html#methods-3">METHODS 3</a>, METHODS'


def test_the_page_in_a_browser(browser, tmp_path):
    """Nothing too wide but in a box of its own, every section reached from the contents, nothing fetched."""
    blank = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><main><h1>x</h1></main></body></html>'
    for name in ("index.html", "checklist.html", "calculator.html"):
        (tmp_path / name).write_text(blank, encoding="utf-8")
    page = tmp_path / methods.PAGE
    page.write_text(methods_page(Counted(1, 0, 6)), encoding="utf-8")

    def contents(opened) -> list[str]:
        links = opened.evaluate("() => [...document.querySelectorAll('.contents a')].map(a => a.getAttribute('href'))")
        return [] if links == [f"#methods-{n}" for n in SECTIONS] else [f"contents {links}"]

    assert problems(browser, tmp_path, [page], check=contents) == []
