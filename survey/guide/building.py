"""Builds the guide with Sphinx: one folder of pages for each language, for browsers that run no script but what the server sent.

Sphinx is imported here and nowhere else; pages of the program never wait for it.
"""

import functools
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.locale import translators
from sphinx.util.console import nocolor
from sphinx.util.docutils import SphinxTranslator, docutils_namespace
from sphinx.util.images import get_image_size

from questionnaires.errors import ErrorCode, SurveyError
from survey.guide.searching import TwoLanguages
from survey.guide.sources import LANGUAGES, MADE_WITH, gather, is_english, list_sources

TITLES = {"zh": "使用指南", "en": "Guide"}
OWNERS = {"zh": "监督调研", "en": "Supervision Survey"}
SPHINX_LANGUAGES = {"zh": "zh_CN", "en": "en"}
THEME = Path(__file__).parent
WITHOUT_EVALUATING = (
    "Documentation.addTranslations(",
    "((catalog) => { Documentation.PLURAL_EXPR = () => 0; Object.assign(Documentation.TRANSLATIONS, catalog.messages); })(",
)
"""How Sphinx hands over the words of the search, and how it is done where a policy forbids to make functions of texts. Chinese, the only
language here that it translates, has no plural."""
FOR_EVERYBODY = (
    ("<pre>", '<pre tabindex="0">'),
    ("<table class=", '<table tabindex="0" class='),
    ('<th class="head"><p></p></th>', "<td></td>"),
    ('<a class="headerlink" ', '<a class="headerlink" aria-hidden="true" tabindex="-1" '),
)
"""What Sphinx writes otherwise: code and tables that can be scrolled by keys, no heading where a column has none, and no sign after every
heading for those who listen."""
UNUSED = ("objects.inv", ".buildinfo", ".buildinfo.bak", "_static/pygments.css", "_static/basic.css", "_sources")
"""What Sphinx leaves beside the pages and nobody asks for."""


def build_guide(root: Path, target: Path) -> None:
    """Build the guide of the project in `root` into the folder `target`, which appears when all of it is there.

    Raises SurveyError with what Sphinx said where a page has a fault; nothing is left then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "made"
        for language in LANGUAGES:
            build_language(root, language, Path(folder) / "sources" / language, made / language)
        os.replace(made, target)


def build_language(root: Path, language: str, sources: Path, target: Path) -> None:
    """Build one language into `target`, with its sources gathered in the folder `sources`."""
    gather(root, language, sources)
    faults = run_sphinx(sources, target, settings_of(root, language))
    if faults:
        raise SurveyError(ErrorCode.GUIDE_NOT_BUILT, told=faults.replace(f"{sources}{os.sep}", f"{language}: "))
    finish(root, target)


def finish(root: Path, target: Path) -> None:
    """Put what the pages share into a built language, make its pages as readers need them, and take away what nobody asks for."""
    for page in target.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(functools.reduce(lambda made, change: made.replace(*change), FOR_EVERYBODY, text), encoding="utf-8")
    for name in MADE_WITH[1:]:
        shutil.copyfile(root / name, target / "_static" / Path(name).name)
    words = target / "_static" / "translations.js"
    if words.is_file():
        words.write_text(words.read_text(encoding="utf-8").replace(*WITHOUT_EVALUATING), encoding="utf-8")
    for name in UNUSED:
        found = target / name
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink(missing_ok=True)


def run_sphinx(sources: Path, target: Path, settings: dict[str, Any]) -> str:
    """What Sphinx has to complain of, every warning a line; empty once the pages lie in `target`."""
    told = io.StringIO()
    nocolor()
    try:
        # Sphinx registers what it adds to docutils once per process; here it is forgotten with every language.
        # So are the words of its own, which would be those of the language before.
        translators.clear()
        with docutils_namespace():
            trees = sources.with_name(f"{sources.name}-trees")
            Sphinx(sources, None, target, trees, "html", confoverrides=settings, status=None, warning=told, freshenv=True).build()
    except SphinxError as error:
        return f"{told.getvalue()}{error}"
    return "\n".join(dict.fromkeys(told.getvalue().split("\n"))).strip()


def settings_of(root: Path, language: str) -> dict[str, Any]:
    """What Sphinx is told of one language, instead of a conf.py."""
    other = next(each for each in LANGUAGES if each != language)
    return {
        "extensions": ["myst_parser", __name__],
        "project": TITLES[language],
        "language": SPHINX_LANGUAGES[language],
        "html_theme": "theme",
        "html_theme_path": [str(THEME)],
        "html_title": f"{TITLES[language]} · {OWNERS[language]}",
        "html_context": {
            "owner": OWNERS[language],
            "guide_language": language,
            "other_language": other,
            "english_pages": [source.name for source in list_sources(root, language) if is_english(source)],
            "other_pages": [source.name for source in list_sources(root, other)] + ["search"],
        },
        "html_math_renderer": "mathml",
        "html_search_language": TwoLanguages.lang,
        "html_use_index": False,
        "html_copy_source": False,
        "html_permalinks_icon": "#",
        "smartquotes": False,
        "highlight_language": "bash",
        "myst_enable_extensions": ["dollarmath"],
        "myst_fence_as_directive": ["math"],
        "myst_heading_anchors": 4,
        "myst_dmath_double_inline": False,
        "nitpicky": True,
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what the guide adds to Sphinx: formulas as MathML, and a search in both languages."""
    app.add_html_math_renderer("mathml", (visit_inline_formula, None), (visit_formula, None))
    app.add_search_language(TwoLanguages)
    app.connect("doctree-resolved", show_pictures_when_needed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _written(translator: SphinxTranslator) -> list[str]:
    body: list[str] = getattr(translator, "body")  # of every translator that writes HTML  # noqa: B009
    return body


def visit_inline_formula(translator: SphinxTranslator, node: nodes.math) -> None:
    """Write a formula that stands in a line."""
    _written(translator).append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def visit_formula(translator: SphinxTranslator, node: nodes.math_block) -> None:
    """Write a formula that stands by itself, in a box of its own that scrolls where it is wider than the page."""
    _written(translator).append(f'<div class="formula">{tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def show_pictures_when_needed(app: Sphinx, document: nodes.document, _name: str) -> None:
    """Let browsers fetch a picture when its place comes near, and keep room for it until it is there."""
    for image in document.findall(nodes.image):
        image["loading"] = "lazy"
        size = get_image_size(app.srcdir / image["uri"])
        if size:
            image["width"], image["height"] = map(str, size)
