"""The effect structures that a synthesis file may name: those of the package, and those registered for this session."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

MODELS = {
    "random_effects": "exchangeable normal effects",
    "common_effect": "the same effect in all trials: zero heterogeneity",
    "robust_random_effects": "exchangeable Student-t effects: an outlying trial is shrunk less and has less weight",
    "meta_regression": "exchangeable effects around a line in a covariate of the trials",
}


OWN_MODELS: dict[str, str] = {}  # registered from outside the package for this session


def offer(model: str, title: str) -> None:
    """Offer an effect structure from outside the package to synthesis files."""
    OWN_MODELS[model] = title


def withdraw(model: str) -> None:
    """Take back an effect structure that was offered."""
    OWN_MODELS.pop(model, None)


def _known(model: str) -> str:
    if model not in MODELS and model not in OWN_MODELS:
        raise ValueError(f"no effect structure is named {model!r}; accepted: {', '.join((*MODELS, *OWN_MODELS))}")
    return model


ModelName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*MODELS]})]
"""The name of an effect structure of a synthesis, one of `MODELS` or one that `bayes.register` was given."""
