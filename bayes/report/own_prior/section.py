"""The data behind "Bring your own prior", from which a page computes posteriors in the browser.

The page contains the likelihood curve as numbers and a script, `own_prior.js`, that integrates prior times likelihood
as `bayes.quadrature.tabled` does. No server is involved.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from importlib.resources import files
from typing import Literal, TypedDict

from bayes.base.distributions import Distribution, number
from bayes.likelihoods.choice import likelihood_of
from bayes.plots.axes import RATIO_TICKS, EffectScale
from bayes.report.own_prior.embedded_curve import EmbeddedCurve, embedded_curve
from bayes.sensitivity.prior_family import BETA_MEANS, BETA_SDS, MEANS, SDS
from bayes.sensitivity.priors_side_by_side import every_prior
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import Synthesis

Family = Literal["normal", "student_t", "beta", "mixture"]
FAMILIES: dict[str, Family] = {"normal": "normal", "student_t": "student_t", "beta": "beta"}
TEMPLATE = "own_prior.html"  # in bayes/report/pages/templates; takes `own_prior`


class Movable(TypedDict):
    """The adjustable parameters of a prior, on the analysis scale."""

    family: Family
    values: list[float]  # of a mixture of two normals: the weight of the first, its mean and sd, the mean and sd


class Start(Movable):
    """A prior from which a reader may start."""

    name: str
    expression: str


class Ranges(TypedDict):
    """The ranges of the sliders, on the analysis scale; values beyond them may be typed."""

    mean: list[float]
    sd: list[float]
    mcid: list[float]


class OwnPrior(TypedDict):
    """The data that `TEMPLATE` and its script need for an outcome or a synthesis, ready for JSON."""

    target: str
    label: str
    measure: str  # in words
    log: bool  # the analysis scale is logarithmic
    proportion: bool
    sign: int  # +1 if higher is better
    null: float  # on the analysis scale
    mcid: float | None  # on the measure's own scale
    rope: list[float] | None  # two limits on the measure's own scale
    sides: list[str]  # what an effect above and below no effect means
    ticks: list[list[float]]  # of the axis of a ratio, from coarse to fine
    curve: EmbeddedCurve
    shape: str  # of the priors: normal, or beta for a proportion
    ranges: Ranges
    main: str  # the main prior
    priors: list[Start]  # to start from, first the main prior if it can be adjusted
    heterogeneity: str | None
    synthesis: bool
    command: str  # reproduces an answer once `--prior` is appended


def script() -> str:
    """Return the JavaScript that makes each section of `TEMPLATE` on a page live; a page includes it once, verbatim."""
    return (files("bayes.report.own_prior") / "own_prior.js").read_text(encoding="utf-8")


def style() -> str:
    """Return the style sheet of these sections; a page includes it once."""
    return (files("bayes.report.own_prior") / "own_prior.css").read_text(encoding="utf-8")


def embedded(subject: Subject, name: str | None = None, more: Sequence[str] = ()) -> OwnPrior:
    """Return the data that `TEMPLATE` needs for an outcome or a synthesis, as plain values ready for JSON.

    Parameters
    ----------
    subject : Subject
        The target with its main prior, from which the reader starts.
    name : str, optional
        The target's name in a `bayes fit` command: by default that of a shipped target; for a user's file, its path.
    more : sequence of str
        Further arguments of that command, such as `("--priors", "my_set.toml")`.

    Returns
    -------
    OwnPrior

    Raises
    ------
    NotFormable
        If the target is a meta-regression, whose mean has no likelihood curve.
    """
    target, scale = subject.target, EffectScale.of(subject.target)
    curve = embedded_curve(subject.curve)
    offered = _offered(subject)
    return {
        "target": target.name,
        "label": target.label,
        "measure": scale.words,
        "log": scale.is_log,
        "proportion": target.measure == "proportion",
        "sign": subject.sign,
        "null": float(subject.null),
        "mcid": scale.mcid,
        "rope": None if target.rope_natural is None else [float(limit) for limit in target.rope_natural],
        "sides": list(scale.sides),
        "ticks": [list(tier) for tier in RATIO_TICKS],
        "curve": curve,
        "shape": subject.family.shape,
        "ranges": _ranges(subject),
        "main": str(subject.prior),
        "priors": offered,
        "heterogeneity": str(subject.heterogeneity) if subject.heterogeneity else None,
        "synthesis": subject.is_synthesis,
        "command": " ".join(map(_quoted, ["bayes", "fit", name or target.name, *_as_here(subject), *more])),
    }


def movable(prior: Distribution) -> Movable | None:
    """Return the adjustable parameters of a prior, on the analysis scale; None for a shape that is not offered."""
    parts = prior.components
    if prior.spike:
        return None
    if len(parts) == 2 and all(d.name == "normal" for _, d in parts):
        (weight, first), (_, second) = parts
        return {"family": "mixture", "values": [weight, *first.args, *second.args]}
    if len(parts) == 1 and (family := FAMILIES.get(parts[0][1].name)) is not None:
        return {"family": family, "values": list(parts[0][1].args)}
    return None


def _offered(subject: Subject) -> list[Start]:
    """Return the named priors that a reader can adjust, the main one first."""
    named = [(subject.analysis.prior.name, subject.prior)]
    for name, formed in every_prior(subject):
        if not isinstance(formed, str) and isinstance(formed.distribution, Distribution):
            named.append((name, formed.distribution))
    found: dict[str, Start] = {}
    for name, prior in named:
        if str(prior) not in found and (start := _start(name, prior)) is not None:
            found[str(prior)] = start
    if found:
        return list(found.values())
    middle = 0.5 if subject.family.shape == "beta" else subject.null
    usual = _start("neutral width", subject.family.prior(middle, subject.family.sd))
    return [] if usual is None else [usual]


def _start(name: str, prior: Distribution) -> Start | None:
    """Return a prior with its adjustable parameters; None for a shape that is not offered."""
    parameters = movable(prior)
    return None if parameters is None else {"name": name, "expression": str(prior), **parameters}


def _ranges(subject: Subject) -> Ranges:
    """Return the ranges of the sliders, on the analysis scale; values beyond them may be typed."""
    if subject.family.shape == "beta":
        return {"mean": list(BETA_MEANS), "sd": list(BETA_SDS), "mcid": [0.0, 1.0]}
    unit, null = subject.family.unit, subject.null
    far = [null - MEANS * unit, null + MEANS * unit]
    if subject.mcid is not None:
        far = [min(far[0], 2 * subject.mcid), max(far[1], 2 * subject.mcid)]
    if subject.target.measure == "risk_difference":
        far = [max(far[0], -0.99), min(far[1], 0.99)]
    return {"mean": far, "sd": [s * unit for s in SDS], "mcid": far}


def _as_here(subject: Subject) -> list[str]:
    """Return the arguments that `bayes fit` needs in order to use the same likelihood as the curve."""
    analysis, target = subject.analysis, subject.target
    if isinstance(target, Synthesis):
        model = [] if analysis.joined_by == target.model else ["--model", analysis.model]
        return model + ([] if subject.heterogeneity is None else ["--heterogeneity", str(subject.heterogeneity)])
    arguments = []
    if analysis.likelihoods[0] != likelihood_of(target):
        arguments += ["--likelihood", analysis.likelihoods[0]]
    if target.selection is not None:
        arguments += ["--omega", number(analysis.omegas[0])]
    return arguments


def _quoted(argument: str) -> str:
    """Quote an argument for a shell, expressions in double quotes, which every shell accepts."""
    return f'"{argument}"' if re.fullmatch(r"[\w(),.*+ -]*[( ][\w(),.*+ -]*", argument) else shlex.quote(argument)
