"""The parameters of models besides the effect: meaning, unit, and the origin of their priors."""

from __future__ import annotations

from dataclasses import dataclass

from bayes.priors.nuisance import Nuisance


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a likelihood estimates alongside the effect.

    Attributes
    ----------
    names : tuple of str
        As the model file declares it; several if each arm has its own.
    shown : str
        The name with its symbol, as pages show it.
    meaning : str
    unit : str
    prior : str
        A field of `Nuisance` or, if `fixed`, the distribution.
    why : str
        The rationale of the prior, as pages show it.
    fixed : bool
        Whether the model fixes the prior, so that no prior set can change it.
    per_cut : bool
        Whether there is one for every cut of an ordinal scale.
    """

    names: tuple[str, ...]
    shown: str
    meaning: str
    unit: str
    prior: str
    why: str
    fixed: bool = False
    per_cut: bool = False

    def distribution(self, nuisance: Nuisance) -> str:
        """Return the prior as text."""
        return self.prior if self.fixed else str(getattr(nuisance, self.prior))


MID_LOG_ODDS = Parameter(
    names=("mid_log_odds",),
    shown="mid_log_odds (a)",
    meaning="risk midway between the arms",
    unit="log odds",
    prior="binary",
    why="log odds of the risk midway between the arms; any risk is possible",
)
MID_LOG_RISK = Parameter(
    names=("mid_log_risk",),
    shown="mid_log_risk (a)",
    meaning="risk midway between the arms",
    unit="log risk",
    prior="binary",
    why="truncated to risks below one, and normalised given the effect",
)
MID_RISK = Parameter(
    names=("mid_risk",),
    shown="mid_risk (m)",
    meaning="risk midway between the arms",
    unit="risk",
    prior="uniform(|theta| / 2, 1 - |theta| / 2)",
    why="all risks compatible with the difference are equally likely",
    fixed=True,
)
MID_LOG_RATE = Parameter(
    names=("mid_log_rate",),
    shown="mid_log_rate (a)",
    meaning="rate midway between the arms",
    unit="log events per average follow-up of a participant",
    prior="events",
    why=(
        "log mean count per average participant follow-up (without n: per exposure of one event), midway between the "
        "arms"
    ),
)
LOG_SIZE = Parameter(
    names=("log_size",),
    shown="log size (log k)",
    meaning="size of the negative binomial; the variation between persons increases as it falls",
    unit="log of a number",
    prior="dispersion",
    why="variation between persons: the size of the negative binomial lies between 0.14 and 7.1 with probability 95%",
)
LOG_SIGMA = Parameter(
    names=("log_sigma",),
    shown="log spread (log sigma)",
    meaning="standard deviation of the log rates of persons",
    unit="log of a log rate",
    prior="spread",
    why="variation of the log rates between persons",
)
NEVER = Parameter(
    names=("never_treatment", "never_control"),
    shown="never (w)",
    meaning="share of an arm's persons who can have no event",
    unit="proportion",
    prior="never",
    why="any share of persons may be free of events, in either arm",
)
CUTPOINTS = Parameter(
    names=("cutpoint",),
    shown="cutpoints (alpha)",
    meaning="cumulative share of each level and the better ones, midway between the arms",
    unit="log odds",
    prior="category shares midway between the arms ~ dirichlet(1 / (0.8 + 0.35 max(K, 3)) per level)",
    why="the default of Harrell's rmsb, which favours no particular shape of the distribution",
    fixed=True,
    per_cut=True,
)
DEPARTURE = Parameter(
    names=("departure",),
    shown="departure (gamma)",
    meaning="departure from proportional odds",
    unit="log odds ratio",
    prior="departure",
    why="small departures from proportional odds are most likely",
)
MID_MEAN = Parameter(
    names=("mid_mean",),
    shown="midpoint (m)",
    meaning="mean midway between the arms",
    unit="units of the paper",
    prior="normal(pooled mean, 10 S)",
    why="flat over the range of the data; S is the pooled SD",
    fixed=True,
)
SIGMAS = Parameter(
    names=("sigma_treatment", "sigma_control"),
    shown="sd of each arm (sigma)",
    meaning="standard deviation of an arm's patients",
    unit="units of the paper",
    prior="half_student_t(3, 2.5 S)",
    why="flat over the range of the data, separately in each arm",
    fixed=True,
)
FLOOR_LOG_ODDS = Parameter(
    names=("floor_log_odds",),
    shown="floor_log_odds (a)",
    meaning="share of patients with the worst rank, midway between the arms",
    unit="log odds",
    prior="normal(0, 2.5)",
    why="any share of patients with the worst rank is possible",
    fixed=True,
)
ZERO_LOG_ODDS = Parameter(
    names=("zero_log_odds",),
    shown="zero_log_odds (c)",
    meaning="share of those above the worst rank who have no day, where the worst rank is below 0",
    unit="log odds",
    prior="normal(-1.5, 1.5)",
    why="a share of 1% to 81% of those above the worst rank with probability 95%",
    fixed=True,
)
MID_LOG_DAYS = Parameter(
    names=("mid_log_days",),
    shown="mid_log_days (m)",
    meaning="median of the days above zero as a share of the maximum",
    unit="log odds",
    prior="normal(0, 1.5)",
    why="the median may be near either end: 5% to 95% of the maximum with probability 95%",
    fixed=True,
)
LOG_STEEPNESS = Parameter(
    names=("log_steepness",),
    shown="log steepness (log b)",
    meaning="how closely days above zero crowd about their median; 0 with m = 0 is a uniform distribution",
    unit="log of a ratio",
    prior="normal(0, 0.75)",
    why="from days at both ends of the scale (b = 0.23) to a narrow peak (b = 4.3) with probability 95%",
    fixed=True,
)
SD_RATIO = Parameter(
    names=("sd_ratio",),
    shown="sd_ratio (u)",
    meaning="sample standard deviation divided by the true one",
    unit="ratio",
    prior="u^2 ~ chi-square(nu) / nu",
    why="sampling theory: the sample SD divided by the true SD",
    fixed=True,
)
