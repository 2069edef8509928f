"""`bayes show`: print what a file says, laid out for reading."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bayes.cli.options import own_models

if TYPE_CHECKING:
    from rich.console import Console

    from bayes.paper.trial import Outcome, Trial
    from bayes.synthesis.file import Synthesis
    from bayes.text.files import Portrait


@click.command(name="show")
@click.argument("name", metavar="TRIAL[:OUTCOME]|SYNTHESIS|FILE")
@own_models
def command(name: str) -> None:
    """Show a trial with its outcomes, a single outcome, or a synthesis; undisclosed items appear as "not stated"."""
    from bayes.cli.terminal import console
    from bayes.text.files import portrait

    for target in _meant(name):
        _page(console(), portrait(target))


def _meant(name: str) -> Sequence[Trial | Outcome | Synthesis]:
    """Return the targets that a name refers to: whole trials, unless it names a single outcome."""
    from bayes.analysis.targets import find_targets
    from bayes.base.toml import read_toml
    from bayes.errors import InvalidInput
    from bayes.priors.sets import is_prior_set
    from bayes.synthesis.file import Synthesis

    if os.path.isfile(name) and is_prior_set(read_toml(name)):
        raise InvalidInput(name, ["a prior set cannot be shown; accepted: a trial, an outcome, a synthesis or a file"])
    found = find_targets([name])
    if ":" in name and not os.path.exists(name):
        return found
    whole = [target if isinstance(target, Synthesis) else target.trial for target in found]
    return list({target.id: target for target in whole}.values())


def _page(console: Console, page: Portrait, inside: int = 0) -> None:
    """Print a heading, the facts next to their names, the tables, then nested pages."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console.print(Padding(Text(f"{page.name} · {page.title}", style="bold"), (0, 0, 0, inside), expand=False))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for what, said in page.facts:
        facts.add_row(Text(what), Text(said))
    console.print(Padding(facts, (0, 0, 0, inside + 2), expand=False))
    for laid_out in page.tables:
        shown = Table(title=Text(laid_out.title), title_justify="left", box=box.SIMPLE_HEAD)
        for heading in laid_out.headings:
            shown.add_column(Text(heading), overflow="fold")
        for cells in laid_out.cells:
            shown.add_row(*map(Text, cells))
        console.print(Padding(shown, (0, 0, 0, inside + 1), expand=False))
    console.print()
    for part in page.parts:
        _page(console, part, 2)
