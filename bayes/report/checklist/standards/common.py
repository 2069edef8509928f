"""The looks that several standards share."""

from __future__ import annotations

from bayes.report.checklist.demands import (
    at_least,
    at_most,
    digest_of_file,
    distribution,
    is_main,
    is_sound,
    keys,
    one_of,
    sha256,
    stated,
    there,
)
from bayes.report.checklist.judgement import Pointer, Target
from bayes.report.dossier.contents import Kind, PriorPart

TEXT = "report/text/{slug}.md"
METHODS, RESULTS = "/Statistical methods", "/Results"
R_HAT, ESS_FLOOR = 1.01, 400
SINGLE: tuple[Kind, ...] = ("outcome", "adverse_events")
KINDS_IN_A_SET = ("effect", "arms", "hierarchy", "heterogeneity")

PRIOR_SPECIFIED = (
    Pointer("/priors/*/distribution", distribution, where=is_sound),
    Pointer("/model/parameters/*/prior", stated),
    Pointer("/scale", one_of("log", "identity")),
)


def _nuisance(entry: object, target: Target) -> bool:
    """Return whether a table of a prior set is itself a prior, or one of its baselines."""
    return isinstance(entry, dict) and "distribution" in entry


def is_no_nuisance(prior: PriorPart, target: Target) -> bool:
    """Return whether a prior is of the effect or of heterogeneity."""
    return prior["kind"] != "nuisance"


SET_RATIONALES = (
    *(
        Pointer(f"/{kind}/*/{name}", stated, file="{priors_file}", optional=True)
        for kind in KINDS_IN_A_SET
        for name in ("rationale", "source")
    ),
    *(
        Pointer(pointer, stated, file="{priors_file}", where=_nuisance, optional=True)
        for pointer in ("/*/rationale", "/baseline/*/rationale")
    ),
)
PRIOR_JUSTIFIED = (
    Pointer("/priors/*/rationale", stated),
    Pointer("/priors/*/source", stated, where=is_no_nuisance),
    *SET_RATIONALES,
)
SOFTWARE = (Pointer("/software", keys("bayes-reanalysis", "pymc", "nutpie", "arviz")),)
SETTINGS = (Pointer("/settings", keys("chains", "draws", "seed")),)
CONVERGED = (
    Pointer("/rows/*/r_hat", at_most(R_HAT), where=is_sound),
    Pointer("/rows/*/divergences", one_of(0), where=is_sound),
    Pointer("/rows/*/status", one_of("ok", "skipped")),
)
RESOLVED = (
    Pointer("/rows/*/ess_bulk", at_least(ESS_FLOOR), where=is_sound),
    Pointer("/rows/*/ess_tail", at_least(ESS_FLOOR), where=is_sound),
    Pointer("/rows/*/mcse_p_benefit", at_least(0), where=is_main),
)
REPRODUCIBLE = (
    Pointer("/command", stated),
    Pointer("/sha256", digest_of_file),
    Pointer("/fingerprint/*", sha256),
    Pointer("/model/files/*", sha256),
    Pointer("", there, file="{priors_file}"),
)
