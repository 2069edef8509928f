"""The outcomes and syntheses that a user names on the command line or in a notebook, with all mistakes at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from bayes.base.toml import files_of, read_toml, shipped
from bayes.errors import InvalidInput, Mistake, UnknownName, first
from bayes.paper.trial import Outcome, Trial, load_trial
from bayes.priors.sets import is_prior_set
from bayes.synthesis.file import Synthesis, is_synthesis, load_synthesis

Endpoint = Outcome | Synthesis
Target = Endpoint | Trial | str | os.PathLike[str]
"""What every public verb takes: an object, a name such as "mesems:gel_24w", or a path."""


def resolve(target: Target) -> Outcome | Synthesis:
    """Find the outcome or synthesis that is meant.

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str or path
        An object, which is returned as it is (a trial must have one outcome); `trial:outcome`; the name of a synthesis;
        or the path of a file that holds one outcome or a synthesis.

    Returns
    -------
    Outcome or Synthesis

    Raises
    ------
    InvalidInput
        If nothing has that name, several outcomes have, or the file is not valid.

    Examples
    --------
    >>> import bayes
    >>> bayes.resolve("mesems:gel_24w").measure
    'rate_ratio'
    """
    if isinstance(target, Outcome | Synthesis):
        return target
    found: list[Endpoint]
    if isinstance(target, Trial):
        name, found = target.id, [*target.outcomes.values()]
    elif isinstance(target, str | os.PathLike):
        name = os.fspath(target)
        found = find_targets([name])
    else:
        accepted = "accepted: an outcome, a synthesis, a name such as 'mesems:gel_24w', or a path"
        raise InvalidInput("target", [f"{type(target).__name__} is not an outcome; {accepted}"])
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found)
    raise InvalidInput(name, [f"one outcome is needed, found {len(found)}: {names}"])


def find_targets(names: Sequence[str]) -> list[Endpoint]:
    """Return the outcomes and syntheses that names stand for; with no names, everything shipped.

    Parameters
    ----------
    names : sequence of str
        Each a trial or synthesis id, `trial:outcome`, a TOML file, or a folder of TOML files.

    Raises
    ------
    InvalidInput
        Listing every mistake in every named file.
    """
    found: list[Endpoint] = []
    mistakes: list[Mistake] = []
    for name in names or [*shipped("trials"), *shipped("syntheses")]:
        for one in _files(name):
            try:
                found += _load(one)
            except InvalidInput as error:
                mistakes += [Mistake(error.source, str(m)) for m in error.mistakes]
    mistakes += _twice(found)
    if mistakes:
        raise Invalid(mistakes)
    return found


def in_order(targets: Iterable[Endpoint]) -> list[Endpoint]:
    """Return trials by id, outcomes as in their file, then syntheses by id, however they were named or found."""

    def place(target: Endpoint) -> tuple[bool, str, int]:
        if isinstance(target, Synthesis):
            return True, target.id, 0
        return False, target.trial.id, [*target.trial.outcomes].index(target.id)

    return sorted(targets, key=place)


class Invalid(InvalidInput):
    """The mistakes of several files; each line names its own file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        super().__init__("", mistakes)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in first(self.mistakes))


def _files(name: str) -> list[str]:
    folder = Path(name)
    if not os.path.isdir(folder):
        return [name]
    found = [str(path) for path in files_of(folder) if not _is_prior_set(path)]
    return found or [str(folder / "*.toml")]


def _is_prior_set(path: Path) -> bool:
    """Return whether a file is a prior set, which may share the folder; unreadable files are reported later."""
    try:
        return is_prior_set(read_toml(path))
    except InvalidInput:
        return False


def _load(name: str) -> list[Endpoint]:
    if is_synthesis(name):
        return [load_synthesis(name)]
    trial, colon, outcome = name.rpartition(":")
    if colon and not os.path.isfile(name):
        return [load_trial(trial).outcomes[outcome]]
    if not name.endswith(".toml") and not os.path.isfile(name) and name not in shipped("trials"):
        raise UnknownName("trial or synthesis", name, [*shipped("trials"), *shipped("syntheses")])
    return list(load_trial(name).outcomes.values())


def _twice(targets: Iterable[Endpoint]) -> list[Mistake]:
    """Return a mistake for each id claimed by two different files, as both would write one posterior.

    The same outcome named twice counts as one.
    """
    seen: dict[str, Endpoint] = {}
    mistakes = []
    for target in targets:
        other = seen.setdefault(target.name, target)
        if other is not target:
            mistakes.append(Mistake(target.name, "named more than once"))
    return mistakes
