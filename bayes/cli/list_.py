"""`bayes list`: what there is."""

from __future__ import annotations

import click


@click.command(name="list")
@click.argument("what", type=click.Choice(["trials", "outcomes", "priors", "models", "measures"]))
def command(what) -> None:
    """List what is shipped, one per line: name, then what it is."""
    for name, words in LISTS[what]():
        click.echo(f"{name:<34} {words}")


def _trials():
    from bayes.reading import shipped
    from bayes.synthesis import load_synthesis
    from bayes.trial import load_trial

    for name in shipped("trials"):
        trial = load_trial(name)
        yield name, f"{trial.n.treatment} v {trial.n.control}, {trial.year}: {trial.title}"
    for name in shipped("syntheses"):
        synthesis = load_synthesis(name)
        yield name, f"synthesis of {len(synthesis.outcomes)}: {synthesis.label}"


def _outcomes():
    from bayes.reading import shipped
    from bayes.trial import load_trial

    for name in shipped("trials"):
        for outcome in load_trial(name).outcomes.values():
            yield (
                outcome.name,
                f"{outcome.measure}, {outcome.benefit} is better, {outcome.evidence.kind}: {outcome.label}",
            )


def _priors():
    from bayes.priors import load_priors
    from bayes.reading import shipped
    from bayes.rules import RULES

    for set_id in shipped("priors"):
        for name, prior in load_priors(set_id).effect.items():
            yield f"{name} ({set_id})", prior.rationale or ""
    for name in RULES:
        yield f"{name} (rule)", "a named rule with its default arguments"


def _models():
    from bayes.model import catalogue

    yield "single_trial", "effect structure: one trial"
    yield "random_effects", "effect structure: several trials, exchangeable effects"
    for name, entry in catalogue().items():
        yield name, f"likelihood of {', '.join(entry.kinds)}: {entry.title}"


def _measures():
    from bayes.effects import MEASURES, is_log

    for name in MEASURES:
        yield (
            name,
            "log scale, no effect at 1"
            if is_log(name)
            else "own scale, " + ("compared with its goal" if name == "proportion" else "no effect at 0"),
        )


LISTS = {"trials": _trials, "outcomes": _outcomes, "priors": _priors, "models": _models, "measures": _measures}
