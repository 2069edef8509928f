"""The analysis (outcome x effect structure x prior): everything that one posterior depends on, and plans of many."""
