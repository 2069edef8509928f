"""`bayes elicit`: turn what experts state about an effect into a prior set."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="elicit")
@click.argument("name", metavar="TRIAL:OUTCOME|SYNTHESIS|FILE")
@click.option(
    "--expert",
    "experts",
    multiple=True,
    required=True,
    metavar="STATEMENTS",
    help='"NAME = 5% 0.5, 50% 0.8, 95% 1.2" (quantiles) or "NAME = 0.5 to 0.7: 3, 0.7 to 0.9: 5" (chips). Repeatable.',
)
@click.option("--weight", "weights", multiple=True, type=float, metavar="W", help="Weight of each expert in the pool.")
@click.option("--rationale", required=True, metavar="TEXT", help="Why these experts, and what they were asked.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Where to write the prior set; by default to the terminal.",
)
def command(name: str, experts: tuple[str, ...], weights: tuple[float, ...], rationale: str, out: Path | None) -> None:
    """Fit a prior to what each expert states about an effect, on the measure's own scale, and pool them.

    Each prior is normal on the analysis scale; the pool is their mixture. The result is a prior set for --priors.
    """
    from bayes.analysis.experts import elicit
    from bayes.base.writing import write_text
    from bayes.priors.elicitation import read_statement

    said = [read_statement(text) for text in experts]
    if len({expert for expert, _ in said}) < len(said):
        raise click.UsageError("two experts have the same name; accepted: a name of its own for each")
    found = elicit(name, dict(said), rationale, weights or None)
    for belief in found.beliefs:
        click.echo(f"{belief.expert}: {belief.prior}; {belief.text}", err=True)
    if out is None:
        click.echo(found.to_toml(), nl=False)
        return
    write_text(out, found.to_toml())
    click.echo(f"{out} written; use it as: bayes fit {name} --priors {out}", err=True)
