"""`bayes merge`: join the shards of a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import results_folder


@click.command(name="merge")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER...")
@results_folder
def command(folders: tuple[Path, ...], out: Path) -> None:
    """Join results folders of `bayes regenerate CORPUS --shard i/n`.

    The files are the same, byte for byte, as those of a single run. Blocks stay where they are; FOLDER may be on a
    shared disk.

    Exit code 0: the files are written. 2: shards are missing, or of different runs.
    """
    from bayes.corpus.folder import merge

    rows = merge(folders, out)
    written = [f"{count:,} rows in {out / f'{name}.parquet'}" for name, count in rows.items() if name != "rejected"]
    click.echo(f"{'; '.join(written)}; {rows['rejected']:,} rejected", err=True)
