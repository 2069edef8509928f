"""The report: a folder of pages that open from disk, made of a results folder.

import bayes
bayes.report.write("results")      # results/report/index.html
"""

from bayes.report.site import Report, write

__all__ = ["Report", "write"]


def __dir__() -> list[str]:
    return __all__
