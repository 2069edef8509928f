"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False)

results_folder = click.option("--out", type=FOLDER, default=Path("results"), show_default=True, help="Results folder.")
prior_set = click.option("--priors", default="default", show_default=True, metavar="NAME|FILE", help="Prior set.")
user_seed = click.option("--seed", type=int, default=None, help="The user's part of every seed.")
