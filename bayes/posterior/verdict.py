"""The class of a probability: improbable, uncertain or probable, by two cut-offs."""

from __future__ import annotations

CUTOFFS = (0.10, 0.90)  # improbable at or below the first, probable at or above the second


def class_of(probability: float, cutoffs: tuple[float, float] = CUTOFFS) -> str:
    """Improbable, uncertain or probable."""
    low, high = cutoffs
    return "improbable" if probability <= low else "probable" if probability >= high else "uncertain"
