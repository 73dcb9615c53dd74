"""What is left in a file that could tell of somebody, wherever it lies; and that an outward draft has nothing of it."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analysis.bundle import read_bundle
from analysis.report.kinds.records import About, Sources
from analysis.report.live.package import with_parts
from analysis.report.outward.checking import FrameNames, check_anonymity
from analysis.report.outward.drafting import draft_for
from analysis.report.outward.patterns import names_in
from analysis.report.word.document import write_word
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.live.examples import COUNTY, TODAY, VISIT

NAMES = FrameNames(
    heads=frozenset({"王平安", "安康"}),
    members=frozenset({"李小花"}),
    interviewers=frozenset({"Chen Wei"}),
    villages=frozenset({"上石沟村", "下石沟村"}),
    codes=frozenset({"610727101201", "610727101202"}),
    numbers=frozenset({"0023"}),
    dates=frozenset({date(1956, 3, 2)}),
    public=frozenset({"安康市", "略阳县"}),
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """What the county report of the example is made of."""
    bundle = read_bundle(write_bundle(tmp_path_factory.mktemp("checked") / "bundle", example_bundle()))
    return Sources(About(VISIT, COUNTY), "zh", TODAY, (bundle,))


def picture(comment: str) -> bytes:
    """A small PNG with a text beside its points."""
    told, content = PngInfo(), BytesIO()
    told.add_text("Comment", comment)
    Image.new("RGB", (4, 4)).save(content, "PNG", pnginfo=told)
    return content.getvalue()


@pytest.mark.soak
def test_check__of_an_outward_draft__finds_nothing_and_of_an_inward_one_the_villages_everywhere(sources: Sources) -> None:
    assert check_anonymity(write_word(draft_for("county", sources, "outward", key=b"k"), today=TODAY), NAMES) == ()
    found = check_anonymity(write_word(draft_for("county", sources), today=TODAY), NAMES)
    assert {(each.kind, each.where) for each in found} == {("village", "text"), ("village", "record"), ("code", "record"), ("code", "text")}


def test_check__of_a_file_with_something_in_every_part__finds_all_of_it_and_nothing_public(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("到王")
    paragraph.add_run("平 安家访谈，安康市某县；电话 138-1234-5678，身份证61072719560302123X。")
    document.add_paragraph("安全、平安是大事；1956年3月2日出生；户编号0023；合计 13812345678 元以下的数字不少。")
    document.sections[0].header.paragraphs[0].text = "下石沟"
    document.core_properties.author = "Chen Wei"
    document.add_comment(document.paragraphs[0].runs, text="问过李小花", author="x", initials="x")
    document.add_picture(BytesIO(picture("shot at 上石沟村 by chen")))
    content = BytesIO()
    document.save(content)
    with zipfile.ZipFile(BytesIO(content.getvalue())) as package:
        custom = {name: package.read(name) for name in package.namelist()}
    settings = custom["word/settings.xml"].replace(b"</w:settings>", b"<!-- 610727101201 --></w:settings>")
    found = check_anonymity(with_parts(content.getvalue(), {"word/settings.xml": settings}), NAMES)
    told = {(each.kind, each.where, each.text) for each in found}
    assert {
        ("head", "text", "王平安"),
        ("phone", "text", "138-1234-5678"),
        ("id_number", "text", "61072719560302123X"),
        ("birth", "text", "1956年3月2日出生"),
        ("date", "text", "1956年3月2日"),
        ("number", "text", "0023"),
        ("village", "header", "下石沟"),
        ("interviewer", "properties", "Chen Wei"),
        ("member", "comments", "李小花"),
        ("village", "picture", "上石沟村"),
        ("code", "other", "610727101201"),
    } <= told
    assert not any(each.text == "安康" for each in found)
    assert "正文（word/document.xml）：户主姓名“王平安”" in [each.line("zh") for each in found]


def test_names__looked_for__are_found_whatever_their_number_but_not_within_public_words() -> None:
    many = {f"名{chr(0x4E00 + first)}{chr(0x4E00 + second)}" for first in range(100) for second in range(100)}
    assert list(names_in("这里有名一丁和安康市", {*many, "安康", "康市"}, {"安康市"})) == ["名一丁"]
    assert list(names_in("AnnaLi", {"Li"})) == []
