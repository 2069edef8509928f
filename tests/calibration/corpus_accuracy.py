"""The vectorised quadrature beside the ordinary one: `python tests/calibration/corpus_accuracy.py FILE [PRIORS] [SEED]`.

Takes 100 analyses of a corpus of meta-analyses at random and 30 nasty ones (the widest of two studies, tables that all
have an empty cell, the most studies), each under one pair of priors at random, and prints the largest differences from
the two-dimensional quadrature that a synthesis file would get: of means, quantiles and SDs in posterior SDs, and of
probabilities. Means of arms enter both by their difference and its standard error. Nothing is asserted: the file is
the user's own. The tests hold the same comparison for invented tables.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from bayes.base.distributions import parse
from bayes.corpus.evidence import evidence_of
from bayes.corpus.meta_analyses import answer_block
from bayes.corpus.ordinary import ordinary_synthesis
from bayes.corpus.reading import Block, find_corpus
from bayes.priors.sets import load_priors

AT_RANDOM, OF_EACH_KIND = 100, 10


def chosen(frame: pd.DataFrame, random: np.random.Generator) -> dict[str, str]:
    """Return analyses by id, each with why it was chosen."""
    sizes = frame.groupby("analysis", sort=False).size()
    found = dict.fromkeys(random.choice(sizes.index, min(AT_RANDOM, len(sizes)), replace=False), "random")
    two = frame[frame["analysis"].isin(sizes.index[sizes == 2])]
    y = np.where(two["measure"].str.endswith("ratio"), np.log(two["estimate"].astype(float)), two["estimate"])
    apart = two.assign(z=y).groupby("analysis")["z"].agg(np.ptp) / two.groupby("analysis")["se"].max()
    nasty = {"two studies far apart": apart.nlargest(OF_EACH_KIND).index, "most studies": sizes.nlargest(OF_EACH_KIND).index}
    if "events_t" in frame:
        cells = frame[["events_t", "events_c"]].astype(float)
        full = (cells["events_t"] == frame["n_t"]) | (cells["events_c"] == frame["n_c"])
        empty = frame.assign(empty=(cells.min(axis=1) == 0) | full).groupby("analysis")["empty"].all()
        several = empty[empty & (sizes.reindex(empty.index) > 1)].index
        nasty["every table has an empty cell"] = random.permutation(several)[:OF_EACH_KIND]
    for why, ids in nasty.items():
        found |= dict.fromkeys(ids, why)
    return found


def differences(frame: pd.DataFrame, answers: pd.DataFrame, studies: pd.DataFrame, nuisance: object) -> dict[str, float]:
    """Return the differences of one analysis under one pair of priors."""
    mu, tau, new = (answers[answers["parameter"] == name].iloc[0] for name in ("mu", "tau", "new_trial"))
    evidence = evidence_of(frame)
    exact = ordinary_synthesis(evidence, np.flatnonzero(evidence.usable), parse(mu["prior_distribution"]),
                               parse(mu["heterogeneity_distribution"]), nuisance)  # fmt: skip
    up = mu["benefit"] == "higher"
    p, p_new = (value[0, 0] if up else 1 - value[0, 0] for value in (exact.above, exact.new_above))
    unit, spread = exact.sd[0], np.ptp(exact.new_quantiles[0]) / 3.92
    left = exact.left_above[0] if up else 1 - exact.left_above[0]
    return {
        "mean": (mu["mean"] - exact.mean[0]) / unit,
        "sd": mu["sd"] / unit - 1,
        "mu limits": np.abs(mu[["ci_low", "ci_high"]].to_numpy(float) - exact.quantiles[0, [0, 2]]).max() / unit,
        "P(benefit)": mu["p_benefit"] - p,
        "new trial limits": np.abs(new[["ci_low", "ci_high"]].to_numpy(float) - exact.new_quantiles[0, [0, 2]]).max() / spread,
        "P(benefit), new trial": new["p_benefit"] - p_new,
        "tau median": tau["median"] / exact.tau_quantiles[0, 1] - 1,
        "effects": np.abs(studies["mean"].to_numpy() - exact.effect_mean[0]).max() / unit,
        "P(benefit), one left out": np.abs(studies["left_out_p_benefit"].to_numpy() - left).max(),
    }


def main() -> None:
    """Compare, and print the largest difference of each kind."""
    corpus, priors = find_corpus(sys.argv[1:2]), load_priors(sys.argv[2] if len(sys.argv) > 2 else "default")
    random = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    if corpus is None or corpus.kind != "analyses":
        sys.exit("accepted: a CSV or Parquet file of meta-analyses")
    whole = pd.concat([block.frame[block.once] for block in corpus.blocks()], ignore_index=True)
    rows = []
    for name, why in chosen(whole, random).items():
        frame = whole[whole["analysis"] == name].reset_index(drop=True)
        analyses, studies, _ = answer_block(Block(0, "corpus", 1, frame), priors)
        found, of_studies = analyses.to_pandas(), studies.to_pandas()
        joined = found[found["heterogeneity"].notna() & (found["status"] == "ok")]
        pairs = joined[["prior", "heterogeneity"]].drop_duplicates()
        if pairs.empty:
            continue
        prior, spread = pairs.iloc[int(random.integers(len(pairs)))]
        one, its = (f[(f["prior"] == prior) & (f["heterogeneity"] == spread)] for f in (joined, of_studies))
        rows.append({"why": why, "analysis": name, "error": one["error"].max()}
                    | differences(frame, one, its.sort_values("row"), priors))  # fmt: skip
    table = pd.DataFrame(rows)
    numbers = table.columns[2:]
    print(table.assign(n=1).groupby("why")["n"].sum().to_string())
    print(table.groupby("why")[list(numbers)].agg(lambda values: np.abs(values).max()).T.map("{:.1e}".format).to_string())
    for name in numbers[1:]:
        worst = table.loc[table[name].abs().idxmax()]
        if abs(worst[name]) > 1e-3:
            print(f"{name}: {worst[name]:.1e} in {worst['analysis']} ({worst['why']}), stated error {worst['error']:.1e}")


if __name__ == "__main__":
    main()
