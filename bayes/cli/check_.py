"""`bayes check`: validate files, listing all mistakes at once, then check the arithmetic of every valid report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bayes.cli.options import own_models

if TYPE_CHECKING:
    from bayes.checks import Finding
    from bayes.errors import Mistake
    from bayes.paper.trial import Outcome


@click.command(name="check")
@click.argument("names", nargs=-1, metavar="[FILE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array of findings.")
@own_models
def command(names: tuple[str, ...], as_json: bool) -> None:
    """Validate trial, synthesis and prior files, and check the arithmetic of every report (default: all shipped files).

    Exit code 2: a file is invalid. 1: a report contradicts itself and its file does not acknowledge it, or a prior
    lacks a rationale or a source. 0: otherwise.
    """
    from bayes.base.toml import shipped
    from bayes.checks import ERRORS, examine
    from bayes.cli.terminal import line
    from bayes.errors import Mistake, first

    wanted = [*names] or [str(p) for f in ("trials", "syntheses", "priors") for p in shipped(f).values()]
    files = [file for name in wanted for file in _files(name)]
    read = _read(files)
    examined = [examine(outcome) for outcome in read.outcomes]
    findings = [*(finding for one in examined for finding in one.findings), *read.findings]
    if as_json:
        _print_json(read.mistakes, findings)
    else:
        for file, of_file in groupby(read.mistakes, key=lambda mistake: mistake.path.partition(": ")[0]):
            for mistake in first(tuple(Mistake(m.path.removeprefix(file)[2:], m.message) for m in of_file)):
                click.echo(f"{file}: {mistake}", err=True)
        _show(findings)
        line(_totals(len(files), len(read.mistakes), sum(one.checks for one in examined), findings))
    found = any(f.verdict in ERRORS and f.acknowledged is None for f in findings)
    sys.exit(2 if read.mistakes else int(found))


def _print_json(mistakes: Sequence[Mistake], findings: Sequence[Finding]) -> None:
    rows = [{"path": m.path, "finding": m.message} for m in mistakes] + [asdict(f) for f in findings]
    click.echo(json.dumps(rows, indent=1, ensure_ascii=False))


@dataclass(frozen=True)
class Read:
    """The outcomes of all valid trials, findings about prior sets, and the mistakes in invalid files."""

    outcomes: list[Outcome]
    findings: list[Finding]
    mistakes: list[Mistake]


def _files(name: str) -> list[str]:
    """Return the TOML files of a folder, so that an invalid file does not hide the others; any other name as given."""
    from bayes.base.toml import files_of

    folder = Path(name)
    return [str(path) for path in files_of(folder)] or [name] if os.path.isdir(folder) else [name]


def _read(names: Sequence[str]) -> Read:
    from bayes.analysis.subgroups import check_subgroups
    from bayes.analysis.targets import find_targets
    from bayes.base.toml import read_toml
    from bayes.checks import check_reasons
    from bayes.errors import InvalidInput, Mistake
    from bayes.paper.trial import Outcome
    from bayes.priors.sets import is_prior_set, load_priors
    from bayes.synthesis.file import Synthesis

    outcomes: dict[tuple[str, str], Outcome] = {}
    findings: list[Finding] = []
    mistakes: list[Mistake] = []
    for name in names:
        try:
            if os.path.isfile(name) and is_prior_set(read_toml(name)):
                findings += check_reasons(load_priors(name))
            else:
                targets = find_targets([name])
                found = [target for target in targets if isinstance(target, Outcome)]
                findings += [f for target in targets if isinstance(target, Synthesis) for f in check_subgroups(target)]
                mistakes += _unreadable(name, found)
                outcomes |= {(name, outcome.name): outcome for outcome in found}
        except InvalidInput as error:
            mistakes += [
                m if not error.source else Mistake(f"{error.source}: {m.path}".rstrip(": "), m.message)
                for m in error.mistakes
            ]
    return Read(list(outcomes.values()), findings, mistakes)


def _unreadable(name: str, outcomes: Sequence[Outcome]) -> list[Mistake]:
    """Return a mistake for each outcome that requests a likelihood which does not support its evidence."""
    from bayes.errors import InvalidInput, Mistake
    from bayes.likelihoods.choice import likelihood_of

    mistakes = []
    for outcome in outcomes:
        try:
            likelihood_of(outcome)
        except InvalidInput as error:
            mistakes += [Mistake(f"{name}: outcomes.{outcome.id}.likelihood", m.message) for m in error.mistakes]
    return mistakes


def _show(findings: Sequence[Finding]) -> None:
    """Print findings grouped by outcome."""
    from bayes.cli.terminal import say

    for (trial, outcome), group in groupby(findings, key=lambda f: (f.trial, f.outcome)):
        click.echo(f"{trial}:{outcome}")
        for finding in group:
            known = ", acknowledged" if finding.acknowledged else ""
            click.echo(f"  {finding.path}: {finding.verdict}{known}")
            say(f"    {finding.text}", hang="    ")
            if finding.acknowledged:
                say(f"    acknowledged: {finding.acknowledged}", hang="    ")
        click.echo()


def _totals(files: int, mistakes: int, checks: int, findings: Sequence[Finding]) -> str:
    """Return the last line: numbers of files, checks, and findings by verdict."""
    from bayes.checks import UNDOCUMENTED, VERDICTS

    state = "all valid" if not mistakes else f"{mistakes} mistake{'s' * (mistakes > 1)}"
    parts = []
    for verdict in VERDICTS:
        group = [f for f in findings if f.verdict == verdict]
        if verdict == UNDOCUMENTED and not group:
            continue
        known = sum(f.acknowledged is not None for f in group)
        parts.append(f"{len(group)} {verdict}" + (f" ({known} acknowledged)" if known else ""))
    return f"{files} file{'s' * (files != 1)}, {state}; {checks} checks: {', '.join(parts)}"
