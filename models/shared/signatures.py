"""The types in the signatures of model files; the shapes are in the docstrings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytensor.tensor.variable import TensorVariable

from bayes.base.arrays import FloatArray

Tensor = TensorVariable[Any, Any]
"""A variable of a graph. Its parameters are PyTensor's own (type and owner), which no reader needs."""

Row = dict[str, float | FloatArray]
"""The numbers of one trial by name, without a trial axis."""

Report = Mapping[str, Tensor]
"""The same numbers in a graph, with a leading trial axis."""

Draws = Mapping[str, FloatArray]
"""Draws of parameters by name, (chain, draw, ...)."""

Coords = dict[str, list[str]]
Quantity = tuple[tuple[str, ...], FloatArray] | tuple[tuple[str, ...], FloatArray, Coords]
"""Draws for the reader: dimensions beyond (chain, draw), values, and the labels of new dimensions."""

Derived = dict[str, Quantity]
"""Quantities for the reader by name."""
