"""The overview of a report in a browser: searched, filtered and sorted."""

from support import dossiers
from support.browser import complaints, serious_findings

from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.overview import VERDICTS
from bayes.report.pages.render import index_page


def test_the_overview_is_searched_filtered_and_sorted(tmp_path, page):
    """Three outcomes of two trials: rows and the headings of their trials come and go together."""
    def one(name, trial, p):
        said = dossiers.outcome()
        said |= {"name": name, "label": name, "trial": {**said["trial"], "id": trial, "title": f"Trial {trial}"}}
        said["rows"] = [row | {"p_benefit": p} for row in said["rows"]]
        return said

    made = [one("lesions", "alpha", 0.95), one("relapses", "alpha", 0.5), one("deaths", "beta", 0.03)]
    (tmp_path / "index.html").write_text(index_page(made, Counted(3, 0, 18)), encoding="utf-8")
    page.goto((tmp_path / "index.html").as_uri())

    def shown():
        return page.locator("table.overview tbody tr:visible").evaluate_all("rows => rows.map(r => r.cells[0].innerText.split('\\n')[0])")

    everything = ["Trial alpha (2021)", "lesions", "relapses", "Trial beta (2021)", "deaths"]
    assert shown() == everything
    assert "any benefit is probable for 1, uncertain for 1 and improbable for 1 of 3 outcomes" in page.inner_text("main")
    for verdict, name in zip(VERDICTS, ("lesions", "relapses", "deaths"), strict=True):
        page.get_by_label("Benefit is").select_option(verdict)
        assert shown() == [f"Trial {'beta' if name == 'deaths' else 'alpha'} (2021)", name] and page.inner_text("#found") == "1 of 3 shown"
    page.get_by_label("Benefit is").select_option("")
    page.get_by_label("Search").fill("alpha relap")
    assert shown() == ["Trial alpha (2021)", "relapses"]
    page.get_by_label("Search").fill("")
    by_benefit = page.get_by_role("button", name="P(benefit)")
    for expected in (["lesions", "relapses", "deaths"], ["deaths", "relapses", "lesions"], everything):
        by_benefit.click()
        assert shown() == expected
    page.get_by_label("Search").fill("Beta")  # also while sorted, when trials have no headings
    by_benefit.click()
    assert shown() == ["deaths"]
    assert serious_findings(page) == [] and complaints(page) == []
