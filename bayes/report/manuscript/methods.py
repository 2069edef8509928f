"""The statistical-methods section of a manuscript, from a dossier, as Markdown with pandoc citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bayes.base.numbers import article, number
from bayes.likelihoods.effect_structures import structure_for, structures
from bayes.likelihoods.registry import known
from bayes.paper.annotations import NOT_STATED
from bayes.paper.evidence.cards import kind_card
from bayes.posterior.gate import ESS, ESS_EFFECT, ESS_MU, R_HAT, SLACK
from bayes.posterior.row import CI_PROB
from bayes.report.dossier.contents import Dossier, PriorPart, Row
from bayes.report.dossier.published_parts import TrialPart
from bayes.report.dossier.reading import favours, measure
from bayes.report.manuscript.references import cited_by, trial_key
from bayes.text.wording import cite, distribution, listed, quoted, sentence

GUIDELINES = ("Kruschke2021", "Sung2005")
ROLES = {
    "primary": "the trial's primary outcome",
    "secondary": "a secondary outcome of the trial",
    "safety": "a safety outcome",
    "part": "a component of another outcome of the trial",
}


def methods(dossier: Dossier) -> str:
    """Return paragraphs on the data and the aim, the model, priors, thresholds, computation and disclosures.

    Parameters
    ----------
    dossier : Dossier
        Every number is taken from it unchanged.

    Returns
    -------
    str
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
    """Return the data and the reason for a Bayesian reanalysis."""
    why = (
        "A Bayesian analysis was chosen because a p-value does not give the probability of a benefit. The aim was to "
        "estimate the probabilities of any benefit, of a clinically important benefit and of harm, and to show how far "
        "each depends on the prior. The report was checked against reporting guidelines for Bayesian analyses"
        f"{cite(GUIDELINES)}."
    )
    trial = dossier["trial"]
    return f"{_of_synthesis(dossier) if trial is None else _of_trial(dossier, trial)} {why}"


def _of_trial(dossier: Dossier, trial: TrialPart) -> str:
    facts = {name: said for name, said in dossier["printed"]["facts"]}
    arms, n = trial["arms"], {arm: f" (n = {size})" for arm, size in (trial["n"] or {}).items()}
    said = (
        f"We reanalysed a published result of the trial “{quoted(trial['title'])}”{cite([trial_key(trial)])}, which "
        f"compared {quoted(arms['treatment'])}{n.get('treatment', '')} with {quoted(arms['control'])}"
        f"{n.get('control', '')} in {quoted(trial['condition'])}. The outcome was “{quoted(dossier['label'])}”"
    )
    when = f" (time point: {quoted(dossier['timepoint'] or NOT_STATED)})"
    role = ROLES.get(dossier["role"] or "", "an outcome whose role in the trial is not stated")
    kind = kind_card(dossier["evidence_kind"]).data
    return f"{said}{when}, {role}. The data were {kind} (source: {quoted(facts.get('printed in', NOT_STATED))})."


def _of_synthesis(dossier: Dossier) -> str:
    members = dossier["members"]
    named = "; ".join(
        f"{quoted(m['name'])}{cite([trial_key(m['trial'])])} ({m['kind'].replace('_', ' ')}; {quoted(m['source'])})"
        for m in members
    )
    search = {name: said for name, said in dossier["disclosures"]}.get("search", NOT_STATED)
    return (
        f"We combined the published results of {_count(len(members), 'trial')} in one model, "
        f"“{quoted(dossier['label'])}”: {named}. Search for trials: {quoted(search)}."
    )


