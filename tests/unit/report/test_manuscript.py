"""Text for a manuscript: right in every kind of dossier, quoting what files say, citing exactly what it lists."""

import re
from dataclasses import replace

import pytest
from support import dossiers
from support.paths import ROOT

from bayes.base.numbers import number, probability
from bayes.likelihoods import registry
from bayes.report.dossier.reading import favours
from bayes.report.manuscript import manuscript, references
from bayes.text.wording import quoted

ALL = (dossiers.outcome, dossiers.bare_p, dossiers.adverse_events, dossiers.synthesis)
# "credible" is the word for a posterior; the paper's own interval is called what it is only where it is printed
FORBIDDEN = re.compile(r"confidence\s+(?:interval|limit|band|region)s?|\bCIs?\b|statistically\s+significant", re.IGNORECASE)


def entries(text: str) -> list[str]:
    """Keys of a BibTeX file whose braces are balanced."""
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    return re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)


@pytest.mark.parametrize("make", ALL)
def test_what_is_cited_is_what_is_listed(tmp_path, make):
    path = manuscript.write(make(), tmp_path)
    text = path.read_text()
    cited = re.findall(r"@([\w-]+)", " ".join(re.findall(r"(?<!\\)\[(@[^\]]+)\]", text)))
    assert entries(path.with_suffix(".bib").read_text()) == list(dict.fromkeys(cited)) == manuscript.references(make())
    assert "Kruschke2021" in cited and re.findall(r"^#+ .*$", text, re.MULTILINE)[1:] == ["## Statistical methods", "## Results"]


@pytest.mark.parametrize("make", ALL)
def test_the_terms_are_the_fields(make):
    text = manuscript.manuscript(make())
    assert not FORBIDDEN.search(text)
    assert "credible interval" in text and "posterior median" in text and "equal-tailed" in text
    assert "None" not in text and "nan" not in re.findall(r"\w+", text) and not re.search(r"(?<!\\)[{}]", text)


@pytest.mark.parametrize("path", sorted([*(ROOT / "bayes/report").rglob("*.html"), *(ROOT / "bayes/report").rglob("*.py"), *(ROOT / "bayes/plots").glob("*.py")]), ids=lambda p: p.name)
def test_no_page_and_no_figure_calls_a_posterior_interval_anything_else(path):
    assert not FORBIDDEN.search(path.read_text())


def test_the_lint_finds_what_it_looks_for():
    for text in ("a 95% confidence interval", "Confidence\nlimits", "(95% CI 0.6 to 1.4)", "statistically significant"):
        assert FORBIDDEN.search(text)
    assert not FORBIDDEN.search("95% CrI, 95% credible interval, ci_low")


def test_every_number_of_the_main_posterior_is_the_dossiers():
    text = manuscript.results(dossiers.outcome())
    assert "0.96 (95% credible interval 0.65 to 1.42); a rate ratio below 1 favours the treatment" in text
    assert "of any benefit was 0.58, of harm 0.42, of a benefit of at least the MCID (0.75) 0.11 and of practical equivalence 0.37" in text
    assert "sceptical 0.98 (0.66 to 1.45), P 0.56" in text and "pessimistic 1.18 (0.80 to 1.75), P 0.11" in text
    assert "In words, any benefit is uncertain, a benefit of at least the MCID is uncertain and harm is uncertain." in text
    assert "centred at a rate ratio of 0.41 (95% from 0.20 to 0.81)" in text and "worth about 67 patients" in text
    assert "at most 0.002" in text and "largest R-hat was 1.001" in text and "sample size 5,422" in text


def test_the_direction_follows_benefit_and_nothing_else():
    lower = dossiers.outcome()
    assert favours(lower) == "a rate ratio below 1 favours the treatment"
    assert favours(lower | {"benefit": "higher"}) == "a rate ratio above 1 favours the treatment"
    assert favours(lower | {"measure": "odds_ratio"}) == "an odds ratio below 1 favours the treatment"
    assert favours(lower | {"measure": "mean_difference", "null": 0.0, "benefit": "higher"}) == "a mean difference above 0 favours the treatment"
    assert favours(lower | {"measure": "proportion", "null": 0.7, "benefit": "higher"}) == "a proportion above 0.7 meets the goal"
    assert favours(dossiers.synthesis()) == "a common odds ratio of a better category above 1 favours the treatment"
    table = dossiers.adverse_events()
    assert "probability of an increase 0.42" in manuscript.results(table)  # P(harm) where lower is better
    assert "probability of an increase 0.58" in manuscript.results(table | {"benefit": "higher"})


def test_a_report_without_direction_is_not_headlined():
    text = manuscript.results(dossiers.bare_p())
    assert "0.50 by construction and supports neither arm" in text and "of any benefit was" not in text
    assert "In words" not in text and "The sceptical prior could not be formed: no MCID is stated." in text


def test_a_comparison_without_events_gives_no_probability():
    dossier = dossiers.outcome()
    for row in dossier["rows"]:
        row |= {"headline": False, "note": "no event in either arm"}
    text = manuscript.results(dossier)
    assert "no probability of benefit is given" in text and "0.58" not in text and "any benefit" not in text


