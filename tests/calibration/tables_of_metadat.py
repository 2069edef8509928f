"""Tables of R's metadat, imported and pooled in closed form: `python tests/calibration/tables_of_metadat.py FOLDER`.

FOLDER holds the data sets as CSV (`write.csv(dat.bcg, "dat.bcg.csv", row.names=FALSE)`), which are not shipped: metadat is
under the GPL. Every table becomes a synthesis, whose common-effect and random-effects (DerSimonian and Laird 1986, Control
Clin Trials 7:177-88) answers from the estimates of the imported trials agree with those computed here from the columns of
the CSV; or it is refused or offered, with the reason. Prints a line per table, and ends with code 1 if one disagrees.

The direction of benefit, and where a table does not say it the measure, are decided below; of several results of one study
the first is kept, in the CSV as well. A log odds ratio or a log rate with an empty cell has no estimate, and the evidence
stays the counts: for these studies alone, 1/2 is added to all cells of the imported counts and of those in the CSV.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Sequence
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

import bayes
from bayes.importing.answers import Answers
from bayes.importing.verbs import write

TOLERANCE = 1e-6  # numbers computed from the table keep eight digits
Z = 1.959963984540054
Cells = dict[str, str]
Estimates = list[tuple[float, float]]


class Own(NamedTuple):
    """The closed form of one outcome: an estimate and its variance from a row of the CSV."""

    of_row: Callable[[Cells], tuple[float, float] | None]
    outcome: str = ""  # where the table gives several
    study: str = ""  # the column that shows which rows are of the same study


def number(row: Cells, name: str) -> float:
    return float(row[name])


def odds(a: str, n1: str, c: str, n2: str) -> Callable[[Cells], tuple[float, float] | None]:
    """Woolf's log odds ratio; `n1` and `n2` begin with "-" if they are the persons without the event."""

    def of_row(row: Cells) -> tuple[float, float] | None:
        if not row[a]:
            return None
        x1, x0 = number(row, a), number(row, c)
        y1 = number(row, n1[1:]) if n1[0] == "-" else number(row, n1) - x1
        y0 = number(row, n2[1:]) if n2[0] == "-" else number(row, n2) - x0
        return woolf(x1, y1, x0, y0)

    return of_row


