"""Prior expressions: `normal(0, 0.355)`, `mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))`, ...

An expression is taken literally, in the grammar of `expressions`. Here a
distribution is a name with validated numbers; densities are defined where they are sampled or integrated. All numbers
are on the scale of the parameter, except those of `interval(0.5, 2)`, which states the central 95% of a normal prior of
an effect on the measure's own scale and becomes that normal once the measure is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isfinite
from typing import Annotated

from pydantic import AfterValidator

from bayes.base import measures
from bayes.base.expressions import Argument, Call, ExpressionError, Weighted, quoted, read
from bayes.errors import did_you_mean

# the arguments of each distribution; those in POSITIVE must exceed zero
SIMPLE = {
    "normal": ("mean", "sd"),
    "student_t": ("df", "mean", "scale"),
    "half_normal": ("sd",),
    "half_cauchy": ("scale",),
    "half_student_t": ("df", "scale"),
    "lognormal": ("meanlog", "sdlog"),
    "log_student_t": ("df", "meanlog", "sdlog"),
    "inverse_gamma": ("shape", "scale"),
    "lomax": ("shape", "scale"),
    "uniform_shrinkage": ("scale",),
    "beta": ("a", "b"),
    "gamma": ("shape", "rate"),
    "dirichlet": ("concentration",),
    "uniform": ("low", "high"),
    "interval": ("low", "high"),
}
OWN_SCALE = "interval"  # the only one whose numbers are on the measure's own scale
POSITIVE = {"sd", "scale", "df", "sdlog", "shape", "rate", "a", "b", "concentration"}
NARROWEST, WIDEST = 1e-12, 1e12  # the range of scales; the magnitude of locations is at most WIDEST
# the least degrees of freedom and shapes: below them, virtually all the mass is in a tail or a spike
LEAST = {"df": 0.1} | dict.fromkeys(("a", "b", "shape", "concentration"), 1e-4)
COMPOUND = ("mixture", "spike_slab")
POSITIVE_LINE = (
    "half_normal", "half_cauchy", "half_student_t", "lognormal", "log_student_t", "inverse_gamma", "gamma", "lomax",
    "uniform_shrinkage",
)  # fmt: skip


@dataclass(frozen=True)
class Distribution:
    """A univariate distribution (or `dirichlet`, for the probabilities of categories).

    Attributes
    ----------
    name : str
        A name in `SIMPLE`, or `mixture` or `spike_slab`.
    args : tuple of float
        The arguments of a simple distribution, in the order of `SIMPLE`; for `spike_slab`, the weight of the spike.
    parts : tuple of (float, Distribution)
        The components of a mixture with their weights, which sum to one; for `spike_slab`, the slab with weight one.
    """

    name: str
    args: tuple[float, ...] = ()
    parts: tuple[tuple[float, Distribution], ...] = ()

    def __str__(self) -> str:
        if self.name == "mixture":
            return "mixture(" + ", ".join(f"{number(w)}*{d}" for w, d in self.parts) + ")"
        if self.name == "spike_slab":
            return f"spike_slab({number(self.args[0])}, {self.parts[0][1]})"
        return f"{self.name}({', '.join(number(a) for a in self.args)})"

    @property
    def support(self) -> tuple[float, float]:
        """The smallest interval that contains all the mass (of the slab, for `spike_slab`)."""
        if self.parts:
            bounds = [d.support for _, d in self.parts]
            return min(b[0] for b in bounds), max(b[1] for b in bounds)
        if self.name == "uniform":
            low, high = self.args
            return low, high
        if self.name in ("beta", "dirichlet"):
            return 0.0, 1.0
        return (0.0, inf) if self.name in POSITIVE_LINE else (-inf, inf)

    @property
    def components(self) -> tuple[tuple[float, Distribution], ...]:
        """The simple components with their weights; a simple distribution has one, of weight one. Excludes a spike."""
        if self.name == "mixture":
            return tuple((w * v, c) for w, d in self.parts for v, c in d.components)
        return self.parts[0][1].components if self.name == "spike_slab" else ((1.0, self),)

    @property
    def spike(self) -> float:
        """The prior mass at exactly the null."""
        return self.args[0] if self.name == "spike_slab" else 0.0

    @property
    def problem(self) -> str | None:
        """What is wrong with the arguments; None if they are valid."""
        return next((said for _, part in self.components if (said := out_of_range(part.name, part.args))), None)

    @property
    def on_own_scale(self) -> bool:
        """True if a component states its numbers on the measure's own scale, so that it has no density as it stands."""
        return any(part.name == OWN_SCALE for _, part in self.components)

    def of_effect(self, measure: str) -> Distribution:
        """Return the prior of an effect on the analysis scale: each `interval` becomes the normal that it describes.

        Parameters
        ----------
        measure : str
            A key of `measures.MEASURES`.

        Raises
        ------
        ExpressionError
            If a limit of an interval is outside the range of the measure.
        """
        if self.name == OWN_SCALE:
            return _normal_of_interval(self.args, measure)
        return replace(self, parts=tuple((weight, part.of_effect(measure)) for weight, part in self.parts))

    def symmetric_about(self, centre: float) -> bool:
        """Return whether the density is symmetric about `centre` (used to report "0.50 by construction")."""
        mirrored = sorted((round(w, 12), _mirrored(d, centre)) for w, d in self.components)
        return mirrored == sorted((round(w, 12), _plain(d)) for w, d in self.components)

    @property
    def heaviest_df(self) -> float:
        """The smallest degrees of freedom among the components: moments of that order and above do not exist.

        They are zero for `log_student_t`: the logarithm has polynomial tails, so that no moment exists.
        """
        return min(_df(d) for _, d in self.components)