def test_a_synthesis_cites_its_trials(tmp_path):
    path = manuscript.write(dossiers.synthesis(), tmp_path)
    assert "treasure:mrs\\_90d [@trial-treasure]" in path.read_text("utf-8")
    entries = path.with_suffix(".bib").read_text("utf-8")
    assert all(f"@misc{{trial-{name}," in entries for name in ("treasure", "starting2"))


def test_a_synthesis_tells_of_tau_of_a_new_trial_and_of_its_trials():
    text = manuscript.results(dossiers.synthesis())
    assert "the mean common odds ratio was 0.96" in text and "Heterogeneity (tau) was -0.04" in text
    assert "The change per unit of the covariate (beta) was" in text and "95% prediction interval" in text
    assert "from 0.63 (without treasure:mrs\\_90d) to 0.77 (without starting2:mrs\\_90d)" in text
    assert "Under other priors of tau: wide" in text


def test_the_methods_say_what_reporting_standards_ask_for():
    text = manuscript.methods(dossiers.outcome())
    for said in (
        "normal(0, 0.175)", "No effect is most likely [@Spiegelhalter1994]", "The minimal clinically important difference",
        "the trial was planned is not stated", "not calibrated", "4 chains of 3,000 draws", "seed 20260101", "nutpie 0.16.11",
        "R-hat was at most 1.01", "Not prespecified", "without adjustment for their number", "Not stated in the sources available to us: missing data",
        "`bayes regenerate mesems:gel_24w`", "@trial-mesems",
    ):  # fmt: skip
        assert said in text, said


def test_the_methods_claim_no_independence_where_there_is_none(tmp_path):
    """The curve of a registered likelihood without one of its own is integrated from its model file."""
    assert "agree with an independent calculation" in manuscript.methods(dossiers.outcome())
    (tmp_path / "mine.py").write_text('"""Mine."""')
    registry.register(replace(registry.shipped()["means"], name="mine", source=tmp_path / "mine.py", independent=False))
    text = manuscript.methods(dossiers.changed(dossiers.outcome(), "/model/likelihoods", ["mine"]))
    registry.forget("mine")
    assert "agree with a calculation without sampling" in text and "independent" not in text
    assert "For mine, that calculation integrates the model file itself numerically" in text


def test_a_prior_without_rationale_or_source_is_said_to_be_so():
    dossier = dossiers.changed(dossiers.changed(dossiers.outcome(), "/priors/2/rationale", None), "/priors/3/source", None)
    text = manuscript.methods(dossier)
    assert "Rationale not stated" in text and "Source not stated" in text


def test_no_posterior_is_no_result():
    dossier = dossiers.outcome() | {"main": None, "rows": [], "model": None, "settings": {}, "software": {}}
    assert manuscript.results(dossier).startswith("There is no posterior to report")
    assert "No posterior is stored" in manuscript.methods(dossier)


def test_what_files_say_is_text_and_nothing_else(tmp_path):
    path = manuscript.write(dossiers.bare_p(), tmp_path)
    text, bib = path.read_text(), path.with_suffix(".bib").read_text()
    assert r"Shift of the mRS \[90 d\] \*all\* \<b\> \`x\`" in text
    assert "<script>" not in text and r"\<script\>" in text and "<b>" not in text
    title = r"{{A \& B: 50\% of \textbraceleft{}all\textbraceright{} \textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{} 🧠}}"
    assert title in bib
    assert quoted("see [@Other2020]\nand $x$") == r"see \[\@Other2020\] and \$x\$"


def test_the_shipped_references_are_found_by_the_sources_of_the_shipped_priors():
    found = {key: references.cited_by(source) for key, source in {
        "zampieri": "Zampieri et al. 2021, Am J Respir Crit Care Med 203:543-552",
        "zwet": "van Zwet, Schwab and Senn 2021, Stat Med 40:6107-6117",
        "bartos": "Bartos et al. 2021 (SMD) and 2023 (ratios), as transcribed in BayesTools",
        "rover": "Rover et al. 2021, Res Synth Methods 12:448-474",
        "nobody": "a convention of this package, 2021", "none": None,
    }.items()}  # fmt: skip
    assert found == {"zampieri": ["Zampieri2021"], "zwet": ["vanZwet2021"], "bartos": ["Bartos2021"], "rover": ["Rover2021"], "nobody": [], "none": []}
    for key, entry in references.shipped().items():
        assert entries(entry) == [key] and "title = " in entry and "journal = " in entry


@pytest.mark.parametrize("value, said", [(0.0, "0"), (0.00577, "0.0058"), (0.646, "0.65"), (12.345, "12.3"), (-0.296, "-0.30"), (18835.3, "18,835")])
def test_numbers_have_the_digits_a_reader_wants(value, said):
    assert number(value) == said


@pytest.mark.parametrize("p, said", [(0.0, "<0.001"), (0.0099, "0.010"), (0.01, "0.01"), (0.5818, "0.58"), (0.99, "0.99"), (0.9951, "0.995"), (1.0, ">0.999")])
def test_probabilities_are_never_certain(p, said):
    assert probability(p) == said
