"""The options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path

import click


def _register(context: click.Context, parameter: click.Parameter, files: tuple[Path, ...]) -> None:
    """Register models from outside the package before anything else is read, because files may name them."""
    from bayes.fitting.registration import register

    for file in files:
        register(file)


FOLDER = click.Path(path_type=Path, file_okay=False)


class Anywhere(click.Path):
    """A folder on this machine, as a path, or an address with a protocol (s3://...), as it is written."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | str:
        if isinstance(value, str) and "://" in value:
            return value
        found: Path = super().convert(value, param, ctx)  # type: ignore[assignment]  # by path_type
        return found


ANYWHERE = Anywhere(path_type=Path, file_okay=False)

results_folder = click.option(
    "--results", "--out", "out", type=FOLDER, default=Path("results"), show_default=True, help="Results folder."
)
results_anywhere = click.option(
    "--results",
    "--out",
    "out",
    type=ANYWHERE,
    default=Path("results"),
    show_default=True,
    help="Results folder; of a corpus also an address of fsspec, such as s3://bucket/results.",
)
json_rows = click.option("--json", "as_json", is_flag=True, help="Print one JSON array of rows.")
worker_processes = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    help="Worker processes.  [default: cores]",
)
dask_scheduler = click.option(
    "--scheduler", metavar="ADDRESS", help="Run on the workers of a Dask cluster, in place of --jobs."
)
everything = click.option("--all", "whole", is_flag=True, help="Print every table, row and note.")
prior_set = click.option("--priors", default="default", show_default=True, metavar="NAME|FILE", help="Prior set.")
user_seed = click.option("--seed", type=int, default=None, help="The user's part of every seed.")
own_models = click.option(
    "--model-file",
    "model_files",
    type=click.Path(path_type=Path),
    multiple=True,
    is_eager=True,
    expose_value=False,
    callback=_register,
    help="A Python file with a likelihood or an effect structure of your own. Repeatable.",
)