def _model(dossier: Dossier) -> str:
    model = dossier["model"]
    if model is None:
        return ""
    scale = "on the log scale" if dossier["scale"] == "log" else "on its original scale"
    what = f"the {measure(dossier)} of treatment versus control"
    if dossier["measure"] == "proportion":
        what = "the proportion of patients in a single arm, compared with its goal"
    name, cards = model["structure"], known()
    structure = structures().get(name) if dossier["kind"] != "adverse_events" else structure_for("table")
    likelihoods = "; ".join(
        cards[one].words if one in cards else f"the likelihood {quoted(one)}" for one in model["likelihoods"]
    )
    said = [
        f"The effect measure was {what}, analysed {scale}; {favours(dossier)}.",
        f"The effect structure was {quoted(name)}." if structure is None else structure.words,
        f"The {'reports were' if dossier['members'] else 'report was'} modelled with {likelihoods}.",
    ]
    nuisance = [p for p in model["parameters"] if p["role"] == "nuisance"]
    if nuisance:
        named = "; ".join(f"{quoted(p['name'])}, {distribution(p['prior'])}" for p in nuisance)
        said.append(f"The nuisance parameters and their priors were: {named}.")
    return " ".join(said)


def _priors(dossier: Dossier) -> str:
    """Return every prior with its construction, rationale and source, or the reason why it could not be formed."""
    own = [p for p in dossier["priors"] if p["kind"] != "nuisance"]
    formed = [p for p in own if p["status"] != "skipped"]
    main = dossier["main"]
    lead = "Priors were specified in a file, on the analysis scale."
    if main:
        tau = f" and the {quoted(main['heterogeneity'])} prior of tau" if main["heterogeneity"] else ""
        lead += f" The main analysis used the {quoted(main['prior'])} prior{tau}; the others assess sensitivity to it."
    skipped = [p for p in own if p["status"] == "skipped"]
    lines = [lead, *(f"- {_prior(p)}" for p in formed)]
    lines += [f"- {quoted(p['name'])}: could not be formed here ({quoted(p['reason'])})." for p in skipped]
    return f"{lines[0]}\n\n" + "\n".join(lines[1:]) if lines[1:] else lead


def _prior(prior: PriorPart) -> str:
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
        said.append("No minimal clinically important difference (MCID) was stated, so no verdict is given.")
    if (planned := limits["planned"]) is not None:
        said.append(
            f"The trial was planned for {article(measure(dossier))} of {number(planned['value'])} "
            f"(source: {quoted(planned['source'])})."
        )
    else:
        said.append("The effect for which the trial was planned is not stated.")
    if (margin := limits["margin"]) is not None:
        said.append(
            f"The margin beyond which the treatment would be unacceptably worse than the control was "
            f"{number(margin['value'])} (source: {quoted(margin['source'])})."
        )
    if limits["rope"] is not None:
        low, high = limits["rope"]
        said.append(f"Effects from {number(low)} to {number(high)} were considered practically equivalent to none.")
    low, high = limits["cutoffs"]
    said.append(
        f"A conclusion was called probable if its posterior probability was {high:g} or more, and improbable if it was "
        f"{low:g} or less. Probabilities were interpreted directly; the cut-offs were not calibrated to frequentist "
        "error rates."
    )
    return " ".join(said)


def _computation(dossier: Dossier) -> str:
    about, settings = dossier["software"], dossier["settings"]
    if not about or not settings:
        return "No posterior is stored, so there is no computation to describe."
    main_ess = ESS_MU if dossier["kind"] == "synthesis" else ESS_EFFECT
    said = [
        f"Posterior distributions were sampled with the no-U-turn sampler of nutpie {about['nutpie']} from models in "
        f"PyMC {about['pymc']}{cite(['AbrilPla2023'])} and summarised with ArviZ {about['arviz']}"
        f"{cite(['Martin2026'])}, using bayes-reanalysis {about['bayes-reanalysis']}: {settings['chains']} chains of "
        f"{settings['draws']:,} draws after {settings['tune']:,} tuning draws, target acceptance rate "
        f"{settings['target_accept']:g}, seed {settings['seed']}.",
        f"A posterior was accepted if the rank-normalised R-hat was at most {R_HAT}, the bulk and tail effective "
        f"sample sizes were at least {ESS:,} for every parameter and the bulk effective sample size was at least "
        f"{main_ess:,} for the {'mean' if dossier['kind'] == 'synthesis' else 'effect'}, and there were no divergent "
        f"transitions{cite(['Vehtari2021'])}.",
    ]
    methods_used = list(dict.fromkeys(d["exact_method"] for d in dossier["diagnostics"] if d["exact_method"]))
    said += _cross_check(dossier, methods_used)
    said.append(
        f"We report the posterior median with the equal-tailed {100 * CI_PROB:g}% credible interval, on the scale of "
        f"the {measure(dossier)}."
    )
    return " ".join(said)


