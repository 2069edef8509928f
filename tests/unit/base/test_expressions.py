"""The grammar of prior expressions: what it reads, and what it refuses in a sentence whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes.base.distributions import SIMPLE, parse
from bayes.base.expressions import LONGEST, Call, ExpressionError, Weighted, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("normal(0, 0.355)", Call("normal", (0.0, 0.355))),
        ("  normal ( -.5 ,+1e-2 ) ", Call("normal", (-0.5, 0.01))),
        ("half_normal(--2.)", Call("half_normal", (2.0,))),
        ("mixture(0.5*normal(0,1))", Call("mixture", (Weighted(0.5, Call("normal", (0.0, 1.0))),))),
        ("spike_slab(0.5, normal(0, 1))", Call("spike_slab", (0.5, Call("normal", (0.0, 1.0))))),
        ("beta()", Call("beta", ())),
    ],
)
def test_what_is_read(text, expected):
    assert read(text) == expected


BAD = [
    "", "normal", "normal(", "normal)", "normal(0 1)", "normal(0,)", "normal(,0)", "normal(0, 1) + 1", "1*normal(0, 1)",
    "normal(0, 1)normal(0, 1)", "normal(0*1, 1)", "normal(0; 1)", "normal(0, 0x10)", "normal(0, 1_0)", "(normal)(0, 1)",
    "normal(mean=0, sd=1)", "lambda: 0", "__import__('os')", "normal(0,\x00 1)", "\ud800(1)", "half" + "9" * 10**5,
    "(" * 10**5, "mixture(" * 5000, "-" * 9000 + "1", "normal(0, " + "9" * 9000 + ")", "normal(0, 1e999999)",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_what_is_refused_in_a_sentence(text):
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    said = str(refused.value)
    assert len(said) < 500 and said.isprintable() and said.isascii()


def test_a_text_may_be_long_but_not_endless():
    parts = ", ".join(["0.01*normal(0, 1)"] * 100)
    assert len(parse(f"mixture({parts})").components) == 100
    with pytest.raises(ExpressionError, match=f"accepted: up to {LONGEST:,}"):
        read("normal(0, 1)" + " " * LONGEST)


@given(st.text(max_size=200) | st.text(alphabet="normalmixture(0.5*,-+e1 )", max_size=60))
def test_nothing_but_an_expression_or_its_own_error(text):
    try:
        found = parse(text)
    except ExpressionError as error:
        assert len(str(error)) < 1000 and str(error).isprintable()
    else:
        assert found.name in (*SIMPLE, "mixture", "spike_slab")
