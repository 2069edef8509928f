"""Sphinx's settings for the API reference. `build.py` runs it; `sources.py` writes what it reads."""

import sys
from importlib.metadata import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # the extensions that stand beside this file

about = metadata("bayes-reanalysis")
project = about["Name"]
author = copyright = about["Author"]
version = release = about["Version"]

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_click",
    "myst_parser",
    "docstrings",
    "mathml",
    "members",
]
exclude_patterns = []
default_role = "literal"
smartquotes = False  # "normal(0, 0.355)" is to be copied
nitpicky = False  # docstrings name types of other packages, and this build fetches no inventory of theirs

# Signatures say which types; numpydoc's sections say what they mean.
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autosummary_generate = False  # its tables are wanted, not a page per name
python_use_unqualified_type_names = True
numpydoc_show_class_members = False  # autodoc shows them, with their own docstrings
numpydoc_use_plots = False

myst_enable_extensions = ["amsmath", "deflist", "dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3
html_math_renderer = "mathml"

html_theme = "pydata_sphinx_theme"
html_title = f"{project} {release}"
html_static_path = [str(HERE / "static")]
html_css_files = ["reference.css"]
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_nav_level": 2,
    "show_toc_level": 2,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"**": []}
