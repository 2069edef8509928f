"""Paths in few characters: the line that a browser draws is the line that was given, but for what no screen shows."""

import re

import numpy as np
import pytest

from bayes.plots.svg_path import coordinate, shortened

TOLERANCE = 1 / 9 + 0.071  # points: what may be left out, and half the diagonal of a tenth


def drawn(path: str) -> list[np.ndarray]:
    """The corners of each line of a path in absolute or relative coordinates, as a reader of SVG finds them."""
    lines, at, start = [], np.zeros(2), np.zeros(2)
    for command, numbers in re.findall(r"([MmLlz])([^MmLlz]*)", path):
        points = np.array([float(x) for x in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]).reshape(-1, 2)
        if command == "z":
            lines[-1].append(start)
            at = start
            continue
        for i, point in enumerate(points):
            at = at + point if command.islower() else point
            if command in "Mm" and i == 0:
                lines.append([])
                start = at
            elif not lines[-1]:
                lines[-1].append(start)
            lines[-1].append(at)
    return [np.array(line) for line in lines]


def away(points: np.ndarray, line: np.ndarray) -> float:
    """The largest distance of points from a line through corners."""
    begin, step = line[:-1], np.diff(line, axis=0)
    length = np.maximum((step**2).sum(axis=1), 1e-30)
    share = np.clip(((points[:, None] - begin) * step).sum(axis=2) / length, 0, 1)
    return float(np.hypot(*(points[:, None] - begin - share[..., None] * step).transpose(2, 0, 1)).min(axis=1).max())


def absolute(points: np.ndarray) -> str:
    return " L ".join(f"{x:.6f} {y:.6f}" for x, y in points)


x = np.linspace(0, 400, 500)
CURVES = {
    "a density": np.column_stack([x, 200 - 180 * np.exp(-0.5 * ((x - 170) / 40) ** 2)]),
    "steps": np.column_stack([np.repeat(np.arange(20.0), 2)[1:] * 13.37, np.repeat(np.arange(20.0), 2)[:-1] * 7.77]),
    "there and back": np.array([[0, 0], [100, 0], [0, 0], [0.004, 0], [50, 3]]),
    "at random": np.random.default_rng(1).uniform(0, 300, (200, 2)),
}


@pytest.mark.parametrize("name", CURVES)
def test_the_line_stays_where_it_was(name):
    points = CURVES[name]
    given = f"M {absolute(points)} z M 7.5 8.5 L 9.25 8.5 "
    short = shortened(given)
    before, after = drawn(given), drawn(short)
    assert len(before) == len(after) == 2
    for one, other in zip(before, after, strict=True):
        assert away(one, other) < TOLERANCE and away(other, one) < TOLERANCE
    assert len(short) < 0.6 * len(given) and re.fullmatch(r"[-mlz. \d]*", short)
    assert shortened(given) == short


def test_a_smooth_curve_needs_a_fifth_of_its_points():
    (line,) = drawn(shortened(f"M {absolute(CURVES['a density'])} "))
    assert len(line) < 500 / 5


def test_curves_keep_all_their_points():
    assert shortened("M 10 20 Q 11 21 12.5 20 Q 13 21 14 20.3 z ") == "m10 20q1 1 2.5 0q.5 1 1.5 .3z"
    assert shortened("M 0 3 C 0.8 3 1.56 2.68 2.12 2.12 L 9 2.12 ") == "m0 3c.8 0 1.6-.3 2.1-.9l6.9 0"


@pytest.mark.parametrize("value, text", [(0.0, "0"), (-0.001, "0"), (0.5, ".5"), (-0.26, "-.3"), (12.3, "12.3"), (100.0, "100"), (-7.04, "-7"), (10.06, "10.1")])
def test_numbers_say_no_more_than_they_must(value, text):
    assert coordinate(value) == text
