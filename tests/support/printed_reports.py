"""Little reports for the tests of `bayes check`, written as a trial file would have them."""

import tomllib
from decimal import Decimal

from bayes.base.toml import validate
from bayes.checks import check_outcome
from bayes.paper.trial import Trial

# TREASURE, mRS at 90 days
T, C = (5, 9, 20, 15, 31, 18, 6), (3, 8, 12, 17, 39, 20, 3)  # TREASURE, 90 days
HEAD = """
id = "demo"
title = "t"
year = 2020
condition = "c"
design = "d"
arms = {{ treatment = "a", control = "b" }}
n = {{ treatment = {n1}, control = {n0} }}
[outcomes.x]
label = "l"
measure = "{measure}"
benefit = "{benefit}"
source = "s"
"""


def outcome(evidence: str, rest: str = "", measure="odds_ratio", benefit="higher", n1=5000, n0=5000):
    text = HEAD.format(measure=measure, benefit=benefit, n1=n1, n0=n0) + f"{rest}\nevidence = {{ {evidence} }}\n"
    return validate(Trial, tomllib.loads(text, parse_float=Decimal), "demo").outcomes["x"]


def found(*args, **kwargs) -> dict[str, str]:
    """{path: verdict} of what is found."""
    return {f.path: f.verdict for f in check_outcome(outcome(*args, **kwargs))}


def ratio(body: str, **kwargs) -> dict[str, str]:
    return found(f'kind = "estimate", {body}', **{"measure": "rate_ratio"} | kwargs)


def binary(a, n1, c, n0) -> str:
    return f'kind = "binary", treatment = {{ events = {a}, n = {n1} }}, control = {{ events = {c}, n = {n0} }}'


def printed(body: str) -> str:
    return f"printed = {{ {body} }}"


def table(t, c, rest="") -> str:
    names = ", ".join(f'"{k}"' for k in range(len(t)))
    return f'kind = "ordinal", categories = [{names}], treatment = {[*t]}, control = {[*c]}{rest}'
