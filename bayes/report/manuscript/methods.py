"""The statistical-methods section of a manuscript, from a dossier: paragraphs of Markdown with pandoc citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bayes.base.numbers import article, number
from bayes.posterior.gate import ESS, ESS_EFFECT, ESS_MU, R_HAT, SLACK
from bayes.posterior.row import CI_PROB
from bayes.report.manuscript.references import cited_by, trial_key
from bayes.text.files import NOT_STATED
from bayes.text.wording import Dossier, Row, cite, distribution, favours, listed, measure, quoted, sentence

REPORTED = {
    "ordinal": "the number of patients in each category of the scale, by arm",
    "ordinal_cut": "the printed dichotomies of the scale, by arm",
    "binary": "the number of patients with the event, by arm",
    "events": "the number of events, by arm",
    "means": "the mean, the standard deviation and the number of patients of each arm",
    "estimate": "the printed estimate of the effect and its printed precision",
    "p_value": "the printed p-value, the only number reported",
    "significance": "the printed statement about statistical significance, no number being reported",
    "proportion": "the number of patients who met the goal",
    "adverse_events": "the printed table of adverse events",
}
STRUCTURES = {
    "single_trial": "The trial had one true effect, with the priors below.",
    "common_effect": "All trials were taken to share one true effect.",
    "random_effects": "The true effects of the trials were taken to be exchangeable: normal about a mean mu with "
    "standard deviation tau.",
    "robust_random_effects": "The true effects of the trials were taken to be exchangeable: Student-t about a mean mu "
    "with scale tau, so that one trial may lie far from the others.",
    "meta_regression": "The true effects of the trials were taken to be normal about a line in one covariate, with "
    "standard deviation tau; mu is the effect at the covariate's reference value and beta its change per unit.",
    "independent_arms": "The arms had independent priors, and the effect was derived from both.",
    "table": "Each row of the table had its own effect. Under a hierarchical prior the effects of rows were taken to "
    "be exchangeable within body systems, and body systems within the table [@Berry2004]; under the others each row "
    "stood alone.",
}
LIKELIHOODS = {
    "proportional_odds": "a proportional-odds likelihood of the counts per category",
    "partial_odds_worst": "a partial proportional-odds likelihood, with another odds ratio at the worst category",
    "partial_odds_linear": "a partial proportional-odds likelihood, with an odds ratio that changes along the scale",
    "binomial": "a binomial likelihood of the counts in each arm",
    "binomial_risk_ratio": "a binomial likelihood of the counts in each arm, in terms of the risk ratio",
    "binomial_risk_difference": "a binomial likelihood of the counts in each arm, in terms of the risk difference",
    "events_poisson": "a Poisson likelihood of the event totals",
    "events_negative_binomial": "a negative-binomial likelihood of the event totals",
    "events_in_persons": "a negative-binomial likelihood of the event totals together with the number of persons "
    "affected, which identifies the over-dispersion",
    "events_zero_inflated": "a zero-inflated Poisson likelihood of event totals and persons affected",
    "events_lognormal": "a Poisson-lognormal likelihood of event totals and persons affected",
    "means": "a normal likelihood of means and standard deviations, with a variance for each arm",
    "reported_estimate": "a normal likelihood of the printed estimate on the analysis scale",
    "reported_estimate_t": "a Student-t likelihood of the printed estimate on the analysis scale with the degrees "
    "of freedom that are stated",
    "reported_p": "the likelihood of what a test printed, summed over both directions where none was printed",
    "reported_p_small_sample": "the t likelihood (noncentral where the standard error follows from the number of "
    "patients) of what a t test printed, summed over both directions where none was printed",
    "single_proportion": "a binomial likelihood of the one arm",
}
GUIDELINES = ("Kruschke2021", "Sung2005")
ROLES = {
    "primary": "the trial's primary outcome",
    "secondary": "a secondary outcome of the trial",
    "safety": "a safety outcome",
    "part": "a part of another outcome of the trial",
}


def methods(dossier: Dossier) -> str:
    """Paragraphs: what was analysed and why, model, priors, thresholds, computation, and what must be disclosed.

    Parameters
    ----------
    dossier : dict
        As `bayes.report.dossier.build` makes it; every number is taken from it as it stands.
    """
    parts = [
        _analysed(dossier),
        _model(dossier),
        _priors(dossier),
        _thresholds(dossier),
        _computation(dossier),
        _sensitivity(dossier),
        _disclosed(dossier),
    ]
    return "\n\n".join(part for part in parts if part)


def _analysed(dossier: Dossier) -> str:
    """Data, and why a Bayesian reanalysis."""
    why = (
        "A Bayesian analysis was chosen because a p-value does not say how probable a benefit is. Its aim was to give "
        "the probability of any benefit, of a benefit that matters and of harm, and to show how far each depends on "
        f"the prior. It was checked against reporting guidelines for Bayesian analyses{cite(GUIDELINES)}."
    )
    return f"{_of_trial(dossier) if dossier['trial'] else _of_synthesis(dossier)} {why}"


def _of_trial(dossier: Dossier) -> str:
    trial, facts = dossier["trial"], dict(dossier["printed"]["facts"])
    arms, n = trial["arms"], {arm: f" (n = {size})" for arm, size in (trial["n"] or {}).items()}
    said = (
        f"We reanalysed a published result of the trial “{quoted(trial['title'])}”{cite([trial_key(trial)])}, which "
        f"compared {quoted(arms['treatment'])}{n.get('treatment', '')} with {quoted(arms['control'])}"
        f"{n.get('control', '')} in {quoted(trial['condition'])}. The outcome was “{quoted(dossier['label'])}”"
    )
    when = f" (time: {quoted(dossier['timepoint'] or NOT_STATED)})"
    role = ROLES.get(dossier["role"], "an outcome whose role in the trial is not stated")
    kind = REPORTED[dossier["evidence_kind"]]
    return f"{said}{when}, {role}. The data were {kind} (source: {quoted(facts.get('printed in', NOT_STATED))})."


def _of_synthesis(dossier: Dossier) -> str:
    members = dossier["members"]
    named = "; ".join(
        f"{quoted(m['name'])}{cite([trial_key(m['trial'])])} ({m['kind'].replace('_', ' ')}; {quoted(m['source'])})"
        for m in members
    )
    search = dict(dossier["disclosures"]).get("search", NOT_STATED)
    return (
        f"We combined published results of {_count(len(members), 'trial')} in one model, “{quoted(dossier['label'])}”: "
        f"{named}. How the trials were found: {quoted(search)}."
    )


def _model(dossier: Dossier) -> str:
    model = dossier["model"]
    if model is None:
        return ""
    scale = "on the log scale" if dossier["scale"] == "log" else "on its own scale"
    what = f"the {measure(dossier)} of treatment against control"
    if dossier["measure"] == "proportion":
        what = "the proportion of patients in one arm, against its goal"
    name = "table" if dossier["kind"] == "adverse_events" else model["structure"]
    structure = STRUCTURES.get(name, f"The effect structure was {quoted(name)}.")
    likelihoods = "; ".join(LIKELIHOODS.get(name, f"the likelihood {quoted(name)}") for name in model["likelihoods"])
    said = [
        f"The effect was {what}, analysed {scale}; {favours(dossier)}.",
        structure,
        f"{'The reports' if dossier['members'] else 'The report'} entered through {likelihoods}.",
    ]
    nuisance = [p for p in model["parameters"] if p["role"] == "nuisance"]
    if nuisance:
        named = "; ".join(f"{quoted(p['name'])}, {distribution(p['prior'])}" for p in nuisance)
        said.append(f"Estimated beside the effect, each with its own prior: {named}.")
    return " ".join(said)


def _priors(dossier: Dossier) -> str:
    """Every prior with its construction, rationale and source; those that could not be formed with the reason."""
    own = [p for p in dossier["priors"] if p["kind"] != "nuisance"]
    formed = [p for p in own if p["status"] != "skipped"]
    main = dossier["main"]
    lead = "Priors were declared in a file, on the analysis scale."
    if main:
        tau = f" and the {quoted(main['heterogeneity'])} prior of tau" if main["heterogeneity"] else ""
        lead += f" The main analysis used the {quoted(main['prior'])} prior{tau}; the others show what depends on it."
    skipped = [p for p in own if p["status"] == "skipped"]
    lines = [lead, *(f"- {_prior(p)}" for p in formed)]
    lines += [f"- {quoted(p['name'])}: could not be formed here ({quoted(p['reason'])})." for p in skipped]
    return f"{lines[0]}\n\n" + "\n".join(lines[1:]) if lines[1:] else lead


def _prior(prior: dict[str, Any]) -> str:
    of = " (of tau)" if prior["kind"] == "heterogeneity" else ""
    basis = f" ({quoted(prior['basis'])})" if prior["basis"] else ""
    why = sentence(quoted(prior["rationale"])) if prior["rationale"] else f"Rationale {NOT_STATED}."
    head = f"{quoted(prior['name'])}{of}: {distribution(str(prior['distribution']))}{basis}"
    if not prior["source"]:
        return f"{head}. {why} Source {NOT_STATED}."
    keys = cited_by(prior["source"])
    end = (
        why.removesuffix(".") + f"{cite(keys)}." if keys else f"{why} {sentence('source: ' + quoted(prior['source']))}"
    )
    return f"{head}. {end}"


def _thresholds(dossier: Dossier) -> str:
    limits, said = dossier["thresholds"], []
    if (mcid := limits["mcid"]) is not None:
        said.append(
            f"The minimal clinically important difference (MCID) was {article(measure(dossier))} of "
            f"{number(mcid['value'])} ({quoted(mcid['rationale'])})."
        )
    else:
        said.append("No minimal clinically important difference was stated, so no verdict is drawn.")
    if (planned := limits["planned"]) is not None:
        said.append(f"The trial was planned for {number(planned['value'])} (source: {quoted(planned['source'])}).")
    else:
        said.append("The effect that the trial was planned for is not stated.")
    if (margin := limits.get("margin")) is not None:
        said.append(
            f"The margin, beyond which the treatment would be too much worse than the control, was "
            f"{number(margin['value'])} (source: {quoted(margin['source'])})."
        )
    if limits["rope"] is not None:
        low, high = limits["rope"]
        said.append(f"Effects from {number(low)} to {number(high)} were taken to be practically equivalent to none.")
    low, high = limits["cutoffs"]
    said.append(
        f"A conclusion was called probable at a posterior probability of {high:g} or more and improbable at {low:g} or "
        "less. Probabilities were read directly; the cut-offs were not calibrated to error rates of repeated trials."
    )
    return " ".join(said)


def _computation(dossier: Dossier) -> str:
    about, settings = dossier["software"], dossier["settings"]
    if not about or not settings:
        return "No posterior is stored, so there is no computation to describe."
    main_ess = ESS_MU if dossier["kind"] == "synthesis" else ESS_EFFECT
    said = [
        f"Posteriors were sampled by the no-U-turn sampler of nutpie {about['nutpie']} from models in PyMC "
        f"{about['pymc']}{cite(['AbrilPla2023'])} and summarised with ArviZ {about['arviz']}{cite(['Martin2026'])}, "
        f"by bayes-reanalysis {about['bayes-reanalysis']}: {settings['chains']} chains of {settings['draws']:,} draws "
        f"after {settings['tune']:,} of tuning, target acceptance {settings['target_accept']:g}, seed "
        f"{settings['seed']}.",
        f"A posterior was accepted if rank-normalised R-hat was at most {R_HAT}, bulk and tail effective sample sizes "
        f"at least {ESS:,} for every parameter and {main_ess:,} (bulk) for the "
        f"{'mean' if dossier['kind'] == 'synthesis' else 'effect'}, and no transition diverged{cite(['Vehtari2021'])}.",
    ]
    methods_used = list(dict.fromkeys(d["exact_method"] for d in dossier["diagnostics"] if d["exact_method"]))
    said += _cross_check(dossier, methods_used)
    said.append(
        f"We report the posterior median with the equal-tailed {100 * CI_PROB:g}% credible interval, on the scale of "
        f"the {measure(dossier)}."
    )
    return " ".join(said)


def _cross_check(dossier: Dossier, by: list[str]) -> Iterator[str]:
    """What the quadrature was compared in, and what it cannot check."""
    if not by:
        yield "No calculation without sampling exists for this model: it rests on these diagnostics alone."
        return
    yield (
        f"It also had to agree with a calculation that does not sample ({'; '.join(map(quoted, by))}) to within 4 "
        f"Monte Carlo standard errors and {SLACK}: in the probabilities of benefit, of harm and beyond stated "
        "thresholds, in the tails beyond both ends of the interval, and in the mean, in units of a quarter of the "
        "interval's width. The two share the conversion of printed numbers to an effect and its standard error, which "
        "this does not check."
    )
    if any(_in_pieces(row) for row in dossier["rows"]):
        yield (
            "Posteriors of several pieces (under mixtures or a point mass, or of a report that does not say which arm "
            "it favours) were put together by weights from that calculation; there it checks each piece, not their "
            "weights."
        )


def _in_pieces(row: Row) -> bool:
    """Whether a posterior may have been sampled as several unimodal pieces."""
    many = str(row["prior_distribution"] or "").startswith(("mixture", "spike_slab"))
    folded = row["p_favours_treatment"] is not None or "which arm" in (row["note"] or "")
    return row["status"] == "ok" and (many or folded)


def _sensitivity(dossier: Dossier) -> str:
    found = dossier["sensitivity"]
    if found["reason"] is not None:
        return f"Sensitivity to the choices beside the priors was not examined: {quoted(found['reason'])}."
    return (
        "Sensitivity was examined to every prior by name and a grid of normal priors, to other readings of the report "
        "and the digits that were not printed"
        + (", to every trial and kind of evidence left out," if dossier["kind"] == "synthesis" else "")
        + " and to the prior mean at which a conclusion would tip."
    )


def _disclosed(dossier: Dossier) -> str:
    """Post hoc, multiplicity and the rest; then what the file does not state, by name."""
    stated = dict(dossier["disclosures"])
    silent = [name for name, said in stated.items() if str(said).startswith(NOT_STATED)]
    told = [_disclosure(name, said) for name, said in stated.items() if _to_tell(name, silent)]
    if silent:
        named = listed("adjustment for covariates" if name == "adjusted" else name for name in silent)
        told.append(f"Not stated in what was available to us: {named}.")
    again = f"The posteriors are regenerated by `{dossier['command'].replace('`', '')}`"
    told.append(f"{again} from a data file with SHA-256 {dossier['sha256'][:16]}….")
    return " ".join(told)


def _disclosure(name: str, said: str) -> str:
    if name == "prespecified" and said.startswith("no: "):
        return f"Not prespecified: {quoted(said.removeprefix('no: '))}."
    return sentence(f"{name}: {quoted(said)}")


def _to_tell(name: str, silent: Iterable[str]) -> bool:
    """Roles and searches have been told where the data were."""
    return name not in silent and name not in ("primary outcome", "search")


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
