"""What a notebook shows: small tables in which no text of a file becomes markup; errors that read to their end."""

import rlcompleter
import subprocess
import sys
import traceback
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from support.cells import Cells
from support.records import record
from support.reports import REPORTS
from support.results_folders import skipped
from support.trial_file import GOOD
from support.trials import make_analysis, make_outcome

import bayes
from bayes import load_synthesis, load_trial, sensitivity
from bayes.analysis.plan import make_plan
from bayes.base import html
from bayes.base.toml import validate
from bayes.errors import InvalidInput, UnknownName
from bayes.fitting.fitted import Fit, Fits, SynthesisFit
from bayes.paper.trial import Trial
from bayes.pooling.explained import explain
from bayes.posterior.record import ATTRIBUTE, Believed
from bayes.posterior.remark import Remark
from bayes.priors.sets import PriorSet, load_priors
from bayes.sensitivity.examination import Examination
from bayes.synthesis.file import synthesis_of

NASTY = """<script>alert("x")</script> & "double" 'single' <b onclick='y'>"""
OWN = {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}


def fitted(kind: type, planted, analysis=None):
    """A fit with a record written by hand in place of draws."""
    posterior = xr.Dataset({"effect": (("chain", "draw"), np.zeros((2, 3)))})
    tree = xr.DataTree.from_dict({"/posterior": posterior})
    tree.attrs[ATTRIBUTE] = planted.to_json()
    return kind(tree, analysis or make_analysis(make_outcome(*REPORTS["estimate"]), "neutral"))


def hostile_trial() -> Trial:
    data = make_outcome(*REPORTS["estimate"]).trial.model_dump(exclude_none=True)
    data |= {
        "title": NASTY,
        "condition": NASTY,
        "design": NASTY,
        "doi": NASTY,
        "arms": {"treatment": NASTY, "control": NASTY},
    }
    said = {"label": NASTY, "source": NASTY, "notes": NASTY, "mcid": {"value": 0.8, "rationale": NASTY}}
    data["outcomes"]["it"] |= said | {"planned": {"value": 0.7, "source": NASTY}}
    return validate(Trial, data, "hostile")


def synthesis():
    outcome = hostile_trial().outcomes["it"]
    return synthesis_of([outcome], label=NASTY, search=NASTY, mcid={"value": 0.8, "rationale": NASTY})


def examination() -> Examination:
    verdict = dict.fromkeys(
        ("conclusion", "question", "over", "value", "low", "high", "at_low", "at_high", "verdict", "verdicts")
    )
    verdict |= {
        "conclusion": NASTY,
        "question": NASTY,
        "value": 0.5,
        "low": 0.4,
        "high": 0.95,
        "verdicts": NASTY,
        "changes": True,
    }
    return Examination(None, {"verdicts": [verdict], "tipping": []}, f"{NASTY}\n\nSecond.")


def hostile_record():
    """A record whose label, note and prior are hostile."""
    planted = record()
    reported = replace(planted.reported, label=NASTY)
    return replace(planted, reported=reported, prior=Believed(NASTY, NASTY, NASTY), remarks=(Remark("adjustment", (NASTY,)),))


def explained_fit(label: str = "Lesions"):
    """The fit of a synthesis with its explanation; nothing is sampled."""
    target = load_synthesis("msc_stroke_mrs").model_copy(update={"label": label})
    analysis = make_analysis(target, "neutral")
    planted = record(synthesis=True, explanation=explain(analysis))
    return fitted(SynthesisFit, replace(planted, reported=replace(planted.reported, label=label)), analysis)


SHOWN = {
    "trial": hostile_trial,
    "outcome": lambda: hostile_trial().outcomes["it"],
    "synthesis": synthesis,
    "fit": lambda: fitted(Fit, hostile_record()),
    "fits": lambda: Fits((fitted(Fit, hostile_record()), fitted(Fit, hostile_record()))),
    "synthesis fit": lambda: explained_fit(NASTY),
    "examination": examination,
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "synthesis fit" else n for n in SHOWN])
def test_text_of_a_file_never_becomes_markup(name):
    html = SHOWN[name]()._repr_html_()
    page = Cells(html)
    assert set(page.tags) <= OWN and "script" not in page.tags
    assert any(NASTY in text for text in page.texts)  # and it is all still there to read
    assert "onclick='" not in html and "<script" not in html
    assert len(html) < 10_000


def test_quotes_are_escaped_in_every_part():
    for made in (
        html.table(['"h"'], [['"c"']], '"t"'),
        html.facts('"t"', [('"k"', '"v"'), ("none", None)]),
        html.paragraphs('"p"\n\n"q"'),
    ):
        assert '"h"' not in made and made.count("&quot;") >= 4 and "none" not in made
    assert "<title>&lt;b&gt;</title>" in html.page("<b>", "")


def test_a_trial_lists_its_outcomes_and_an_outcome_its_thresholds():
    trial = Cells(load_trial("mesems")._repr_html_()).texts
    assert {"gel_24w", "sae_24w", "rate ratio", "lower"} <= set(trial)
    outcome = Cells(load_trial("mesems").outcomes["gel_24w"]._repr_html_()).texts
    assert "rate ratio, lower is better" in outcome and "not stated" in outcome  # no planned effect
    assert any(text.startswith("0.75 (judgement") for text in outcome)
    joined = Cells(load_synthesis("msc_stroke_mrs")._repr_html_()).texts
    assert {"treasure:mrs_90d", "chosen by hand, not by a systematic search"} <= set(joined)


