"""The progress of a long run: a bar on a terminal, a line per posterior elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from bayes.results.fits import Done


class Progress:
    """A listener and context manager that shows what is due (`begin`) and each item as it is written (`report`)."""

    def __init__(self, quiet: bool) -> None:
        self._total = self._count = 0
        self._quiet = quiet
        self._bar: Bar | None = None

    def __enter__(self) -> Progress:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = bar.add_task("reading", total=None)
            bar.start()
            self._bar = bar
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, due: dict[str, str]) -> None:
        self._total = total = len(due)
        for key, reason in due.items() if not self._quiet else ():
            if reason != "missing":
                click.echo(f"stale: {key}: {reason}", err=True)
        if self._bar is not None:
            self._bar.update(self._task, total=total, description="compiling")

    def report(self, done: Done) -> None:
        self._count += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._count, description=done.key)
        elif not self._quiet:
            reason = f": {done.reason}" if done.reason else ""
            click.echo(f"[{self._count}/{self._total}] {done.key} {done.status} {done.seconds:.1f} s{reason}", err=True)
