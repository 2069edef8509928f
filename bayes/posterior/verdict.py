"""The class of a probability: improbable, uncertain or probable, by two cut-offs."""

from __future__ import annotations

CUTOFFS = (0.10, 0.90)  # improbable at or below the first, probable at or above the second


def class_of(probability: float, cutoffs: tuple[float, float] = CUTOFFS) -> str:
    """Return "improbable", "uncertain" or "probable".

    Parameters
    ----------
    probability : float
    cutoffs : (float, float)
        Improbable at or below the first, probable at or above the second.
    """
    low, high = cutoffs
    return "improbable" if probability <= low else "probable" if probability >= high else "uncertain"
