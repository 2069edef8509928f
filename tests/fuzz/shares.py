"""How many inputs go through each door: by damage to structure, by damage to bytes, and under the guided fuzzer.

Cheap doors have the larger shares; every door has at least 20,000 inputs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """The inputs of a door, in a run of a million."""

    structure: int
    letters: int
    guided: int

    @property
    def total(self) -> int:
        return self.structure + self.letters + self.guided


SHARES = {
    "prior expression": Share(350_000, 180_000, 30_000),
    "trial": Share(90_000, 45_000, 10_000),
    "synthesis": Share(12_000, 8_000, 4_000),
    "prior set": Share(55_000, 30_000, 8_000),
    "check": Share(12_000, 8_000, 2_000),
    "import of ctgov": Share(12_000, 8_000, 2_000),
    "import of revman": Share(12_000, 8_000, 2_000),
    "import of table": Share(12_000, 8_000, 2_000),
    "answers of an import": Share(12_000, 8_000, 2_000),
    "joint statements": Share(12_000, 8_000, 2_000),
    "expert's statement": Share(12_000, 10_000, 2_000),
    "corpus": Share(12_000, 8_000, 2_000),
}
MILLION = sum(share.total for share in SHARES.values())