def test_fits_show_the_numbers_of_their_rows():
    texts = Cells(fitted(Fit, record())._repr_html_()).texts
    assert {"0.950 (0.643 to 1.408)", "0.600", "0.110", "0.400", "Lesions; rate ratio, lower is better"} <= set(texts)
    assert "confidence" not in " ".join(texts) and "median (95% credible interval)" in texts
    outcome = make_outcome(*REPORTS["events"])
    plan = make_plan([outcome], load_priors(), ["cochrane"])
    assert any("skipped: " in text for text in Cells(Fits((), plan.skipped)._repr_html_()).texts)
    assert "<tbody>" in Fits(())._repr_html_()
    assert skipped()["reason"]


def test_a_synthesis_says_what_it_rests_on_and_a_meta_regression_has_no_such_words():
    explained = explained_fit()
    texts = Cells(explained._repr_html_()).texts
    assert any("prediction interval" in text for text in texts), explained.text
    assert "<p>" not in fitted(SynthesisFit, record(synthesis=True))._repr_html_()


def test_an_examination_by_quadrature_shows_words_and_names_its_tables():
    found = sensitivity.examine(make_outcome(*REPORTS["estimate"]), ["tipping", "reverse_bayes"])
    texts = Cells(found._repr_html_()).texts
    assert "Tables: tipping, reverse_bayes" in texts and found.text.splitlines()[0] in texts
    assert "Verdicts" not in " ".join(texts)
    assert any(t.startswith("Verdicts") for t in Cells(examination()._repr_html_()).texts)


def test_an_error_reads_to_its_last_line(tmp_path):
    path = tmp_path / "demo.toml"
    path.write_text(GOOD.replace("year = 2020", "yeer = 2020").replace("benefit =", "benfit ="))
    with pytest.raises(InvalidInput) as caught:
        load_trial(path)
    said = "".join(traceback.format_exception_only(caught.value))
    assert len(caught.value.mistakes) == 4
    for mistake in caught.value.mistakes:
        assert f"{path}: {mistake}" in said
    assert said.rstrip().endswith(str(caught.value.mistakes[-1]))


def complete(text: str, **names) -> set[str]:
    completer = rlcompleter.Completer(names)
    found, i = set(), 0
    while (match := completer.complete(text, i)) is not None:
        found.add(match.rstrip("()"))
        i += 1
    return found


def test_tab_completion():
    assert complete("bayes.load_t", bayes=bayes) == {"bayes.load_trial"}
    assert complete("bayes.ex", bayes=bayes) == {"bayes.export"}
    one = fitted(Fit, record())
    assert {"fit.tree", "fit.summary", "fit.rows", "fit.analysis"} <= complete("fit.", fit=one)
    whole = explained_fit()
    assert {"fit.text", "fit.table", "fit.descriptives"} <= complete("fit.", fit=whole)
    assert isinstance(load_trial("mesems").outcomes, dict)  # whose keys an interactive shell completes by itself


@pytest.mark.slow
def test_every_listed_name_can_be_had_in_a_new_session():
    code = (
        "import bayes\nnames = dir(bayes)\nassert set(bayes.__all__) < set(names)\n"
        "for name in names: getattr(bayes, name)\n"
        "assert dir(bayes) == names\nassert all(callable(getattr(bayes, n)) for n in ('diff', 'export', 'compare', 'fit'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_line_each_at_a_prompt():
    """What stands there without a notebook: one line, not the whole record or all draws."""
    trial = load_trial("mesems")
    assert repr(trial).startswith("Trial(mesems, 2021, 69 v 75; outcomes: gel_24w, ") and len(repr(trial)) < 200
    assert repr(trial.outcomes["gel_24w"]).endswith("rate_ratio, lower is better; estimate)")
    assert "treasure:mrs_90d" in repr(load_synthesis("msc_stroke_mrs"))
    line = repr(fitted(Fit, record()))
    assert line.count("\n") == 0 and "0.950 (0.643 to 1.408); P(benefit) 0.600; P(>= MCID) 0.110; ok" in line
    assert repr(Fits((fitted(Fit, record()), fitted(Fit, record())))).count("\n") == 2
    assert repr(examination()).endswith("Tables: verdicts, tipping")


def test_an_outcome_that_does_not_exist_is_answered_with_the_nearest():
    outcomes = load_trial("mesems").outcomes
    with pytest.raises(UnknownName, match="outcome of mesems: 'gel24w' is not known; did you mean 'gel_24w'"):
        outcomes["gel24w"]
    assert outcomes.get("gel24w") is None and "gel_24w" in outcomes


@pytest.mark.parametrize("name", ["default", "arms", "adverse_events"])
def test_a_prior_set_is_a_row_per_prior(name):
    found = load_priors(name)
    page = Cells(found._repr_html_())
    assert set(found.named) <= set(page.texts) and set(page.tags) <= OWN
    assert repr(found).startswith(f"PriorSet({name}: ") and len(repr(found)) < 200
    hostile = PriorSet.model_validate({"label": NASTY, "effect": {"a": {"rule": "neutral", "rationale": NASTY}}})
    assert NASTY in Cells(hostile._repr_html_()).texts
