"""The shipped trials with some of their numbers replaced: read and checked, or refused in words, without a warning.

A mutation replaces one to five neighbouring numbers in the text of a file, so that the whole way from the TOML parser
to `bayes check` is taken.
"""

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bayes.base.toml import shipped
from bayes.checks import examine
from bayes.errors import BayesError
from bayes.paper.trial import load_trial

FILES = shipped("trials")
NUMBER = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|(?<![\w.])[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.-])')
FIXED = (
    "0 -1 1 2 0.0 0.5 1.0 -0.5 1e-12 1e-13 1e-100 1e-400 1e12 1e13 1e300 1e400 nan inf -inf true [1,2] "
    "9999999 10000000 10000001 100000000 1000000000 999999999999 0xffffffffffffffffffff 0.999999 0.9999999999 "
    "0.99999999999999999 99.99999999999999999 1.00000000000000001 50 99.99 100 1e-9 1e9 1.5 0.05 0.95"
).split()
QUOTED = ['"nan"', '"none"', '"not reached"', '"<0.001"', '">0.99"', '"<1e-12"', '"<1e12"', '"\\u001b[31m"']
LONG = ["9" * 400, "9" * 5000, "0x" + "f" * 5000, "0." + "3" * 29, "0." + "3" * 5000, '"' + "x" * 5000 + '"']
VALUES = st.one_of(
    st.sampled_from(FIXED + QUOTED + LONG),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.integers(-(10**13), 10**13).map(str),
)


@cache
def places(name):
    """The text of a file, and where its numbers stand."""
    text = FILES[name].read_text("utf-8")
    return text, [found.span() for found in NUMBER.finditer(text) if found[0][0] not in '"#']


@st.composite
def mutated(draw):
    name = draw(st.sampled_from(sorted(FILES)))
    text, spans = places(name)
    start = draw(st.integers(0, len(spans) - 1))
    for low, high in reversed(spans[start : start + draw(st.integers(1, 5))]):
        text = text[:low] + draw(VALUES) + text[high:]
    return name, text


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(mutated())
def test_a_mutated_file_is_checked_or_refused_in_words(tmp_path, found):
    name, text = found
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    try:
        for outcome in load_trial(path).outcomes.values():
            examine(outcome)
    except BayesError as refused:
        said = str(refused)
        assert len(said) < 60_000 and all(c.isprintable() or c in "\n" for c in said)
        assert "domain error" not in said
