"""Independent priors of the two arms, from which the measure follows: betas of risks, gammas of Poisson rates."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import model_validator

from bayes.distributions import Distribution, parse
from bayes.errors import NotFormable
from bayes.reading import Closed
from bayes.trial import Endpoint, Outcome

FAMILY = {"binary": "beta", "events": "gamma"}


class ArmPrior(Closed):
    """One prior per arm, of the risk itself (beta) or of the rate itself (gamma), or mixtures of them."""

    treatment: str
    control: str
    rationale: str | None = None
    source: str | None = None

    @property
    def when(self) -> str:
        """Always a row, with the reason where it cannot be formed."""
        return "always"

    @property
    def pair(self) -> ArmPair:
        return ArmPair(parse(self.treatment), parse(self.control))

    @model_validator(mode="after")
    def _one_family(self) -> ArmPrior:
        names = {part.name for arm in (self.pair.treatment, self.pair.control) for _, part in arm.components}
        if names not in ({"beta"}, {"gamma"}):
            raise ValueError(
                "arm priors are beta(a, b) of both risks or gamma(shape, rate) of both rates, or mixtures; "
                f"found {', '.join(sorted(names))}"
            )
        return self


@dataclass(frozen=True)
class ArmPair:
    """Independent distributions of a parameter of the treatment and of the control arm, on its own scale."""

    treatment: Distribution
    control: Distribution

    def __str__(self) -> str:
        return f"treatment {self.treatment}, control {self.control}"

    @property
    def family(self) -> str:
        return self.treatment.components[0][1].name

    @property
    def arms(self) -> tuple[Distribution, Distribution]:
        return self.treatment, self.control

    def symmetric_about(self, centre: float) -> bool:
        """Whether the effect they imply is symmetric about no effect: where the arms are alike."""
        return centre == 0 and self.treatment == self.control


def form(prior: ArmPrior, endpoint: Endpoint) -> ArmPair:
    """The arms' distributions for an outcome.

    Raises
    ------
    NotFormable
        With the reason, where the evidence is not one of two arms that these priors describe.
    """
    pair = prior.pair
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if evidence is None or FAMILY.get(evidence.kind) != pair.family:
        wanted = {"beta": "binary evidence", "gamma": 'events with dispersion = "poisson"'}[pair.family]
        raise NotFormable(f"{pair.family} priors of the arms are for {wanted}")
    if evidence.kind == "events" and evidence.dispersion != "poisson":
        raise NotFormable('gamma priors of the arms are for events with dispersion = "poisson"')
    return pair
