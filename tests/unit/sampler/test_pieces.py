"""Pieces of a posterior: how many draws each is sampled for, and that they make a sample of the whole length."""

import numpy as np
import pytest

from bayes.sampler.draws import Sample, combine
from bayes.sampler.engine import LEAST, length_of


def test_a_piece_has_the_draws_that_its_share_takes():
    assert length_of(1.0, 3000) == 3000
    assert length_of(0.5, 3000) == 1501
    assert length_of(0.01, 3000) == LEAST
    assert length_of(0.01, 500) == 500  # never more than a run of its own
    assert length_of(0.5, 3000, 4) == 6001 and length_of(0.01, 3000, 4) == 4 * LEAST


@pytest.mark.parametrize("weights", [(0.7, 0.3), (0.9, 0.0999, 0.0001), (1 / 3, 1 / 3, 1 / 3), (0.123, 0.456, 0.421)])
@pytest.mark.parametrize("draws", [1000, 3000, 48000])
def test_pieces_together_have_the_length_of_one_and_exact_shares(weights, draws):
    """The value of a draw is the number of its piece."""
    pieces = [Sample({"effect": np.full((4, length_of(w, draws), 1), float(i))}, {}, w) for i, w in enumerate(weights)]
    joined = combine(pieces, draws)
    assert joined.length == draws and joined.weight == 1
    for i, weight in enumerate(weights):
        share = (joined.raw["effect"] == i).mean(axis=(1, 2))
        np.testing.assert_allclose(share, weight, atol=1 / draws)
