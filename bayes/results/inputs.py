"""What a results folder was computed from: copies of its files, and what was asked of them.

    inputs/trials/ID.toml   inputs/syntheses/ID.toml   inputs/priors/ID.toml   inputs/asked.json

With them a folder can be reported on, bundled and recomputed without the files of the user's machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bayes.analysis.analysis import Settings
from bayes.analysis.plan import Plan, make_plan
from bayes.base.toml import shipped
from bayes.errors import InvalidInput
from bayes.paper.trial import Outcome, Trial, load_trial
from bayes.priors.sets import PriorSet, load_priors
from bayes.results.store import write_text
from bayes.synthesis.file import Synthesis, load_synthesis

FOLDER = "inputs"
ASKED = "asked.json"
TRIALS, SYNTHESES, PRIORS = "trials", "syntheses", "priors"


@dataclass(frozen=True)
class Asked:
    """Outcomes and syntheses (by name) that were fitted under one prior set and one user's seed (None: the default).

    `files` says where the originals of trials, syntheses and the set lie that are not shipped: id -> path from the
    results folder.
    """

    names: tuple[str, ...]
    priors: str
    seed: int | None
    files: Mapping[str, str] = field(default_factory=dict, compare=False)


def keep(targets: Iterable[Outcome | Synthesis], priors: PriorSet, seed: int | None, folder: Path) -> None:
    """Copy the files of these targets and priors into a results folder and note what was asked.

    A target that was asked for before under the same set is noted once, with the seed of this time.
    """
    targets, root = list(targets), folder / FOLDER
    for target in targets:
        _keep_target(target, root)
    _keep_priors(priors, root)
    now = Asked(tuple(target.name for target in targets), priors.id, seed, _originals([*targets, priors], folder))
    before = [_without(one, now) for one in asked(folder)] if (root / ASKED).is_file() else []
    same = [one for one in before if (one.priors, one.seed) == (now.priors, now.seed)]
    kept = [one for one in before if one not in same and one.names]
    files = {id_: path for one in (*same, now) for id_, path in one.files.items()}
    kept.append(Asked((*(name for one in same for name in one.names), *now.names), now.priors, now.seed, files))
    said = [asdict(one) for one in kept]
    write_text(root / ASKED, json.dumps(said, indent=1, ensure_ascii=False) + "\n")


def renew_priors(priors: PriorSet, folder: Path) -> None:
    """Copy a prior set anew that the folder was computed under: its reasons may have changed, its id may not.

    Raises
    ------
    InvalidInput
        If nothing there was computed under a set of this id.
    """
    used = list(dict.fromkeys(one.priors for one in asked(folder)))
    if priors.id not in used:
        problem = f"{folder} was computed under {', '.join(used)}, not under {priors.id!r}"
        raise InvalidInput(str(priors.path), [problem])
    _keep_priors(priors, folder / FOLDER)


def asked(folder: Path) -> list[Asked]:
    """What was asked of a results folder, the latest last.

    Raises
    ------
    InvalidInput
        If the folder holds no inputs.
    """
    path = folder / FOLDER / ASKED
    if not path.is_file():
        problem = f"no {FOLDER}/{ASKED} tells what it was computed from; `bayes regenerate --out {folder}` writes it"
        raise InvalidInput(str(folder), [problem])
    said = json.loads(path.read_text("utf-8"))
    return [Asked(tuple(one["names"]), one["priors"], one["seed"], one.get("files", {})) for one in said]


def targets_of(folder: Path, one: Asked, originals: bool = False) -> list[Outcome | Synthesis]:
    """The outcomes and syntheses that were asked for, loaded from the copies, or from the files as they are now."""
    trials, found = {}, []
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


def priors_of(folder: Path, one: Asked, originals: bool = False) -> PriorSet:
    """The prior set that was used, loaded from its copy, or from the file as it is now."""
    return load_priors(_file(folder, one, PRIORS, one.priors, originals))


def plan_of(folder: Path, seed: int | None = None, originals: bool = False, priors: PriorSet | None = None) -> Plan:
    """Everything that was asked of a results folder, planned from the copies; `seed` replaces the seeds it had.

    With `originals` it is planned from the files as they are now, where they still exist: what has changed since is
    then stale. `priors` replaces the sets it was made under. Of a posterior that was asked for twice under priors of
    one name, the later is planned.

    Raises
    ------
    InvalidInput
        If the folder holds no inputs.
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
    """Whether a copy equals the shipped file of its id, which the command then takes by that id."""
    kind = {Trial: TRIALS, Synthesis: SYNTHESES, PriorSet: PRIORS}[type(target)]
    original = shipped(kind).get(target.id)
    return original is not None and original.read_text("utf-8") == target.path.read_text("utf-8")


