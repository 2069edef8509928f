"""`python -m bayes`."""

from bayes.cli import main

main()
