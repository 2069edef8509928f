"""The standard deviation beside a posted mean difference, against the pooled one by hand."""

from math import sqrt

import pytest
from support.registry_records import analysis, imported, measure, study, value_at


def outcomes(*, said="Participants report higher scores; higher scores indicate better health", **arms):
    record = study(measure(description=said, analyses=[analysis()], **arms))
    return record, imported(record, benefit="higher")[1].outcomes


@pytest.mark.parametrize(
    "parameter, dispersion, cells, sds",
    [
        ("LEAST_SQUARES_MEAN", "Standard Error", (("5.1", "0.3"), ("4.0", "0.32")), (0.3 * sqrt(50), 0.32 * sqrt(48))),
        ("LEAST_SQUARES_MEAN", "Standard Deviation", (("5.1", "2.0"), ("4.0", "2.2")), (2.0, 2.2)),
    ],
)
def test_a_posted_difference_is_scaled_by_the_arms_beside_it(parameter, dispersion, cells, sds):
    record, found = outcomes(parameter=parameter, dispersion=dispersion, classes={"": cells})
    one = next(one for one in found.values() if one.evidence.kind == "estimate")
    pooled = sqrt((49 * sds[0] ** 2 + 47 * sds[1] ** 2) / 96)
    assert float(one.sd_ref) == pytest.approx(pooled, rel=5e-4)
    paths = str(one.sources["sd_ref"].path).removeprefix("pooled from ").split(", ")
    assert [value_at(record, path) for path in paths] == [cells[0][1], cells[1][1]]


def test_arms_that_are_the_evidence_need_none():
    _, found = outcomes()
    assert all(one.sd_ref is None for one in found.values() if one.evidence.kind == "means")