def _without(one: Asked, now: Asked) -> Asked:
    """What was asked before, less what is asked anew under the same set."""
    if one.priors != now.priors:
        return one
    return Asked(tuple(name for name in one.names if name not in now.names), one.priors, one.seed)


def _originals(sources: Iterable[Outcome | Synthesis | PriorSet], folder: Path) -> dict[str, str]:
    """Where the files lie that are not shipped, from the results folder on, so that both may move together."""
    whole = [source.trial if isinstance(source, Outcome) else source for source in sources]
    paths = {one.id: one.path.resolve() for one in whole if not is_shipped(one)}
    try:
        return {id_: Path(os.path.relpath(path, folder.resolve())).as_posix() for id_, path in paths.items()}
    except ValueError:  # on another drive
        return {}


def _file(folder: Path, one: Asked, kind: str, id_: str, originals: bool) -> Path:
    """The copy of a file; or its original, a shipped one where it is none of the user's, if that is still there."""
    copy = folder / FOLDER / kind / f"{id_}.toml"
    original = folder / one.files[id_] if id_ in one.files else shipped(kind).get(id_, copy)
    return original if originals and original.is_file() else copy


def _keep_target(target: Outcome | Synthesis, root: Path) -> None:
    if isinstance(target, Outcome):
        _keep_trial(target.trial, root)
    else:
        _keep_synthesis(target, root)


def _keep_trial(trial: Trial, root: Path) -> None:
    _copy(trial.path, root / TRIALS / f"{trial.id}.toml", {})


def _keep_synthesis(synthesis: Synthesis, root: Path) -> None:
    """With the trials that it names by path: in the copy, by the path of theirs."""
    moved = {}
    for written, outcome in zip(synthesis.outcomes, synthesis.named, strict=True):
        if written != outcome.name:
            _keep_trial(outcome.trial, root)
            moved[written] = f"../{TRIALS}/{outcome.trial.id}.toml:{outcome.id}"
    _copy(synthesis.path, root / SYNTHESES / f"{synthesis.id}.toml", moved)


def _keep_priors(priors: PriorSet, root: Path) -> None:
    """With the trials and syntheses beside the set that its priors borrow from."""
    moved = {}
    for prior in priors.effect.values():
        for earlier in prior.outcomes:
            name, _, outcome = earlier.outcome.rpartition(":")
            if Path(name).is_file():
                trial = load_trial(name)
                _keep_trial(trial, root)
                old = Path(name).relative_to(priors.path.parent)
                moved[f"{old}:{outcome}"] = f"../{TRIALS}/{trial.id}.toml:{outcome}"
        if prior.synthesis is not None and Path(prior.synthesis).is_file():
            synthesis = load_synthesis(prior.synthesis)
            _keep_synthesis(synthesis, root)
            moved[str(Path(prior.synthesis).relative_to(priors.path.parent))] = f"../{SYNTHESES}/{synthesis.id}.toml"
    _copy(priors.path, root / PRIORS / f"{priors.id}.toml", moved)


def _copy(source: Path, target: Path, moved: Mapping[str, str]) -> None:
    """Copy a TOML file; strings that name files beside the original name their copies instead."""
    if target.exists() and target.samefile(source):
        return
    text = source.read_text("utf-8")
    for old, new in moved.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f"'{old}'", f'"{new}"')
    write_text(target, text)
