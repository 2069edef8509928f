"""Where arms and an effect are both posted: how many agree within rounding, and why the others do not.

    python tests/support/agreement_of_records.py FILE [FILE ...]

FILE holds records of ClinicalTrials.gov. An effect agrees if it is that of the arms, in its direction, within the rounding
of both. Every other effect has a reason, the first that applies: it is adjusted, as the record says or because its method
is a regression; it compares logarithms of ranks, medians or a model's rates with other numbers; it is off by a digit; or it
is none of these, and listed.
"""

import sys
from collections import Counter
from pathlib import Path

from bayes.base import measures
from bayes.importing.answers import Answers
from bayes.importing.ctgov.comparing import agrees, difference_in_errors, own_effect
from bayes.importing.ctgov.drafting import read_measure
from bayes.importing.ctgov.reader import CtgovReader, studies
from bayes.importing.ctgov.record import Node
from bayes.importing.ctgov.study import Study
from bayes.importing.source import sources_of

AGREES = "agrees within rounding"
UNKNOWN = "direction unknown: near no effect, and not stated"


def pairs(path):
    """Yield each posted effect with the one that follows from its arms: (study, found, own)."""
    for source in sources_of(Path(path)):
        for _, value in studies(source) if CtgovReader().recognises(source) else ():
            study = Study.of(Node(value), Answers())
            if study.why_not is not None:
                continue
            for measure in study.measures:
                for found in read_measure(study, measure).found:
                    own = None if found.part.summary is None else own_effect(found.part.summary, found.effect.measure)
                    if own is not None and not own.proxy:
                        yield study, found, own


def reason(found, own):
    """Return why a posted effect and that of the arms differ, or that they agree."""
    effect, kind = found.effect, found.part.summary.kind
    if found.oriented is None:
        return AGREES if agrees(effect.estimate, own) else UNKNOWN
    if found.oriented.compares == "control_vs_treatment" and own.value:
        own = own.mirrored(measures.is_log(effect.measure))
    if agrees(effect.estimate, own):
        return AGREES
    if effect.unit_is_open:
        return "whether it is in percent is not stated"
    if effect.adjusted or effect.stratified:
        return "adjusted or stratified"
    if kind == "medians":
        return "medians: a difference of medians is not the median of differences"
    if kind in ("rates", "percentages", "events"):
        return "a model's rates or percentages"
    apart = difference_in_errors(effect, own)
    if abs(float(effect.estimate) - own.value) <= 1.5 * 10 ** int(effect.estimate.as_tuple().exponent):
        return "a unit of the last digit apart"
    if apart is not None and apart < 0.5:
        return "close: within half a standard error, adjustment not stated"
    return "not explained"


def main(paths):
    found = [(study, one, own, reason(one, own)) for path in paths for study, one, own in pairs(path)]
    counted = Counter(why for *_, why in found)
    print(f"{len(found):,} effects beside arms that give the same measure")
    for why, n in counted.most_common():
        print(f"{n:6,}  {n / len(found):6.1%}  {why}")
    for study, one, own, why in found:
        if why == "not explained":
            at = one.effect.analysis.path.rpartition("outcomeMeasuresModule.")[2]
            print(f"  {study.registration} {at}: {one.effect.measure} posted {one.effect.estimate}, arms {own.value:.4g} ({one.part.label[:70]})")


if __name__ == "__main__":
    main(sys.argv[1:])
