"""`bayes check`: validate files, all mistakes at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(name="check")
@click.argument("names", nargs=-1, metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of findings.")
def command(names, as_json) -> None:
    """Validate trial, synthesis and prior files; everything shipped unless named."""
    from bayes.errors import InvalidInput, Mistake
    from bayes.priors import is_prior_set, load_priors
    from bayes.reading import read_toml, shipped
    from bayes.targets import find_targets

    wanted = [*names] or [str(p) for f in ("trials", "syntheses", "priors") for p in shipped(f).values()]
    mistakes: list[Mistake] = []
    for name in wanted:
        try:
            load_priors(name) if Path(name).is_file() and is_prior_set(read_toml(name)) else find_targets([name])
        except InvalidInput as error:
            mistakes += [
                m if not error.source else Mistake(f"{error.source}: {m.path}".rstrip(": "), m.message)
                for m in error.mistakes
            ]
    if as_json:
        click.echo(json.dumps([{"path": m.path, "finding": m.message} for m in mistakes], indent=1, ensure_ascii=False))
    for mistake in () if as_json else mistakes:
        click.echo(str(mistake), err=True)
    if not mistakes and not as_json:
        click.echo(f"{len(wanted)} files, all valid")
    sys.exit(2 if mistakes else 0)
