"""`bayes joint`: statements about several outcomes of one trial together."""

from __future__ import annotations

import click

from bayes.cli.options import prior_set


@click.command(name="joint")
@click.argument("statements", nargs=-1, required=True, metavar="TRIAL:OUTCOME=benefit|mcid|'no excess'|NUMBER...")
@click.option("--prior", default="neutral", metavar="NAME|EXPR", help="Prior of every effect (default: neutral).")
@click.option("--correlation", "correlations", multiple=True, type=float, help="Of the effects, in place of the usual.")
@prior_set
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of rows.")
def command(statements, prior, correlations, priors, as_json) -> None:
    """P(all statements) under a stated correlation of the effects (turned towards benefit), and its bounds.

    bayes joint mesems:gel_24w=benefit mesems:sae_24w="no excess"
    """
    from bayes.analysis.targets import find_targets
    from bayes.fitting.joint_statements import SHOWN, joint

    pairs = []
    for statement in statements:
        name, _, what = statement.partition("=")
        pairs += [(target, what or "benefit") for target in find_targets([name])]
    answer = joint(pairs, prior, correlations=correlations or SHOWN, priors=priors)
    frame = answer.summary()
    if as_json:
        click.echo(frame.to_json(orient="records", indent=1))
        return
    for stated in answer.statements:
        click.echo(f"P({stated.outcome.name} {stated.words}) = {stated.probability:.3f}")
    click.echo(frame.to_string(index=False, float_format="{:.3f}".format, na_rep=""))
