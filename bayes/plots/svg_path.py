"""The data of an SVG path in few characters: relative steps of tenths of a point, and fewer of them.

Points so close to the line between others that no screen shows the difference are left out.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

PER_POINT = 10  # steps
TOLERANCE = PER_POINT / 9  # steps: the ninth of a pixel by which Matplotlib simplifies what is not filled
TOKEN = re.compile(r"([MLQCz])([^MLQCz]*)")
LETTERS = {"M": "m", "L": "l", "Q": "q", "C": "c"}
Steps = NDArray[np.int64]  # (n, 2)


def coordinate(value: float) -> str:
    """Write a coordinate to one decimal, without zeros that say nothing."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text in ("-0", "") else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def shortened(path: str) -> str:
    """Rewrite a path, given in absolute coordinates, relatively and with fewer points.

    Parameters
    ----------
    path : str
        The commands M, L, Q, C and z, as Matplotlib writes them.
    """
    found: list[str] = []
    at = start = np.zeros(2, dtype=np.int64)
    for command, points in _runs(path):
        if command == "z":
            found.append("z")
            at = start
            continue
        if command == "L":
            points = points[_needed(np.vstack([at, points]))[1:]]
        steps = points - np.vstack([at, points[:-1]]) if command in "ML" else _controls(points, at, command)
        found.append(LETTERS[command] + _written(steps))
        at = points[-1]
        if command == "M":
            start = at
    return "".join(found)


def _runs(path: str) -> list[tuple[str, Steps]]:
    """Return commands with their points, those that repeat the one before joined to it."""
    runs: list[tuple[str, list[float]]] = []
    for command, numbers in TOKEN.findall(path):
        values = [float(value) for value in numbers.split()]
        if runs and command == "L" == runs[-1][0]:
            runs[-1][1].extend(values)
        else:
            runs.append((command, values))
    return [(c, np.rint(PER_POINT * np.array(v)).astype(np.int64).reshape(-1, 2)) for c, v in runs]


def _controls(points: Steps, at: Steps, command: str) -> Steps:
    """Return control points and end of each curve relative to where it begins."""
    size = {"Q": 2, "C": 3}[command]
    curves = points.reshape(-1, size, 2)
    begins = np.vstack([at, curves[:-1, -1]])
    return (curves - begins[:, None]).reshape(-1, 2)


def _needed(points: Steps) -> NDArray[np.bool_]:
    """Return which points of a line are needed: the first, the last and, between two, the farthest from the chord.

    The algorithm is that of Douglas and Peucker (1973), Cartographica 10:112-122.
    """
    needed = np.zeros(len(points), dtype=bool)
    needed[[0, -1]] = True
    between = [(0, len(points) - 1)]
    while between:
        first, last = between.pop()
        if last - first < 2:
            continue
        chord, away = points[last] - points[first], points[first + 1 : last] - points[first]
        length = np.hypot(*chord)
        along = away @ chord / length**2 if length else np.zeros(len(away))
        distance = np.hypot(*(away - np.clip(along, 0, 1)[:, None] * chord).T)
        farthest = int(distance.argmax())
        if distance[farthest] > TOLERANCE:
            middle = first + 1 + farthest
            needed[middle] = True
            between += [(first, middle), (middle, last)]
    return needed


def _written(steps: Steps) -> str:
    """Write steps with as few separators as a reader of SVG needs."""
    text = ""
    for value in steps.ravel().tolist():
        one = coordinate(value / PER_POINT)
        text += one if not text or one.startswith("-") else f" {one}"
    return text
