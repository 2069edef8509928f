"""`bayes sensitivity`: show where a conclusion would change, and what prior it would take."""

from __future__ import annotations

import json

import click

from bayes.cli.options import everything, own_models, prior_set

IN_BRIEF = ("named_priors", "verdicts")  # the tables shown with the words


@click.command(name="sensitivity")
@click.argument("name", metavar="TRIAL:OUTCOME|SYNTHESIS|FILE")
@click.option(
    "--questions",
    "--ask",
    "ask",
    metavar="NAME[,NAME]",
    help="Ask only these questions, such as tipping,reverse_bayes.",
)
@click.option("--prior", metavar="NAME|EXPR", help="Main prior (default: neutral).")
@prior_set
@click.option(
    "--cutoffs",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    help="Improbable at or below LOW, probable at or above HIGH (default: 0.1 0.9).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of tables.")
@everything
@own_models
def command(
    name: str,
    ask: str | None,
    prior: str | None,
    priors: str,
    cutoffs: tuple[float, float] | None,
    as_json: bool,
    whole: bool,
) -> None:
    """Examine how far the conclusion about an outcome or a synthesis depends on each choice made."""
    from bayes.posterior.verdict import CUTOFFS
    from bayes.sensitivity import examine

    wanted = None if ask is None else [part.strip() for part in ask.split(",") if part.strip()]
    found = examine(name, wanted, prior=prior, prior_set=priors, cutoffs=cutoffs or CUTOFFS)
    if as_json:
        click.echo(json.dumps(found.rows, indent=1, ensure_ascii=False, allow_nan=False))
        return
    from bayes.cli.terminal import more, say, show_tables
    from bayes.sensitivity.layout import lay_out

    tables = found.tables()
    shown = tables if whole or wanted else {name: tables[name] for name in IN_BRIEF if name in tables}
    say(found.text + "\n")
    show_tables(lay_out(shown))
    if others := [name for name in tables if name not in shown and tables[name]]:
        more(f"the tables of {', '.join(name.replace('_', ' ') for name in others)}; --questions prints one of them")