def number(value: float) -> str:
    """Format a number as briefly as possible with 12 significant digits."""
    return f"{value:.12g}"


def short_hash(expression: str) -> str:
    """Return eight hexadecimal digits that represent an expression in a key."""
    return hashlib.sha256(expression.encode()).hexdigest()[:8]


def _df(d: Distribution) -> float:
    """Return the degrees of freedom of a simple distribution with polynomial tails; infinity for any other."""
    match d.name:
        case "student_t" | "half_student_t" | "inverse_gamma" | "lomax":
            return d.args[0]
        case "half_cauchy":
            return 1.0
        case "uniform_shrinkage":
            return 2.0
        case "log_student_t":
            return 0.0
    return inf


def _plain(d: Distribution) -> tuple[str | float, ...]:
    return (d.name, *(round(a, 12) for a in d.args))


def _mirrored(d: Distribution, centre: float) -> tuple[str | float, ...]:
    if d.name == "normal":
        return ("normal", round(2 * centre - d.args[0], 12), round(d.args[1], 12))
    if d.name == "student_t":
        return ("student_t", round(d.args[0], 12), round(2 * centre - d.args[1], 12), round(d.args[2], 12))
    if d.name == "uniform":
        return ("uniform", round(2 * centre - d.args[1], 12), round(2 * centre - d.args[0], 12))
    if d.name == "beta" and centre == 0.5:
        return ("beta", round(d.args[1], 12), round(d.args[0], 12))
    return ("not symmetric",)


def looks_like_expression(text: str) -> bool:
    """Return whether a text is an expression rather than a name."""
    return "(" in text


def parse(text: str, *, of_effect: bool = False) -> Distribution:
    """Parse a prior expression.

    Parameters
    ----------
    text : str
        An expression such as `normal(0, 0.355)`; its numbers are on the scale of the parameter (the analysis scale for
        an effect).
    of_effect : bool
        Whether it is the prior of an effect, in which `interval` is accepted; see `Distribution.of_effect`.

    Returns
    -------
    Distribution

    Raises
    ------
    ExpressionError
        If the text is not an expression, or its numbers are out of range.
    """
    found = _parsed(text)
    if found.on_own_scale and not of_effect:
        raise ExpressionError(f"{found} describes an effect; accepted: a distribution of the parameter itself")
    return found


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Distribution:
    """Parse an expression; a plan asks for the same few at each of its posteriors."""
    return _distribution(read(text), text)


def _normal_of_interval(limits: tuple[float, ...], measure: str) -> Distribution:
    """Return the normal distribution on the analysis scale with these central 95% limits on the measure's own scale."""
    least, most = measures.natural_range(measure)
    if any(not least < limit < most for limit in limits):
        low, high = map(number, limits)
        raise ExpressionError(
            f"interval({low}, {high}): limits are on the own scale of the {measure}; accepted: {least:g} to {most:g}"
        )
    a, b = (measures.to_analysis(limit, measure) for limit in limits)
    return _simple("normal", [(a + b) / 2, (b - a) / (2 * measures.ci_quantile(0.95))])


