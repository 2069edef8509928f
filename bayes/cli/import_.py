"""`bayes import`: registry records, reviews and tables become trial and synthesis files."""

from __future__ import annotations

from pathlib import Path

import click

from bayes.cli.options import FOLDER


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER...", type=click.Path(path_type=Path))
@click.option("--out", type=FOLDER, default=Path("imported"), show_default=True, help="Folder of the files.")
@click.option("--format", "format_", metavar="NAME", help="Format (`bayes list formats`).  [default: recognised]")
@click.option("--treatment", metavar="NAME", help="The treatment arm, where the source does not say which it is.")
@click.option("--control", metavar="NAME", help="The control arm, where the source does not say which it is.")
@click.option(
    "--benefit",
    type=click.Choice(["higher", "lower"]),
    help="The direction of the effect that is good for the patient, where the source does not say it.",
)
@click.option("--answers", type=click.Path(path_type=Path), help="Answers file: decisions about single results.")
@click.option("--force", is_flag=True, help="Write files again that were edited since they were imported.")
def command(
    paths: tuple[Path, ...],
    out: Path,
    format_: str | None,
    treatment: str | None,
    control: str | None,
    benefit: str | None,
    answers: Path | None,
    force: bool,
) -> None:
    """Turn registry records, reviews or tables into trial and synthesis files that pass `bayes check`.

    Writes a file per trial and per analysis, `ledger.csv` with what became of every result of the source (imported,
    offered or refused, with the reason and its place), `ledger.md`, its summary, and `answers.toml` with the questions
    that are open. Nothing is guessed: what the source does not say is offered until it is decided.

    Exit code 0: the source was read. 2: it could not be read; nothing was written.
    """
    from bayes.base.toml import ANSWERS
    from bayes.cli.terminal import line
    from bayes.importing.ledger import LEDGER
    from bayes.importing.verbs import decisions, write

    decided = decisions(treatment, control, benefit, answers)  # type: ignore[arg-type]  # click allows the two words
    counts = write(paths, out, decided, format=format_, force=force)
    line(f"{counts.in_one_line()}.")
    line(f"Wrote {out}/; what became of each result: {out / LEDGER}")
    if counts.by_status["offered"]:
        line(f"To decide what is offered: edit {out / ANSWERS}, then repeat the command with --answers {out / ANSWERS}")
    if counts.trials:
        line(f"Next: bayes check {out}    bayes regenerate {out}    bayes report")
