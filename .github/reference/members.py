"""What of a class is shown: what it offers, not how a file becomes one; a Sphinx extension.

Trials, outcomes, syntheses and prior sets are pydantic models, made by reading a file or by `bayes.outcome` and its
neighbours. The arguments of their classes are the fields of the file with their constraints, and no way to make one.
"""

from __future__ import annotations

import inspect

from pydantic import BaseModel


def _no_arguments(app, what, name, found, options, signature, returned):
    if what == "class" and inspect.isclass(found) and issubclass(found, BaseModel):
        return "", None
    return None


def _not_pydantics(app, what, name, found, skip, options):
    return True if name.startswith("model_") else None


def setup(app) -> dict:
    app.connect("autodoc-process-signature", _no_arguments)
    app.connect("autodoc-skip-member", _not_pydantics)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
