"""The verbs of a corpus in Python: regenerate it, and merge its shards."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bayes.corpus.cluster import Cluster
from bayes.corpus.folder import merge
from bayes.corpus.reading import find_corpus
from bayes.corpus.regeneration import Computed, Engine, Follower, Processes, Shard, regenerate_corpus
from bayes.errors import InvalidInput
from bayes.priors.sets import SomePriorSet, as_set
from bayes.results.scheduler import Scheduler, connected

__all__ = ["Computed", "merge", "regenerate"]


def regenerate(
    corpus: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    results_folder: str | os.PathLike[str] = "results",
    *,
    prior_set: SomePriorSet = "default",
    jobs: int | None = None,
    shard: str = "1/1",
    force: bool = False,
    engine: Engine | None = None,
    follower: Follower | None = None,
    scheduler: str | Scheduler | None = None,
) -> Computed:
    """Compute every posterior of a corpus by quadrature, as far as it is missing.

    Parameters
    ----------
    corpus : str or path, or a sequence of them
        CSV or Parquet files, or folders of them: of results (a row each) or of meta-analyses (a row per study).
    results_folder : str or path
        Where `corpus.parquet`, or `analyses.parquet` and `studies.parquet`, and `corpus_rejected.csv` are written.
    prior_set : str, path or PriorSet
        Its priors of effects and, for meta-analyses, of heterogeneity.
    jobs : int, optional
        Worker processes, by default one per core; the answers do not depend on their number.
    shard : str
        "i/n": compute only every n-th block; `merge` joins the shards.
    force : bool
        Compute again what is finished.
    engine : Engine, optional
        What runs the blocks, in place of processes on this machine.
    follower : callable, optional
        Called with the number of every block that is written.
    scheduler : str or Scheduler, optional
        The address of a Dask scheduler, whose workers run the blocks; only this process writes.

    Returns
    -------
    Computed

    Raises
    ------
    InvalidInput
        If a file is not a corpus; names what its columns lack. Also if no scheduler answers at the address, or its
        workers run other versions.
    ClusterLost
        If the scheduler stops answering; finished blocks are stored, and another run continues there.
    """
    names = [corpus] if isinstance(corpus, str | os.PathLike) else list(corpus)
    found = find_corpus(names)
    if found is None:
        raise InvalidInput("corpus", ["no CSV or Parquet file; accepted: files of these kinds, or folders of them"])
    chosen, part = as_set(prior_set), Shard.parse(shard)
    with connected(scheduler) as cluster:
        run = engine or (Cluster(cluster) if cluster else Processes(jobs or os.cpu_count() or 1))
        return regenerate_corpus(found, results_folder, chosen, engine=run, shard=part, force=force, follower=follower)
