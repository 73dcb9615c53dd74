"""The Markdown files of the documentation as sources of the guide: their places, their links, their lines."""

from pathlib import Path

import pytest

from questionnaires.errors import ErrorCode, SurveyError
from survey.guide.sources import gather, joined, list_sources, place_of_picture, stamp_of

SMALL = {
    "docs/README.md": "# Documentation\n\n[review.md](review.md)\n",
    "docs/review.md": (
        "# Review · 审核\n\nSettings: [settings.md](settings.md). "
        "See [the guide](guide/zh/index.md), [nginx](../deploy/nginx.conf) and [more](#review).\n"
    ),
    "docs/glossary.md": "# Glossary\n",
    "docs/settings.md": "# Settings\n",
    "docs/guide/zh/reference/settings.md": "# 设置\n\n[审核](../../../review.md)\n",
    "docs/guide/zh/index.md": (
        "# 指南\n\n[审核](../../review.md#review)、[作者](author.md)、[词](../../glossary.md)、[设置](../../settings.md)\n\n"
        "![图](../../pictures/guide/a.zh.png)\n"
    ),
    "docs/guide/zh/author.md": "# 作者\n\n第一行，\n第二行。\n",
    "docs/pictures/guide/a.zh.png": "picture",
    "deploy/nginx.conf": "",
    "survey/guide/building.py": "",
    "survey/static/css/tokens.css": "",
    "survey/static/img/mark.svg": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a guide of two chapters in one language."""
    for name, text in SMALL.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "project"


def test_sources__of_a_language__are_its_chapters_in_order_and_then_the_reference(project: Path) -> None:
    names = [source.name for source in list_sources(project, "zh")]
    assert names == ["index", "author", "glossary", "reference/index", "reference/review", "reference/settings"]
    with pytest.raises(SurveyError) as raised:
        list_sources(project, "en")
    assert raised.value.code is ErrorCode.GUIDE_WITHOUT_PAGES


def test_gathered__links__lead_to_the_new_places_or_are_plain_text(project: Path, tmp_path: Path) -> None:
    gather(project, "zh", tmp_path / "sources")
    index = (tmp_path / "sources" / "index.md").read_text(encoding="utf-8")
    assert "[审核](reference/review.md#review)、[作者](author.md)、[词](glossary.md)" in index
    assert f"![图]({place_of_picture('docs/pictures/guide/a.zh.png')})" in index
    assert (tmp_path / "sources" / "pictures" / "guide" / "a.zh.png").read_text() == "picture"
    review = (tmp_path / "sources" / "reference" / "review.md").read_text(encoding="utf-8")
    assert "See [the guide](../index.md), nginx and [more](#review)." in review
    assert "Settings: [设置](settings.md)." in review, "a page named by its file is named by its title"
    assert "[Review](review.md)" in (tmp_path / "sources" / "reference" / "index.md").read_text(encoding="utf-8")
    assert "[设置](reference/settings.md)" in index, "the language's own page stands for the one of docs/"
    assert (tmp_path / "sources" / "reference" / "settings.md").read_text(encoding="utf-8") == "# 设置\n\n[审核](review.md)\n"
    assert "/author" in index
    assert "参考" in index


def test_lines__where_chinese_goes_on__are_joined_but_not_in_code_nor_between_paragraphs() -> None:
    text = "第一行，\n第二行。\n\n另一段 end\n中文\n\n```\n代码\n代码\n```\n"
    assert joined(text) == "第一行，第二行。\n\n另一段 end\n中文\n\n```\n代码\n代码\n```\n"


@pytest.mark.parametrize("name", [name for name in SMALL if not name.startswith("deploy")])
def test_stamp__after_any_change_of_what_the_guide_is_made_from__is_another(project: Path, name: str) -> None:
    before = stamp_of(project)
    assert stamp_of(project) == before
    (project / name).write_text("# other\n", encoding="utf-8")
    assert stamp_of(project) != before
