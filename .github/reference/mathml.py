"""Formulas as MathML, as the report shows them: no script, nothing fetched. A Sphinx extension."""

from __future__ import annotations

from docutils import nodes

from bayes.report.pages.methods import mathml


def _inline(translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _displayed(translator, node: nodes.math_block) -> None:
    formula = mathml(node.astext(), "block")
    box = '<div class="formula" tabindex="0" role="group" aria-label="Formula">'  # the keyboard scrolls a wide one
    translator.body.append(f"{box}{formula}</div>\n")
    raise nodes.SkipNode


def setup(app) -> dict:
    app.add_html_math_renderer("mathml", (_inline, None), (_displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