def _distribution(call: Call, text: str) -> Distribution:
    names = (*SIMPLE, *COMPOUND)
    if call.name == "mixture":
        return _mixture([_weighted(a, text) for a in call.arguments], text)
    if call.name == "spike_slab":
        return _spike_slab(call.arguments, text)
    if call.name not in SIMPLE:
        raise ExpressionError(
            f"{quoted(call.name)} is not a distribution{did_you_mean(call.name, names)}; accepted: {', '.join(names)}"
        )
    return _simple(call.name, [_number(a, text) for a in call.arguments])


def _simple(name: str, args: list[float]) -> Distribution:
    wanted = SIMPLE[name]
    if len(args) != len(wanted):
        raise ExpressionError(f"{name}: {len(args)} given instead of {len(wanted)} numbers ({', '.join(wanted)})")
    if problem := out_of_range(name, args):
        raise ExpressionError(problem)
    return Distribution(name, tuple(args))


def out_of_range(name: str, args: Sequence[float]) -> str | None:
    """Describe what is wrong with the arguments of a simple distribution.

    Parameters
    ----------
    name : str
        A name in `SIMPLE`.
    args : sequence of float
        Its arguments, in the order of `SIMPLE`.

    Returns
    -------
    str or None
        What is wrong and what is accepted, or None if sampler and quadrature can use the arguments.
    """
    for label, value in zip(SIMPLE[name], args, strict=True):
        if not isfinite(value) or (label in POSITIVE and value <= 0):
            wanted = "positive and finite" if label in POSITIVE else "finite"
            return f"{name}: {label} must be {wanted}, found {value:g}"
        least = LEAST.get(label, NARROWEST) if label in POSITIVE else 0
        if not least <= abs(value) <= WIDEST:
            accepted = f"{least:g} to" if label in POSITIVE else "up to"
            return f"{name}: {label} is out of range, found {value:g}; accepted: {accepted} {WIDEST:g}"
    if name in ("uniform", OWN_SCALE) and args[0] >= args[1]:
        return f"{name}: low must be below high, found {args[0]:g} and {args[1]:g}"
    return None


def _mixture(parts: list[tuple[float, Distribution]], text: str) -> Distribution:
    total = sum(w for w, _ in parts)
    if not parts or any(w <= 0 for w, _ in parts) or abs(total - 1) > 1e-6:
        raise ExpressionError(
            f"the weights of {quoted(text)} sum to {total:g}; accepted: positive weights that sum to 1"
        )
    if any(d.name in ("spike_slab", "dirichlet") for _, d in parts):
        raise ExpressionError(f"a mixture cannot contain spike_slab or dirichlet: {quoted(text)}")
    return Distribution("mixture", (), tuple((w / total, d) for w, d in parts))


def _spike_slab(arguments: Sequence[Argument], text: str) -> Distribution:
    if len(arguments) != 2 or not isinstance(arguments[1], Call):
        shape = "spike_slab takes a weight and a distribution: spike_slab(0.5, normal(0, 0.35))"
        raise ExpressionError(f"cannot read {quoted(text)}; {shape}")
    weight, slab = _number(arguments[0], text), _distribution(arguments[1], text)
    if not 0 < weight < 1:
        raise ExpressionError(f"spike_slab: the weight of the spike must be between 0 and 1, found {weight:g}")
    if slab.name in ("spike_slab", "dirichlet"):
        raise ExpressionError(f"spike_slab: the slab cannot be {slab.name}")
    return Distribution("spike_slab", (weight,), ((1.0, slab),))


def _weighted(argument: Argument, text: str) -> tuple[float, Distribution]:
    if not isinstance(argument, Weighted):
        shape = "each part of a mixture is weight*distribution: 0.5*normal(0, 0.2)"
        raise ExpressionError(f"cannot read {quoted(text)}; {shape}")
    return argument.weight, _distribution(argument.of, text)


def _number(argument: Argument, text: str) -> float:
    if isinstance(argument, float):
        return argument
    name = argument.of.name if isinstance(argument, Weighted) else argument.name
    raise ExpressionError(f"expected a number in {quoted(text)}, found {quoted(name)}")


def _readable(text: str) -> str:
    parse(text)
    return text


def _readable_of_effect(text: str) -> str:
    parse(text, of_effect=True)
    return text


Expression = Annotated[str, AfterValidator(_readable)]
"""The type of a field that contains a prior expression, kept as it was written."""
EffectExpression = Annotated[str, AfterValidator(_readable_of_effect)]
"""The same for the prior of an effect, which may be an interval on the measure's own scale."""