def _cross_check(dossier: Dossier, by: list[str]) -> Iterator[str]:
    """State which quantities were compared with quadrature, and what this cannot check."""
    if not by:
        yield "No calculation without sampling is available for this model, so it rests on these diagnostics alone."
        return
    model, cards = dossier["model"], known()
    names = [] if model is None else [name for name in model["likelihoods"] if name in cards]
    same = [quoted(name) for name in names if not cards[name].independent]
    what = "a calculation" if same else "an independent calculation"
    yield (
        f"It also had to agree with {what} without sampling ({'; '.join(map(quoted, by))}) to "
        f"within 4 Monte Carlo standard errors plus {SLACK} in the probabilities of benefit, of harm and beyond stated "
        "thresholds, in the tail probabilities beyond both limits of the interval, and in the mean, in units of a "
        "quarter of the width of the interval. The two calculations share the conversion of published numbers to an "
        "effect and its standard error, which the comparison therefore cannot check."
    )
    if same:
        yield (
            f"For {listed(same)}, that calculation integrates the model file itself numerically, so that the "
            "comparison checks the sampler but not the model."
        )
    if any(_in_pieces(row) for row in dossier["rows"]):
        yield (
            "Posteriors with several components (under a mixture or a point mass, or for a report that does not say "
            "which arm it favours) were combined with weights from that calculation, so that here the comparison "
            "checks each component but not the weights."
        )


def _in_pieces(row: Row) -> bool:
    """Return whether a posterior may have been sampled as several unimodal components."""
    many = str(row["prior_distribution"] or "").startswith(("mixture", "spike_slab"))
    folded = row["p_favours_treatment"] is not None or row["p_by_construction"] == 0.5
    return row["status"] == "ok" and (many or folded)


def _sensitivity(dossier: Dossier) -> str:
    found = dossier["sensitivity"]
    if found["reason"] is not None:
        return f"Sensitivity to choices other than the prior was not examined: {quoted(found['reason'])}."
    return (
        "We examined sensitivity to every named prior and a grid of normal priors, to other interpretations of the "
        "report and to unreported digits"
        + (", and to the omission of each trial and each kind of evidence" if dossier["kind"] == "synthesis" else "")
        + "; we also determined the prior mean at which a conclusion would change."
    )


def _disclosed(dossier: Dossier) -> str:
    """Return the disclosures, then a list of those that the file does not state."""
    stated = {name: said for name, said in dossier["disclosures"]}
    silent = [name for name, said in stated.items() if str(said).startswith(NOT_STATED)]
    told = [_disclosure(name, said) for name, said in stated.items() if _to_tell(name, silent)]
    if silent:
        named = listed("adjustment for covariates" if name == "adjusted" else name for name in silent)
        told.append(f"Not stated in the sources available to us: {named}.")
    again = f"The posteriors can be regenerated with `{dossier['command'].replace('`', '')}`"
    told.append(f"{again} from a data file with SHA-256 digest {dossier['sha256'][:16]}….")
    return " ".join(told)


def _disclosure(name: str, said: str) -> str:
    if name == "prespecified" and said.startswith("no: "):
        return f"Not prespecified: {quoted(said.removeprefix('no: '))}."
    return sentence(f"{name}: {quoted(said)}")


def _to_tell(name: str, silent: Iterable[str]) -> bool:
    """Return whether to list a disclosure here: roles and searches are already reported with the data."""
    return name not in silent and name not in ("primary outcome", "search")


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
