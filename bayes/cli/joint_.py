"""`bayes joint`: joint probabilities of statements about several outcomes of one trial."""

from __future__ import annotations

import click

from bayes.cli.options import json_rows, own_models, prior_set

MOST = 50  # statements, whose outcomes are read one by one


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
@click.option(
    "--shrink",
    is_flag=True,
    help="Shrink the effects towards one another as well; --correlation is then also that of the estimates' errors.",
)
@click.option(
    "--rho",
    default=None,
    metavar="NUMBER|EXPR",
    help="With --shrink: correlation of the true effects, or its prior (default: uniform(0, 1)).",
)
@prior_set
@json_rows
@own_models
def command(
    statements: tuple[str, ...],
    prior: str,
    correlations: tuple[float, ...],
    shrink: bool,
    rho: str | None,
    priors: str,
    as_json: bool,
) -> None:
    """Give P(all statements) under stated correlations of the effects (oriented towards benefit), and its bounds.

    bayes joint mesems:gel_24w=benefit mesems:sae_24w="no excess"

    With --shrink each effect is also given together with the others, as exchangeable effects on the same patients: a
    judgement, to be declared before the results are seen.
    """
    from bayes.analysis.targets import find_targets
    from bayes.errors import InvalidInput
    from bayes.fitting.joint_statements import joint

    if len(statements) > MOST:
        raise InvalidInput("joint statement", [f"found {len(statements)} statements; accepted: up to {MOST}"])
    pairs = []
    for statement in statements:
        name, _, what = statement.partition("=")
        pairs += [(target, what or "benefit") for target in find_targets([name])]
    answer = joint(pairs, prior, correlations=correlations or None, shrink=shrink, rho=rho, prior_set=priors)
    table = answer.to_frame("shrunken" if shrink else "together")
    click.echo(table.to_json(orient="records", indent=1) if as_json else str(answer))
