"""`bayes joint`: joint probabilities of statements about several outcomes of one trial."""

from __future__ import annotations

import click

from bayes.cli.options import json_rows, own_models, prior_set


@click.command(name="joint")
@click.argument("statements", nargs=-1, required=True, metavar="TRIAL:OUTCOME=benefit|mcid|'no excess'|NUMBER...")
@click.option("--prior", default="neutral", metavar="NAME|EXPR", help="Prior of every effect (default: neutral).")
@click.option(
    "--correlation",
    "correlations",
    multiple=True,
    type=float,
    help="Correlation of the effects, in place of the default values. Repeatable.",
)
@prior_set
@json_rows
@own_models
def command(
    statements: tuple[str, ...], prior: str, correlations: tuple[float, ...], priors: str, as_json: bool
) -> None:
    """Give P(all statements) under stated correlations of the effects (oriented towards benefit), and its bounds.

    bayes joint mesems:gel_24w=benefit mesems:sae_24w="no excess"
    """
    from bayes.analysis.targets import find_targets
    from bayes.fitting.joint_statements import joint

    pairs = []
    for statement in statements:
        name, _, what = statement.partition("=")
        pairs += [(target, what or "benefit") for target in find_targets([name])]
    answer = joint(pairs, prior, correlations=correlations or None, prior_set=priors)
    click.echo(answer.summary().to_json(orient="records", indent=1) if as_json else str(answer))
