"""The workers that `--scheduler` names: connected to, and shown, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bayes.results.scheduler import Scheduler


@contextmanager
def workers_at(address: str | None, quiet: bool) -> Iterator[Scheduler | None]:
    """Connect to a scheduler and say how many workers it has and where its dashboard is; without an address, None."""
    if address is None:
        yield None
        return
    from bayes.results.scheduler import connected

    with connected(address) as scheduler:
        if not quiet:
            click.echo(str(scheduler), err=True)
        yield scheduler
