"""The report: a folder of pages that open from disk, made of a results folder.

from bayes import report
report.write(Path("results"))      # results/report/index.html
"""

from bayes.report.site import write

__all__ = ["write"]
