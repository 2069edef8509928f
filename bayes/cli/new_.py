"""`bayes new`: write the skeleton of a file."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.paper.templates import KINDS


@click.command(name="new")
@click.argument("what", type=click.Choice(["trial", "synthesis"]))
@click.argument("name", metavar="ID")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Kind of evidence that the paper prints. Repeatable; all by default.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("."), show_default=True, help="Folder."
)
def command(what: str, name: str, kinds: tuple[str, ...], out: Path) -> None:
    """Write ID.toml, a commented skeleton that passes `bayes check` as it stands."""
    from bayes.base.writing import write_text
    from bayes.paper.templates import synthesis_skeleton, trial_skeleton

    path = out / f"{name}.toml"
    text = trial_skeleton(name, kinds or KINDS) if what == "trial" else synthesis_skeleton(name)
    if path.exists():
        raise click.UsageError(f"{path} already exists and was not changed")
    write_text(path, text)
    click.echo(f"Wrote {path}. Replace every number, then: bayes check {path}")
