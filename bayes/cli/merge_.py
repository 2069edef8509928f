"""`bayes merge`: join the shards of a corpus."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import ANYWHERE, results_anywhere


@click.command(name="merge")
@click.argument("folders", nargs=-1, required=True, type=ANYWHERE, metavar="FOLDER...")
@results_anywhere
def command(folders: tuple[Path | str, ...], out: Path | str) -> None:
    """Join results folders of `bayes regenerate CORPUS --shard i/n`.

    The files are the same, byte for byte, as those of a single run. Blocks stay where they are; FOLDER may be on a
    shared disk, or an address of fsspec (s3://bucket/folder).

    Exit code 0: the files are written. 2: shards are missing, or of different runs.
    """
    from bayes.corpus.folder import merge

    rows = merge(folders, out)
    written = [f"{count:,} rows in {out}/{name}.parquet" for name, count in rows.items() if name != "rejected"]
    click.echo(f"{'; '.join(written)}; {rows['rejected']:,} rejected", err=True)
