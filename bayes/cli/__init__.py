"""The command `bayes`: one short module per verb, imported only when it is used."""

from __future__ import annotations

import errno
import importlib
import sys

import click

from bayes.cli.ending import INTERRUPTED, in_order
from bayes.errors import BayesError, NotWritten

VERBS = {
    "regenerate": "Fit what is missing or stale and write results/ (everything shipped, unless named).",
    "fit": "Fit one trial or outcome and print its rows; store nothing.",
    "compare": "Fit one outcome under every likelihood that can read it, side by side.",
    "sensitivity": "Show where a conclusion would change, and what prior it would take.",
    "operating": "Give type I error, power and Bayesian averages of a decision rule, if the trial were repeated.",
    "joint": "Give joint probabilities of statements about several outcomes of one trial.",
    "check": "Validate files, listing all mistakes at once, and check the arithmetic of every report.",
    "show": "Show what a trial, outcome or synthesis file says, and what it does not disclose.",
    "status": "List which stored posteriors are up to date, and why others are not.",
    "diff": "List conclusions that moved beyond Monte Carlo error between two results folders.",
    "export": "Write the summary of a results folder as CSV, JSON, Parquet, Excel, Word, LaTeX or HTML.",
    "report": "Write results/report/: pages that open from disk, one per outcome, trial and synthesis.",
    "merge": "Join the shards of a corpus into one results folder.",
    "corpus": "Summarise a corpus: how often conclusions change with the prior, and how far effects shrink.",
    "calibrate": "Predict later trials from early ones under every prior of a set, and score the predictions.",
    "calculator": "Write a page on which anyone can type a result and see its posterior, without a server.",
    "reproduce": "Sample every posterior in a bundle again, and compare every number.",
    "import": "Turn registry records, reviews or tables into trial and synthesis files, with a ledger.",
    "new": "Write a commented skeleton of a trial or synthesis file.",
    "elicit": "Turn what experts state about an effect into a prior set.",
    "list": "List trials, outcomes, priors, models, measures or columns; or print the JSON Schema of a trial file.",
}
LONG = 200  # characters of a path in a message


class Verbs(click.Group):
    """A group that imports a subcommand only when it is used, so that help is fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"bayes.cli.{name}_").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from bayes.errors import did_you_mean

        if args and args[0] not in VERBS and not args[0].startswith("-"):
            ctx.fail(f"no command {args[0]!r}{did_you_mean(args[0], VERBS)}; accepted: {', '.join(VERBS)}")
        return super().resolve_command(ctx, args)


BEGIN = """To begin, a report of your own, and one that is shipped:

\b
bayes fit --measure hazard_ratio --estimate 0.75 --ci 0.55 1.02 --benefit lower
bayes fit mesems:gel_24w
"""


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog=BEGIN)
@click.version_option(package_name="bayes-reanalysis", prog_name="bayes")
def bayes() -> None:
    """Reanalyse published randomised trials with Bayesian methods."""


def main() -> None:
    """Run the command line: a user's mistake ends it with exit code 2, a system that does not let it write with 1.

    Both give a message, never a traceback.
    """
    try:
        with in_order():
            bayes.main(standalone_mode=True)
    except NotWritten as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BayesError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        if error.errno is None or error.strerror is None:  # raised by a library, not by the system
            raise
        if error.errno == errno.ENAMETOOLONG:
            click.echo(f"{str(error.filename)[:LONG]}...: too long a path for this system", err=True)
            sys.exit(2)
        click.echo(f"{error.filename or 'a file'}: {error.strerror[:1].lower()}{error.strerror[1:]}", err=True)
        sys.exit(1)
