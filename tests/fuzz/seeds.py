"""The inputs that are damaged: every shipped file, whole and an outcome at a time, and fixtures of the tests."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path

from support import registry_records, reviews
from support.paths import TESTS

from bayes.base.toml import shipped
from fuzz import documents
from fuzz.documents import Literal, Seed, Tree

FILES = TESTS / "files"
WORDY = ("notes", "title", "sources", "rationale", "source", "search")  # prose that no number depends on
EFFECTS = "study,HR,lower,upper,p\nA 2001,0.85,0.60,1.20,0.36\nB 2003,0.80,0.70,0.95,0.01\nC 2005,1.10,0.90,1.34,0.35\n"
TABLES = (
    EFFECTS,
    "study;events.treat;n.treat;events.control;n.control;year\nA;5;50;9;48;2001\nB;0;30;2,5;31;2003\nC;12;120;14;118;2010\n",
    "trial,mean1,sd1,n1,mean2,sd2,n2,measure,benefit\nA,5.1,2.0,50,4.0,2.2,48,MD,higher\nB,4.9,1.71,30,6.1,2.3,50,SMD,lower\n",
    "study\tyi\tvi\tmeasure\nA\t-0.12\t0.04\tlnOR\nB\t0.30\t0.09\tlnOR\n",
    "study,arm,events,n\nA,drug,5,50\nA,placebo,9,48\nB,drug,2,30\nB,placebo,4,31\n",
    "study,outcome,effect,95% CI,p-value\nA,death,0.85,0.60 to 1.20,0.36\nA,stroke,0.70,0.50–0.98,<0.05\n",
)
RESULTS = (
    "id,measure,benefit,estimate,ci_low,ci_high,mcid,level,p\nr1,hazard_ratio,lower,0.85,0.60,1.20,0.8,0.95,0.36\n"
    "r2,odds_ratio,higher,1.25,1.01,1.55,,,\nr3,mean_difference,lower,-1.2,-2.4,0.1,-2,,NA\n",
    "id,measure,benefit,events_t,n_t,events_c,n_c,rope_low,rope_high\nr1,odds_ratio,lower,5,50,9,48,0.9,1.1\nr2,risk_ratio,lower,0,30,2,31,,\n"
    "r3,risk_difference,higher,12,120,14,118,,\n",
    "id,measure,benefit,mean_t,sd_t,n_t,mean_c,sd_c,n_c,sd_ref\nr1,mean_difference,higher,5.1,2.0,50,4.0,2.2,48,\n"
    "r2,standardised_mean_difference,lower,4.9,1.71,30,6.1,2.3,50,\n",
    "id,measure,benefit,events_t,exposure_t,events_c,exposure_c\nr1,rate_ratio,lower,5,100.5,9,98\n",
    "analysis,study,measure,benefit,events_t,n_t,events_c,n_c,year,field\na1,s1,odds_ratio,lower,5,50,9,48,2001,Cardiology\n"
    "a1,s2,odds_ratio,lower,0,30,2,31,2003,Cardiology\na2,s1,odds_ratio,lower,12,120,14,118,2010,\n",
    "analysis,study,measure,benefit,estimate,se\na1,s1,standardised_mean_difference,lower,-0.2,0.1\na1,s2,standardised_mean_difference,lower,0.1,0.3\n",
)
ANSWERS = """benefit = "lower"
treatment = "drug"
control = "placebo"
measure = "hazard_ratio"
condition = "stroke"
design = "randomised"
[columns]
estimate = "HR"
ci_low = "lower"
ci_high = "upper"
[records.a-2001]
benefit = "higher"
leave_out = false
mcid = { value = 0.8, rationale = "r" }
[records.a-2001.outcomes.result]
leave_out = true
"""
SPARE = """id = "spare"
label = "Deaths"
measure = "odds_ratio"
benefit = "lower"
outcomes = ["one.toml:death", "two.toml:death", "three.toml:death"]
model = "robust_random_effects"
nu = 4.0
mcid = { value = 0.8, rationale = "r" }
rope = { low = 0.9, high = 1.1, rationale = "r" }
heterogeneity = { distribution = "half_normal(0.3)", rationale = "r", source = "s" }
"""
MEMBER = """title = "A trial"
condition = "stroke"
design = "randomised"
arms = {{ treatment = "drug", control = "placebo" }}
[outcomes.death]
label = "Death"
measure = "odds_ratio"
benefit = "lower"
[outcomes.death.evidence]
kind = "binary"
treatment = {{ events = {}, n = 50 }}
control = {{ events = {}, n = 48 }}
"""
MEMBERS = {f"{name}.toml": MEMBER.format(a, c).encode() for name, a, c in (("one", 5, 9), ("two", 0, 3), ("three", 7, 8))}
EXPRESSIONS = (
    "normal(0, 0.355)", "student_t(4, 0, 0.31)", "half_normal(0.5)", "half_cauchy(0.3)", "half_student_t(4, 0.5)", "lognormal(-2.07, 1.05)",
    "log_student_t(5, -2, 1.2)", "inverse_gamma(2, 0.5)", "lomax(1, 0.5)", "uniform_shrinkage(0.3)", "beta(0.5, 0.5)", "gamma(2, 0.1)", "dirichlet(1)",
    "uniform(-1, 1)", "interval(0.5, 2)", "mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))", "spike_slab(0.5, normal(0, 0.35))",
    "mixture(0.25*student_t(3, +1e-3, .5), 0.75*mixture(0.5*normal(-1., 2), 0.5*uniform(0, 1)))",
)  # fmt: skip
EXPERTS = ("A = 5% 0.5, 50% 0.8, 95% 1.2", "B = 0.5 to 0.7: 3, 0.7 to 0.9: 5, 0.9 to 1.2: 2", "C=10% -1.5,90% 1.5", "D = 25% .6, 75% 1")
TARGETS = ("mesems:gel_24w", "mesems:sae_24w", "mesems:ae_persons_24w", "mesems:ae_events_24w")


def _parsed(text: str) -> Tree:
    return tomllib.loads(text, parse_float=lambda said: Literal(str(Decimal(said))))


def _file(path: Path, name: str = "") -> Seed:
    return Seed(name or path.name, _parsed(path.read_text("utf-8")), documents.toml)


def _short(tree: Tree) -> Tree:
    """The same without long prose, so that damage meets what is computed with."""
    if isinstance(tree, dict):
        return {key: "s" if key in WORDY and isinstance(value, str) else ["s"] if key == "sources" and isinstance(value, list) else _short(value)
                for key, value in tree.items()}  # fmt: skip
    return [_short(one) for one in tree] if isinstance(tree, list) else tree


@cache
def trials() -> tuple[Seed, ...]:
    """Every trial file that is shipped or a fixture, and every outcome of one in a file of its own."""
    paths = [*shipped("trials").values(), *sorted((FILES / "abstracts").glob("*.toml")), *sorted((FILES / "curves").glob("*.toml"))]
    whole = [_file(path) for path in paths]
    single = [Seed(seed.name, _short({**seed.tree, "outcomes": {name: outcome}}), seed.write)
              for seed in whole for name, outcome in seed.tree["outcomes"].items()]  # fmt: skip
    return (*whole, *single)


@cache
def syntheses() -> tuple[Seed, ...]:
    """Every shipped synthesis, as often a spare one whose members are three small files."""
    found = [_file(path) for path in shipped("syntheses").values()]
    return (*found, *[Seed("spare.toml", _parsed(SPARE), documents.toml)] * (2 * len(found)))


@cache
def priors() -> tuple[Seed, ...]:
    """Every shipped prior set, and every prior of one in a file of its own."""
    whole = [_file(path) for path in shipped("priors").values()]
    single = [Seed("one.toml", {table: {name: one}}, documents.toml) for seed in whole for table, inside in seed.tree.items()
              if isinstance(inside, dict) for name, one in inside.items() if isinstance(one, dict)]  # fmt: skip
    return (*whole, *single)


@cache
def checked() -> tuple[Seed, ...]:
    return (*trials(), *syntheses(), *priors())


@cache
def expressions() -> tuple[Seed, ...]:
    """Prior expressions cut into tokens."""
    return tuple(Seed("expression", _tokens(text), lambda tree: b"".join(map(documents.plain, tree if isinstance(tree, list) else [tree])))
                 for text in EXPRESSIONS)  # fmt: skip


def _tokens(text: str) -> list[Tree]:
    from bayes.base.expressions import TOKEN

    found = [match[0] for match in TOKEN.finditer(text)]
    return [Literal(one) if any(c.isdigit() for c in one) else one for one in found]


@cache
def experts() -> tuple[Seed, ...]:
    return tuple(Seed("expert", [text[:1], text[1:4], *text[4:].split(" ")], lambda tree: b" ".join(map(documents.plain, tree if isinstance(tree, list) else [tree])))
                 for text in EXPERTS)  # fmt: skip


@cache
def records() -> tuple[Seed, ...]:
    """Excerpts of registry records, and small ones with one result."""
    found = [json.loads(path.read_text(), parse_float=Literal) for path in sorted(registry_records.EXCERPTS.glob("*.json"))]
    parameters = ("MEAN", "COUNT_OF_PARTICIPANTS", "NUMBER", "MEDIAN", "GEOMETRIC_MEAN", "LEAST_SQUARES_MEAN")
    spreads = ("Standard Deviation", "Standard Error", "95% Confidence Interval", "Inter-Quartile Range")
    effects = ("Mean Difference (Final Values)", "Hazard Ratio (HR)", "Odds Ratio (OR)", "Risk Difference (RD)", "Risk Ratio (RR)", "p")
    small = [registry_records.study(registry_records.measure(parameter=parameter, dispersion=spread, analyses=[registry_records.analysis(effect)]))
             for (parameter, spread), effect in zip(product(parameters, spreads), effects * 4, strict=True)]  # fmt: skip
    return tuple(Seed("record.json", one, documents.as_json) for one in (*small, *found))


@cache
def reviewed() -> tuple[Seed, ...]:
    """Reviews in every form of RevMan; of the real one, a part."""
    counts, means = reviews.counts()[:3], reviews.means()[:3]
    small = [reviews.rm5(reviews.outcome("DICH", counts, EFFECT_MEASURE=measure, METHOD="MH")) for measure in ("OR", "RR", "RD", "PETO_OR")]
    small += [reviews.rm5(reviews.outcome("CONT", means, EFFECT_MEASURE=measure, METHOD="IV"), judged="") for measure in ("MD", "SMD")]
    trees = [documents.of_xml(text.partition("?>")[2]) for text in small]
    found = [Seed("review.rm5", tree, documents.xml) for tree in trees]
    found.append(Seed("review.rm5.gz", trees[0], documents.compressed(documents.xml)))
    rows = [reviews.count_row("1.1", name, year, a, n1, c, n2) for name, year, a, n1, c, n2 in reviews.ASPIRIN[:3]]
    settings = [{"Analysis group": 1, "Analysis number": 1, "Analysis name": "Death", "Statistical method": "MH", "Effect measure": "Odds Ratio",
                 "Experimental group label": "Aspirin", "Control group label": "Placebo"}]  # fmt: skip
    sheets = {f"12-analysis-data/12-{end}.csv": documents.rows(reviews.sheet(part).lstrip("\ufeff"))
              for end, part in (("data-rows", rows), ("overall-estimates-and-settings", settings))}  # fmt: skip
    found.append(Seed("package.zip", {"review/12-files/12-data.zip": sheets}, documents.zipped))
    heading = {"Name": "Death", "Data Type": "DICHOTOMOUS", "Effect Measure": "Odds Ratio", "Group Label 1": "Aspirin", "Group Label 2": "Placebo"}
    inside = [{"Name": name, "Events 1": a, "Total 1": n1, "Events 2": c, "Total 2": n2} for name, _, a, n1, c, n2 in reviews.ASPIRIN[:3]]
    found.append(Seed("review.csv", documents.rows(reviews.exported([(heading, inside)]).lstrip("\ufeff")), documents.as_csv))
    found.append(Seed("review.mtv", reviews.metaview().split("\n"), _lines))
    return tuple(found)


def _lines(tree: Tree) -> bytes:
    return b"\n".join(map(documents.plain, tree if isinstance(tree, list) else [tree]))


def whole_review() -> bytes:
    """The real review as it is: for damage to bytes, which need no tree."""
    return gzip.decompress((FILES / "importing" / "revman" / "antibiotics-for-sore-throat.rm5.gz").read_bytes())[:60_000]


@cache
def tables() -> tuple[Seed, ...]:
    """Tables as CSV and, more rarely, as Excel and Parquet files."""
    read = [documents.rows(text.replace(";", ",").replace("\t", ",")) for text in TABLES]
    found = [Seed("table.csv", _numbered(tree), documents.as_csv) for tree in read]
    return (*found, *found, Seed("table.xlsx", _numbered(read[0]), documents.workbook), Seed("table.parquet", _numbered(read[1]), documents.parquet),
            Seed("table.csv.gz", _numbered(read[2]), documents.compressed(documents.as_csv)))  # fmt: skip


def _numbered(cells: list[list[str]]) -> Tree:
    return [[Literal(one) if one.replace(".", "").replace("-", "").isdigit() else one for one in row] for row in cells]


@cache
def answers() -> tuple[Seed, ...]:
    return (Seed("answers.toml", _parsed(ANSWERS), documents.toml),)


@cache
def corpora() -> tuple[Seed, ...]:
    found = [Seed("corpus.csv", _numbered(documents.rows(text)), documents.as_csv) for text in RESULTS]
    return (*found, *found, *[Seed("corpus.parquet", seed.tree, documents.parquet) for seed in found[::2]])


@cache
def statements() -> tuple[Seed, ...]:
    """Command lines of `bayes joint`."""
    return tuple(Seed("joint", list(words), documents.arguments) for words in _command_lines())


def _command_lines() -> Iterator[tuple[Tree, ...]]:
    one, two, three, events = TARGETS
    yield f"{one}=benefit", f"{two}=no excess"
    yield f"{one}=mcid", f"{two}=1.2", "--prior", "sceptical", "--correlation", Literal("0.3"), "--json"
    yield f"{one}=0.8", f"{three}=benefit", f"{events}=no excess", "--prior", "normal(0, 0.355)", "--correlation", Literal("0.5")
    yield f"{one}=benefit", f"{two}=no excess", "--shrink", "--rho", "uniform(0, 1)", "--prior", "neutral"
    yield f"{one}=benefit", f"{two}=no excess", "--shrink", "--rho", Literal("0.5"), "--correlation", Literal("0.2"), "--priors", "default"
