"""The inputs of a results folder: copies of the files it was computed from, and a record of what was requested.

    inputs/trials/ID.toml   inputs/syntheses/ID.toml   inputs/priors/ID.toml   inputs/models/NAME.py   inputs/asked.json

They allow a folder to be reported, bundled and recomputed without the user's original files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from bayes.analysis.analysis import Settings
from bayes.analysis.plan import Plan, make_plan
from bayes.base.toml import shipped
from bayes.base.unpacking import LONGEST, is_inside, shortened
from bayes.base.writing import write_text
from bayes.errors import InvalidInput
from bayes.fitting.registration import registered_files
from bayes.paper.trial import Outcome, Trial, load_trial
from bayes.priors.sets import PriorSet, load_priors
from bayes.synthesis.file import Synthesis, load_synthesis

FOLDER = "inputs"
ASKED = "asked.json"
LONGEST_NAME = 201  # two ids of 100 characters and a colon
KINDS = TRIALS, SYNTHESES, PRIORS, MODELS = "trials", "syntheses", "priors", "models"


@dataclass(frozen=True)
class FitRequest:
    """The outcomes and syntheses (by name) fitted under one prior set and one user's seed (None: the default).

    `files` locates the original files that are not shipped, as paths relative to the results folder, by id.
    """

    names: tuple[str, ...]
    priors: str
    seed: int | None
    files: Mapping[str, str] = field(default_factory=dict, compare=False)


def keep(targets: Iterable[Outcome | Synthesis], priors: PriorSet, seed: int | None, folder: Path) -> None:
    """Copy the files of targets and priors into a results folder, and record the request.

    A target that was requested before under the same set is recorded once, with the latest seed.
    """
    targets, root = list(targets), folder / FOLDER
    for file in registered_files():
        write_text(root / MODELS / file.name, file.read_text("utf-8"))
    for target in targets:
        _keep_target(target, root)
    _keep_priors(priors, root)
    now = FitRequest(tuple(target.name for target in targets), priors.id, seed, _originals([*targets, priors], folder))
    before = [_without(one, now) for one in asked(folder)] if (root / ASKED).is_file() else []
    same = [one for one in before if (one.priors, one.seed) == (now.priors, now.seed)]
    kept = [one for one in before if one not in same and one.names]
    files = {id_: path for one in (*same, now) for id_, path in one.files.items()}
    kept.append(FitRequest((*(name for one in same for name in one.names), *now.names), now.priors, now.seed, files))
    said = [asdict(one) for one in kept]
    write_text(root / ASKED, json.dumps(said, indent=1, ensure_ascii=False) + "\n")


def names_of_files(folder: Path) -> list[str]:
    """Return the files that a results folder was computed from and asked for, relative to it."""
    places = [folder / FOLDER, *(folder / FOLDER / kind for kind in KINDS)]
    files = [path for place in places for path in sorted(place.glob("[!.]*")) if path.is_file()]
    return [path.relative_to(folder).as_posix() for path in files]


def renew_priors(priors: PriorSet, folder: Path) -> None:
    """Update a folder's copy of a prior set whose rationales have changed but whose id has not.

    Raises
    ------
    InvalidInput
        If nothing in the folder was computed under a set with this id.
    """
    used = list(dict.fromkeys(one.priors for one in asked(folder)))
    if priors.id not in used:
        problem = f"{folder} was computed under {', '.join(used)}, not under {priors.id!r}"
        raise InvalidInput(str(priors.path), [problem])
    _keep_priors(priors, folder / FOLDER)


def asked(folder: Path) -> list[FitRequest]:
    """Return the requests recorded in a results folder, the latest last.

    Raises
    ------
    InvalidInput
        If the folder contains no inputs, or was made with models from outside the package that are not registered:
        their copies are not run unless they are named.
    """
    if (folder / FOLDER / ASKED).exists():
        _need_models(folder / FOLDER / MODELS)
    return requests(folder)


def requests(folder: Path) -> list[FitRequest]:
    """Return the requests recorded in a results folder, whichever models it was made with.

    Raises
    ------
    InvalidInput
        If the folder contains no inputs, or the record cannot be read.
    """
    path = folder / FOLDER / ASKED
    if not path.exists():
        problem = f"no record of its inputs ({FOLDER}/{ASKED}); `bayes regenerate --out {folder}` writes it"
        raise InvalidInput(str(folder), [problem])
    try:
        found = _adapter().validate_json(path.read_bytes(), strict=False)
    except (OSError, ValueError):
        problem = f"not a record of inputs; `bayes regenerate --out {folder}` with its names and priors writes it"
        raise InvalidInput(str(path), [problem]) from None
    ids = [*(name for one in found for name in one.names), *(one.priors for one in found)]
    if unsafe := [name for name in ids if not is_inside(name) or "/" in name or len(name) > LONGEST_NAME]:
        raise InvalidInput(str(path), shortened([f"{name[:LONGEST]!r} is not the name of an input" for name in unsafe]))
    return found


@cache
def _adapter() -> TypeAdapter[list[FitRequest]]:
    return TypeAdapter(list[FitRequest])


def _need_models(copies: Path) -> None:
    """Refuse a folder that was made with models from outside the package, unless they are registered."""
    known = {file.name for file in registered_files()}
    lacking = [copy for copy in sorted(copies.glob("*.py")) if copy.name not in known]
    if lacking:
        mistakes = [f"made with {copy.name}, which is not registered: --model-file {copy}" for copy in lacking]
        raise InvalidInput(str(copies.parent.parent), mistakes)


def targets_of(folder: Path, one: FitRequest, originals: bool = False) -> list[Outcome | Synthesis]:
    """Load the outcomes and syntheses that were requested, from the copies or from the current original files."""
    trials: dict[str, Trial] = {}
    found: list[Outcome | Synthesis] = []
    for name in one.names:
        trial, colon, outcome = name.partition(":")
        if colon:
            if trial not in trials:
                trials[trial] = load_trial(_file(folder, one, TRIALS, trial, originals))
            if outcome in trials[trial].outcomes:
                found.append(trials[trial].outcomes[outcome])
        else:
            found.append(load_synthesis(_file(folder, one, SYNTHESES, name, originals)))
    return found


def priors_of(folder: Path, one: FitRequest, originals: bool = False) -> PriorSet:
    """Load the prior set that was used, from its copy or from the current original file."""
    return load_priors(_file(folder, one, PRIORS, one.priors, originals))


def plan_of(folder: Path, seed: int | None = None, originals: bool = False, priors: PriorSet | None = None) -> Plan:
    """Plan everything that was requested of a results folder.

    Parameters
    ----------
    seed : int, optional
        A seed to use in place of those recorded.
    originals : bool
        Plan from the current original files where they still exist, so that whatever has changed is stale; otherwise
        from the copies.
    priors : PriorSet, optional
        A set to use in place of those recorded.

    Returns
    -------
    Plan
        If a posterior was requested twice under priors of the same name, the later request.

    Raises
    ------
    InvalidInput
        If the folder contains no inputs.
    """
    plans = []
    for one in asked(folder):
        used = one.seed if seed is None else seed
        settings = Settings() if used is None else Settings(seed=used)
        chosen = priors_of(folder, one, originals) if priors is None else priors
        plans.append(make_plan(targets_of(folder, one, originals), chosen, settings=settings))
    analyses = {analysis.key: analysis for plan in plans for analysis in plan.analyses}
    return Plan(tuple(analyses.values()), tuple(skipped for plan in plans for skipped in plan.skipped))


def is_shipped(target: Trial | Synthesis | PriorSet) -> bool:
    """Return whether a copy equals the shipped file with its id, so that a command can refer to it by that id."""
    kind = {Trial: TRIALS, Synthesis: SYNTHESES, PriorSet: PRIORS}[type(target)]
    original = shipped(kind).get(target.id)
    return original is not None and original.read_text("utf-8") == file_of(target).read_text("utf-8")


def _without(one: FitRequest, now: FitRequest) -> FitRequest:
    """Return an earlier request without what is now requested again under the same set."""
    if one.priors != now.priors:
        return one
    return FitRequest(tuple(name for name in one.names if name not in now.names), one.priors, one.seed)


def file_of(source: Trial | Synthesis | PriorSet) -> Path:
    """Return the file that a trial, a synthesis or a prior set was loaded from.

    Raises
    ------
    InvalidInput
        If it exists in memory only.
    """
    if source.path is None:
        raise InvalidInput(
            source.id, ["exists in memory only; a results folder keeps a copy of the file of each input"]
        )
    return source.path


def _originals(sources: Iterable[Outcome | Synthesis | PriorSet], folder: Path) -> dict[str, str]:
    """Locate files that are not shipped, relative to the results folder, so that both may be moved together."""
    whole = [source.trial if isinstance(source, Outcome) else source for source in sources]
    paths = {one.id: file_of(one).resolve() for one in whole if not is_shipped(one)}
    try:
        return {id_: Path(os.path.relpath(path, folder.resolve())).as_posix() for id_, path in paths.items()}
    except ValueError:  # on another drive
        return {}


def _file(folder: Path, one: FitRequest, kind: str, id_: str, originals: bool) -> Path:
    """Return the copy of a file, or its original (the user's or the shipped one) if requested and still present."""
    copy = folder / FOLDER / kind / f"{id_}.toml"
    original = folder / one.files[id_] if id_ in one.files else shipped(kind).get(id_, copy)
    return original if originals and original.is_file() else copy


def _keep_target(target: Outcome | Synthesis, root: Path) -> None:
    if isinstance(target, Outcome):
        _keep_trial(target.trial, root)
    else:
        _keep_synthesis(target, root)


def _keep_trial(trial: Trial, root: Path) -> None:
    _copy(file_of(trial), root / TRIALS / f"{trial.id}.toml", {})


def _keep_synthesis(synthesis: Synthesis, root: Path) -> None:
    """Copy a synthesis and the trials it names by path, which the copy then names by the path of their copies."""
    moved = {}
    for written, outcome in zip(synthesis.outcomes, synthesis.named, strict=True):
        if written != outcome.name:
            _keep_trial(outcome.trial, root)
            moved[written] = f"../{TRIALS}/{outcome.trial.id}.toml:{outcome.id}"
    _copy(file_of(synthesis), root / SYNTHESES / f"{synthesis.id}.toml", moved)


def _keep_priors(priors: PriorSet, root: Path) -> None:
    """Copy a prior set and any trials and syntheses named by path from which its priors borrow."""
    moved = {}
    for prior in priors.effect.values():
        for earlier in prior.outcomes:
            name, _, outcome = earlier.outcome.rpartition(":")
            if Path(name).is_file():
                trial = load_trial(name)
                _keep_trial(trial, root)
                old = Path(name).relative_to(file_of(priors).parent)
                moved[f"{old}:{outcome}"] = f"../{TRIALS}/{trial.id}.toml:{outcome}"
        if prior.synthesis is not None and Path(prior.synthesis).is_file():
            synthesis = load_synthesis(prior.synthesis)
            _keep_synthesis(synthesis, root)
            moved[str(Path(prior.synthesis).relative_to(file_of(priors).parent))] = (
                f"../{SYNTHESES}/{synthesis.id}.toml"
            )
    _copy(file_of(priors), root / PRIORS / f"{priors.id}.toml", moved)


def _copy(source: Path, target: Path, moved: Mapping[str, str]) -> None:
    """Copy a TOML file, replacing the names of files next to the original by those of their copies."""
    if target.exists() and target.samefile(source):
        return
    text = source.read_text("utf-8")
    for old, new in moved.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f"'{old}'", f'"{new}"')
    write_text(target, text)
