"""The requirements that a value can be held to: each returns what is wrong with the value in words, or None."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bayes.base.numbers import significant
from bayes.paper.annotations import NOT_STATED
from bayes.posterior.names import ParameterName
from bayes.report.checklist.judgement import Condition, Requirement, Target
from bayes.report.dossier.contents import Diagnosed, PriorPart, Row


def there(value: object, target: Target) -> str | None:
    """Require a value that is neither null nor empty."""
    return "no value" if value is None or value == "" or value == [] or value == {} else None


def stated(value: object, target: Target) -> str | None:
    """Require a text that is neither empty nor "not stated"."""
    if not isinstance(value, str) or not value.strip():
        return "no text"
    return "recorded as not stated" if value.strip().startswith(NOT_STATED) else None


def wholly_stated(value: object, target: Target) -> str | None:
    """Require a text no part of which is "not stated", for any member."""
    wrong = stated(value, target)
    return wrong or ("recorded as not stated in part" if NOT_STATED in str(value) else None)


def there_unless_proportion(value: object, target: Target) -> str | None:
    """Require a value, except for a proportion, which is compared with its goal and has no region of equivalence."""
    return None if target.dossier["measure"] == "proportion" else there(value, target)


def number(value: object, target: Target) -> str | None:
    """Require a number, not true or false."""
    return None if isinstance(value, int | float) and not isinstance(value, bool) else "not a number"


def sha256(value: object, target: Target) -> str | None:
    """Require 64 hexadecimal digits."""
    return None if re.fullmatch(r"[0-9a-f]{64}", str(value)) else "not a SHA-256 digest"


def distribution(value: object, target: Target) -> str | None:
    """Require a family with its parameters, such as normal(0, 0.355) or chi-square(nu)."""
    return None if re.search(r"\w+\([^()\s].*\)", str(value)) else "not a family with its parameters"


def one_of(*accepted: object) -> Requirement:
    """Require one of these values."""
    words = " or ".join(map(str, accepted))
    return lambda value, target: None if value in accepted else f"{value!r} is not {words}"


def at_most(limit: float) -> Requirement:
    """Require a number that is at most this."""

    def needs(value: float, target: Target) -> str | None:
        return number(value, target) or (None if value <= limit else f"{significant(value, 4)} is above {limit}")

    return needs


def at_least(limit: float) -> Requirement:
    """Require a number that is at least this."""

    def needs(value: float, target: Target) -> str | None:
        return number(value, target) or (None if value >= limit else f"{significant(value, 4)} is below {limit}")

    return needs


def holds(phrase: str) -> Requirement:
    """Require a text that contains these words, in any case."""
    return lambda value, target: None if phrase.lower() in str(value).lower() else f"does not contain {phrase!r}"


def begins(phrase: str) -> Requirement:
    """Require a text that begins with these words."""
    return lambda value, target: None if str(value).startswith(phrase) else f"does not begin with {phrase!r}"


def digest_of_file(value: object, target: Target) -> str | None:
    """Require the SHA-256 digest of the file that states the target."""
    file = target.dossier["file"]
    found = target.folder.sha256(file)
    if found is None:
        return f"there is no file {file}"
    return None if value == found else f"does not match {file}, whose digest is {found[:12]}..."


def keys(*names: str) -> Requirement:
    """Require an object with these keys, none of them null."""

    def needs(value: object, target: Target) -> str | None:
        missing = [name for name in names if not isinstance(value, dict) or value.get(name) is None]
        return f"missing: {', '.join(missing)}" if missing else None

    return needs


def is_main(row: Row, target: Target) -> bool:
    """Return whether a row is sound and reports the effect, mu, or the effect of a row of a safety table."""
    if row["status"] != "ok":
        return False
    if target.dossier["kind"] == "adverse_events":
        return ParameterName.parse(row["parameter"]).of is not None
    return row["parameter"] in ("effect", "mu")


def main_with(probability: str) -> Condition:
    """Select main rows that have this probability."""

    def has(row: Row, target: Target) -> bool:
        return is_main(row, target) and row.get(probability) is not None

    return has


def without_thresholds(rows: list[Row], target: Target) -> str | None:
    """Require that no main row has a probability of an effect beyond an MCID, or within a ROPE."""
    found = [row for row in rows if main_with("p_mcid")(row, target) or main_with("p_rope")(row, target)]
    return f"{len(found)} rows have one" if found else None


def is_sound(row: Row | PriorPart | Diagnosed, target: Target) -> bool:
    """Return whether a row or a prior was neither skipped nor failed."""
    return row.get("status") == "ok"


def main_rows(rows: Sequence[Row], target: Target) -> list[Row]:
    """Return the sound rows of the effect or the mean."""
    return [row for row in rows if is_main(row, target)]


def each(check: Callable[[Row, Target], str | None]) -> Requirement:
    """Require every sound row of the effect or the mean to pass; the first that fails is identified by its prior."""

    def needs(rows: Sequence[Row], target: Target) -> str | None:
        chosen = main_rows(rows, target)
        if not chosen:
            return "no sound row of the effect"
        found = ((row["prior"], check(row, target)) for row in chosen)
        return next((f"under {prior}: {wrong}" for prior, wrong in found if wrong), None)

    return needs


def disclosed(name: str, needs: Requirement) -> Requirement:
    """Require one entry in the list of disclosures to meet a requirement."""

    def of_list(value: list[list[str]], target: Target) -> str | None:
        said = next((text for label, text in value if label == name), None)
        wrong = needs(said, target)
        return f"{name}: {wrong}" if wrong else None

    return of_list
