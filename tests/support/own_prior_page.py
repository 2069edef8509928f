"""A page with nothing but the reader's own prior, as a file that a browser opens; and what it is asked about."""

from jinja2 import Environment, PackageLoader

from bayes.report.own_prior import section
from bayes.sensitivity.subject import Subject
from support.reports import FOLDED, PRIOR_OF, REPORTS
from support.trials import make_outcome

KINDS = {**REPORTS, **FOLDED}
SYNTHESIS = "msc_stroke_mrs"


def page_of(*embedded: dict) -> str:
    pages = Environment(loader=PackageLoader("bayes.report.pages", "templates"), autoescape=True)
    sections = "".join(pages.get_template(section.TEMPLATE).render(own_prior=one) for one in embedded)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Own prior</title><style>{section.style()}</style></head><body><main><h1>It</h1>{sections}</main>"
        f"<script>{section.script()}</script></body></html>"
    )


def opened(page, tmp_path, *embedded: dict):
    path = tmp_path / "own_prior.html"
    path.write_text(page_of(*embedded), encoding="utf-8")
    page.goto(path.as_uri())
    return page


def subject_named(name: str) -> Subject:
    if name == SYNTHESIS:
        return Subject.of(name)
    return Subject.of(make_outcome(*KINDS[name]), PRIOR_OF.get(name))
