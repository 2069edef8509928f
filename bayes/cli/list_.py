"""`bayes list`: list what is shipped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import click

Items = Iterator[tuple[str, str]]  # the name of an item, and its description
WHAT = (
    *("trials", "outcomes", "priors", "models", "structures", "likelihoods", "measures", "scales"),
    *("formats", "columns", "schema"),
)


@click.command(name="list")
@click.argument(
    "what",
    type=click.Choice(WHAT),
)
@click.option(
    "--of",
    "file",
    type=click.Choice(["trial", "synthesis", "priors"]),
    default="trial",
    show_default=True,
    help="The kind of file that the schema is of.",
)
def command(what: str, file: str) -> None:
    """List what is shipped, one item per line with a description.

    `columns` lists the columns of a summary with their meanings. `schema` prints the JSON Schema of a trial file, of a
    synthesis or of a prior set, for editors: save it, and name it in the first line of a file, as in
    `#:schema trial.schema.json`.
    """
    if what == "schema":
        click.echo(json.dumps(schema(file), indent=1))
        return
    from bayes.cli.terminal import line

    for name, words in LISTS[what]():
        line(f"{name:<34} {words}")


def schema(file: str = "trial") -> dict[str, object]:
    """Return the JSON Schema of a kind of file, generated from the classes that read it, for editors that check TOML.

    It has the fields that a catalogue of schemas such as SchemaStore asks for: `$schema`, `$id`, title and description.

    Parameters
    ----------
    file : {"trial", "synthesis", "priors"}
    """
    from pydantic import BaseModel

    from bayes.paper.trial import Trial
    from bayes.priors.sets import PriorSet
    from bayes.synthesis.file import Synthesis

    files: dict[str, tuple[type[BaseModel], str]] = {
        "trial": (Trial, "A published randomised trial and its reported outcomes"),
        "synthesis": (Synthesis, "A synthesis of outcomes of several trials"),
        "priors": (PriorSet, "A set of priors with their reasons"),
    }
    model, title = files[file]
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://json.schemastore.org/bayes-reanalysis-{file}.json",
    }
    return head | model.model_json_schema() | {"title": title}


def _trials() -> Items:
    from bayes.base.toml import shipped
    from bayes.paper.trial import load_trial
    from bayes.synthesis.file import load_synthesis

    for name in shipped("trials"):
        trial = load_trial(name)
        yield name, f"{trial.sizes}, {trial.year}: {trial.title}"
    for name in shipped("syntheses"):
        synthesis = load_synthesis(name)
        yield name, f"synthesis of {len(synthesis.outcomes)}: {synthesis.label}"


def _outcomes() -> Items:
    from bayes.base.toml import shipped
    from bayes.paper.trial import load_trial

    for name in shipped("trials"):
        for outcome in load_trial(name).outcomes.values():
            yield (
                outcome.name,
                f"{outcome.measure}, {outcome.benefit} is better, {outcome.evidence.kind}: {outcome.label}",
            )


def _priors() -> Items:
    from bayes.base.toml import shipped
    from bayes.priors.effect_rules import RULES
    from bayes.priors.sets import load_priors

    for set_id in shipped("priors"):
        loaded = load_priors(set_id)
        for name, prior in loaded.named.items():
            yield f"{name} ({set_id})", prior.rationale or ""
        for name, tau in loaded.heterogeneity.items():
            yield f"{name} ({set_id}, tau)", tau.rationale or ""
    yield "(rules)", f"{', '.join(RULES)}: named rules, as priors of a set or with --prior"


def _formats() -> Items:
    from bayes.importing.formats import READERS

    for reader in READERS:
        card = reader.card
        yield card.name, f"{card.title}: {card.recognised_by}. Makes {card.makes}"
        for trap in card.traps:
            yield "", trap


def _models() -> Items:
    yield from _structures()
    yield from _likelihoods()


def _structures() -> Items:
    from bayes.likelihoods.effect_structures import structures

    for name, card in structures().items():
        yield name, f"effect structure{' of a synthesis' if card.takes == 'synthesis' else ''}: {card.title}"


def _likelihoods() -> Items:
    from bayes.likelihoods.registry import known

    for name, card in known().items():
        yield name, f"likelihood of {', '.join(card.kinds)}: {card.title}"


def _measures() -> Items:
    from bayes.base.measures import MEASURES, is_log

    for name in MEASURES:
        yield (
            name,
            "log scale, no effect at 1"
            if is_log(name)
            else "own scale, " + ("compared with its goal" if name == "proportion" else "no effect at 0"),
        )


def _scales() -> Items:
    from bayes.paper.scales import scales

    for name, scale in scales().items():
        also = [cut.label for cut in scale.dichotomies] + [score.replace("_", " ") for score in scale.scores]
        yield name, f"{scale.title}, {' '.join(scale.grades)} (best first): {', '.join(also)}"


def _columns() -> Items:
    from bayes.posterior.row import SCHEMA, SummaryRow, meanings

    yield from meanings(SummaryRow).items()
    yield "(schema)", f"version {SCHEMA} of these columns; the manifest of a results folder states its own"


LISTS: dict[str, Callable[[], Items]] = {
    "trials": _trials,
    "outcomes": _outcomes,
    "priors": _priors,
    "models": _models,
    "structures": _structures,
    "likelihoods": _likelihoods,
    "measures": _measures,
    "scales": _scales,
    "formats": _formats,
    "columns": _columns,
}