def woolf(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    a, b, c, d = (x + 0.5 * (0 in (a, b, c, d)) for x in (a, b, c, d))
    return log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def rates(x1: str, t1: str, x2: str, t2: str) -> Callable[[Cells], tuple[float, float] | None]:
    return lambda row: rate_ratio(*(number(row, name) for name in (x1, t1, x2, t2)))


def rate_ratio(x1: float, t1: float, x2: float, t2: float) -> tuple[float, float]:
    x1, x2 = (x + 0.5 * (0 in (x1, x2)) for x in (x1, x2))
    return log(x1 / t1) - log(x2 / t2), 1 / x1 + 1 / x2


def means(m1: str, s1: str, n1: str, m2: str, s2: str, n2: str, standardised: bool = False):
    """A difference of means with separate variances, or Hedges' g."""

    def of_row(row: Cells) -> tuple[float, float] | None:
        if not row[m1]:
            return None
        d = number(row, m1) - number(row, m2)
        n, m = number(row, n1), number(row, n2)
        v1, v2 = number(row, s1) ** 2, number(row, s2) ** 2
        if not standardised:
            return d, v1 / n + v2 / m
        g = (1 - 3 / (4 * (n + m - 2) - 1)) * d / sqrt(((n - 1) * v1 + (m - 1) * v2) / (n + m - 2))
        return g, 1 / n + 1 / m + g**2 / (2 * (n + m))

    return of_row


def given(y: str, v: str, squared: bool = False) -> Callable[[Cells], tuple[float, float] | None]:
    return lambda row: (number(row, y), number(row, v) ** (2 if squared else 1))


def ratio(hr: str, low: str, high: str) -> Callable[[Cells], tuple[float, float] | None]:
    return lambda row: (log(number(row, hr)), ((log(number(row, high)) - log(number(row, low))) / (2 * Z)) ** 2)


SMD = "standardised_mean_difference"
ANSWERS: dict[str, dict] = {
    "anker2025": {"measure": "rate_ratio", "columns": {"yi": "total.logrr", "sei": "total.se"}},
    "assink2016": {"measure": SMD},
    "bangertdrowns2004": {"measure": SMD},
    "cannon2006": {"columns": {"events_t": "ep1t", "n_t": "nt", "events_c": "ep1c", "n_c": "nc"}},
    "fine1993": {"columns": {"events_t": "e1i", "n_t": "nei", "events_c": "c1i", "n_c": "nci"}},
    "furukawa2003": {"measure": SMD},
    "michael2013": {"measure": "mean_difference"},
    "raudenbush1985": {"measure": SMD},
    "vanhowe1999": {"treatment": "cir"},
}
METAFOR = odds("ai", "n1i", "ci", "n2i")
NICOTINE = odds("x.nrt", "n.nrt", "x.ctrl", "n.ctrl")
COLDS = ("mt", "sdt", "nt", "mc", "sdc", "nc"), ("xt", "nt", "xc", "nc")
FORMS: dict[str, list[Own]] = {
    "anker2025": [Own(given("total.logrr", "total.se", squared=True))],
    "assink2016": [Own(given("yi", "vi"), study="study")],
    "axfors2021": [Own(odds("hcq_arm_event", "hcq_arm_total", "control_arm_event", "control_arm_total"), study="acronym")],
    "bangertdrowns2004": [Own(given("yi", "vi"))],
    "bassler2004": [Own(odds("Ee", "Ne", "Ec", "Nc"))],
    "bcg": [Own(odds("tpos", "-tneg", "cpos", "-cneg"))],
    "cannon2006": [Own(odds("ep1t", "nt", "ep1c", "nc"))],
    "dagostino1998": [
        *(Own(means(*COLDS[0]), name) for name in ("rnic1", "rnic2", "snic1", "snic2")),
        *(Own(odds(*COLDS[1]), name) for name in ("rngoal1", "rngoal2", "sngoal1", "sngoal2")),
    ],
    "damico2009": [Own(odds("xt", "nt", "xc", "nc"))],
    "egger2001": [Own(METAFOR)],
    "fine1993": [Own(odds("e1i", "nei", "c1i", "nci"))],
    "furukawa2003": [Own(means("Me", "Se", "Ne", "Mc", "Sc", "Nc", standardised=True))],
    "graves2010": [Own(METAFOR)],
    "hart1999": [Own(rates("x1i", "t1i", "x2i", "t2i"))],
    "hartmannboyce2018": [Own(NICOTINE, study="study")],
    "lau1992": [Own(METAFOR)],
    "michael2013": [Own(means("Brain_m", "Brain_s", "Brain_n", "No_brain_m", "No_brain_s", "No_brain_n"))],
    "nielweise2007": [Own(METAFOR)],
    "nielweise2008": [Own(rates("x1i", "t1i", "x2i", "t2i"))],
    "nissen2007": [
        Own(odds(f"treat.{name}", "treat.total", f"cont.{name}", "cont.total"), name) for name in ("infarction", "death")
    ],
    "normand1999": [Own(means("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))],
    "quan2000": [Own(odds("Ee", "Ne", "Ec", "Nc"))],
    "raudenbush1985": [Own(given("yi", "vi"))],
    "spooner2002": [Own(means("Me", "Se", "Ne", "Mc", "Sc", "Nc"))],
    "steurer2006": [Own(ratio("HR", "lowHR", "uppHR"))],
    "thompson1999": [Own(given("logOR", "varlogOR"))],
    "tian2009": [Own(odds(f"1.{name}", "1.n", f"0.{name}", "0.n"), name) for name in ("deaths", "infarcts")],
    "vanhowe1999": [Own(odds("cir.pos", "-cir.neg", "non.pos", "-non.neg"))],
    "viechtbauer2021": [Own(odds("xTi", "nTi", "xCi", "nCi"))],
}


def rows_of(path: Path) -> list[Cells]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if "tian2009" not in path.name:
        return rows
    arms: dict[str, Cells] = {}  # one row an arm
    for row in rows:
        side = "0" if row["group"] == "Control" else "1"
        arms.setdefault(row["study"], {}).update({f"{side}.{name}": value for name, value in row.items()})
    return list(arms.values())


def from_csv(rows: Sequence[Cells], own: Own) -> Estimates:
    found, seen = [], set()
    for row in rows:
        if own.outcome and row.get("outcome", own.outcome) != own.outcome or own.study and row[own.study] in seen:
            continue
        seen.add(row.get(own.study))
        if (one := own.of_row(row)) is not None:
            found.append(one)
    return found


def from_trials(synthesis: bayes.Synthesis) -> Estimates:
    """The trials' own estimates, with their variances."""
    found = []
    for member in synthesis.members:
        evidence, own = member.evidence, member.evidence.own_estimate(member.measure)
        if own is not None:
            found.append((own[0], own[1] ** 2))
        elif evidence.kind == "binary":
            t, c = evidence.treatment, evidence.control
            found.append(woolf(t.events, t.n - t.events, c.events, c.n - c.events))
        else:
            arms = (evidence.treatment, evidence.control)
            found.append(rate_ratio(*(float(x) for arm in arms for x in (arm.events, arm.exposure))))
    return found


def pooled(estimates: Estimates) -> tuple[float, ...]:
    """The common effect and its error, then the random-effects mean, its error and tau of DerSimonian and Laird."""
    w = [1 / v for _, v in estimates]
    mean = sum(wi * y for wi, (y, _) in zip(w, estimates, strict=True)) / sum(w)
    q = sum(wi * (y - mean) ** 2 for wi, (y, _) in zip(w, estimates, strict=True))
    c = sum(w) - sum(wi**2 for wi in w) / sum(w)
    tau2 = max(0.0, (q - len(w) + 1) / c) if len(w) > 1 else 0.0
    wr = [1 / (v + tau2) for _, v in estimates]
    random = sum(wi * y for wi, (y, _) in zip(wr, estimates, strict=True)) / sum(wr)
    return mean, sum(w) ** -0.5, random, sum(wr) ** -0.5, sqrt(tau2)


def imported(path: Path, name: str, folder: Path) -> tuple[list[bayes.Synthesis], list[Cells]]:
    """Import a table, decide its open questions, and import it again: keep the first of several results of a study."""
    answers = Answers.model_validate({"benefit": "lower", **ANSWERS.get(name, {})})
    write([path], folder / "first", answers)
    lines = (folder / "first" / "answers.toml").read_text("utf-8").splitlines()
    kept, keep = [], False
    for line in lines:
        if line.startswith("# [records."):
            keep = line[:-1].rpartition("_")[2] not in ("1",) and line[:-1].rpartition("_")[2].isdigit()
        if keep:
            kept.append(line.removeprefix("# "))
    (folder / "answers.toml").write_text("\n".join(kept) or "leave_out = false\n", "utf-8")
    decided = Answers.load(folder / "answers.toml")
    write([path], folder / "out", answers.model_copy(update={"records": decided.records}))
    with open(folder / "out" / "ledger.csv", encoding="utf-8", newline="") as file:
        ledger = list(csv.DictReader(file))
    pools = [row["file"] for row in ledger if row["kind"] == "synthesis" and row["file"]]
    return [bayes.load_synthesis(folder / "out" / file) for file in pools], ledger


def line_of(path: Path) -> tuple[str, float]:
    """One line about a table, and the largest difference between the two ways."""
    name = path.name.removeprefix("dat.").removesuffix(".csv")
    with tempfile.TemporaryDirectory() as folder:
        syntheses, ledger = imported(path, name, Path(folder))
    if not syntheses:
        reasons = {row["reason"]: row["status"] for row in ledger}
        said = "; ".join(f"{status}: {reason}" for reason, status in reasons.items())
        return f"{name:20} {said}", 0.0 if name not in FORMS else 1.0
    rows, words, worst = rows_of(path), [], 0.0
    forms = {one.outcome: one for one in FORMS[name]}
    for synthesis in syntheses:
        own = forms.get(synthesis.label) or forms[""]
        here, there = from_trials(synthesis), from_csv(rows, own)
        one, other = pooled(here), pooled(there)
        apart = max(abs(a - b) for a, b in zip(one, other, strict=True)) if len(here) == len(there) else 1.0
        worst = max(worst, apart)
        called = f"{own.outcome}: " if own.outcome else ""
        words.append(
            f"{called}{len(here)} trials, {synthesis.measure}, common {one[0]:.4f} ({one[1]:.4f}), "
            f"random {one[2]:.4f} ({one[3]:.4f}), tau {one[4]:.4f}; apart {apart:.0e}"
        )
    return f"{name:20} " + "\n".join(f"{'' if i == 0 else ' ' * 21}{text}" for i, text in enumerate(words)), worst


def main(folder: Path) -> int:
    paths = sorted(folder.glob("dat.*.csv"))
    lines = [line_of(path) for path in paths]
    print("\n".join(text for text, _ in lines))
    wrong = [path.name for path, (_, apart) in zip(paths, lines, strict=True) if apart > TOLERANCE]
    print(f"\n{len(paths)} tables; disagree: {', '.join(wrong) or 'none'}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
