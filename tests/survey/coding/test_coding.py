"""Open answers: code books in and out, two coders blind to each other, what is settled, what is exported, and words without names."""

import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.coding.columns import with_codes
from analysis.indicators import compute_indicators
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.export import export_bundle
from survey.coding.answers import find_question, read_open_answers
from survey.coding.models import BookCode, Coding
from survey.coding.operations import CodeValues, code_answer, open_round, save_codes, settle_answer
from survey.coding.queries import find_code_book, find_round, read_coded
from survey.coding.sheets import code_book_sheet, read_code_book
from survey.events import Event
from survey.pages.workbooks import TableSheet, write_workbook
from survey.registry.models import HouseholdMember
from survey.visits.models import Visit
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements

VISIT = "2018-04-test"
PAGE = f"/visits/{VISIT}/open-answers"
WISH = f"{PAGE}/test_form/wish"
TEXTS = ("希望家庭医生上门，张大山看病贵", "自来水经常停", "希望修路，孩子上学远", "没有愿望", "家庭医生没来过，电话１３９12345678")
CODES = (
    CodeValues("doctor", "看病", "Health care", "看病、医生、报销"),
    CodeValues("water", "饮水", "Water"),
    CodeValues("road", "道路", "Roads", example="希望修路"),
)


@pytest.fixture
def answers(session: Session) -> list[str]:
    """Five accepted interviews with a wish, in the order of `TEXTS`; 张大山 is a member of the first household."""
    version = add_form(session)
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    for number, text in enumerate(TEXTS):
        household = add_household(session, f"00{number}")
        if number == 0:
            session.add(HouseholdMember(household_id=household.id, position=1, name="张大山"))
        given = {"n_members": 3, "wish": text}
        add_submission(
            session, version, f"uuid:{number}", assignment=add_assignment(session, pair, household), state="accepted", answers=given
        )
    for name in ("coder1", "coder2"):
        add_person(session, name, "author", name=f"编码{name[-1]}")
    session.commit()
    return [f"uuid:{number}" for number in range(len(TEXTS))]


def opened(session: Session) -> None:
    """A code book, and two coders."""
    actor = find_or_add_person(session, "coordinator")
    book = save_codes(session, actor, "test_form", "wish", CODES, NOW)
    first, second = (find_or_add_person(session, name) for name in ("coder1", "coder2"))
    open_round(session, actor, session.get_one(Visit, VISIT), book, first, second, NOW)
    session.commit()


def give(session: Session, coder: str, *given: tuple[str, ...]) -> None:
    """The codes that one coder gives to the answers, in their order."""
    question = find_question(session, VISIT, "test_form", "wish")
    found = find_round(session, VISIT, "test_form", "wish")
    for answer, codes in zip(question.answers, given, strict=False):
        code_answer(session, find_or_add_person(session, coder), found, answer, codes, "", NOW)
    session.commit()


def code_file(*rows: list[str]) -> bytes:
    """A code book as somebody fills it in."""
    return write_workbook([TableSheet("1", ["代码", "中文名称", "英文名称"], rows)])


BOTH = (("doctor",), ("water",), ("road",), (), ("doctor",))
OTHER = (("doctor",), ("water",), ("road", "doctor"), (), ("doctor",))


def test_answers__of_a_visit__are_shown_without_names_and_numbers(session: Session, answers: list[str]) -> None:
    question = find_question(session, VISIT, "test_form", "wish")
    assert [answer.instance_id for answer in question.answers] == answers
    assert question.answers[0].shown == "希望家庭医生上门，××看病贵"
    assert question.answers[4].shown == "家庭医生没来过，电话××"
    assert question.answers[1].text == question.answers[1].shown == TEXTS[1]
    assert "张大山" in read_open_answers(session, VISIT).left_out


def test_code_book__out_and_in__is_the_same_and_one_wrong_row_refuses_all(session: Session, answers: list[str]) -> None:
    actor = find_or_add_person(session, "coordinator")
    book = save_codes(session, actor, "test_form", "wish", CODES, NOW)
    assert read_code_book(code_book_sheet(book.codes, "zh")) == CODES
    more = code_file(["school", "上学", "School"], ["water", "用水", "Water supply"])
    save_codes(session, actor, "test_form", "wish", read_code_book(more), NOW)
    session.expire_all()
    found = find_code_book(session, "test_form", "wish")
    assert found is not None
    assert [(code.name, code.label_zh) for code in found.codes] == [
        ("doctor", "看病"), ("water", "用水"), ("road", "道路"), ("school", "上学"),
    ]  # fmt: skip
    for rows, says in (
        ([["1st", "一", "One"]], "'1st' is no name of a code"),
        ([["a", "一", "One"], ["a", "二", "Two"]], "is there twice"),
        ([["no_code", "一", "One"]], "no name of a code"),
        ([["b", "", "One"]], "row 2: 'chinese label' is empty"),
    ):
        with pytest.raises(SurveyError, match=re.escape(says)):
            save_codes(session, actor, "test_form", "wish", read_code_book(code_file(*rows)), NOW)
    with pytest.raises(SurveyError, match="headings"):
        read_code_book("名称\n一\n".encode())
    assert session.scalar(select(func.count()).select_from(BookCode)) == 4


def test_coding__by_two_and_settled_by_a_third__counts_and_keeps_every_decision(session: Session, answers: list[str]) -> None:
    opened(session)
    give(session, "coder1", *BOTH)
    give(session, "coder1", ("doctor",))
    give(session, "coder2", ("water",))
    give(session, "coder2", *OTHER)
    found = find_round(session, VISIT, "test_form", "wish")
    question = find_question(session, VISIT, "test_form", "wish")
    coded = read_coded(session, found, question)
    assert [each.state for each in coded] == ["agreed", "agreed", "apart", "agreed", "agreed"]
    assert coded[3].counted == frozenset()
    # Five and five, and one that the second coder changed; saying the same again is no decision.
    assert session.scalar(select(func.count()).select_from(Coding)) == 11
    coder, third = find_or_add_person(session, "coder1"), find_or_add_person(session, "coordinator")
    for actor, what, code in ((coder, coded[2], ErrorCode.NOT_ALLOWED), (third, coded[0], ErrorCode.INVALID_TRANSITION)):
        with pytest.raises(SurveyError) as refused:
            settle_answer(session, actor, found, what, ["road"], "", NOW)
        assert refused.value.code is code
    with pytest.raises(SurveyError, match="no code of this book"):
        settle_answer(session, third, found, coded[2], ["gold"], "", NOW)
    settle_answer(session, third, found, coded[2], ["road"], "家访笔记", NOW)
    coded = read_coded(session, found, question)
    assert (coded[2].state, coded[2].counted) == ("settled", frozenset(("road",)))
    with pytest.raises(SurveyError) as refused:
        open_round(session, third, session.get_one(Visit, VISIT), found.code_book, third, coder, NOW)
    assert refused.value.code is ErrorCode.INVALID_TRANSITION
    told = session.scalars(select(Event.action).where(Event.subject_type == "coding_round")).all()
    assert (told.count("coding.coded"), told.count("coding.settled")) == (11, 1)


def test_coding__of_an_answer_that_changed__waits_again(session: Session, answers: list[str]) -> None:
    opened(session)
    give(session, "coder1", *BOTH)
    give(session, "coder2", *BOTH)
    question = find_question(session, VISIT, "test_form", "wish")
    changed = replace(
        question, answers=tuple(replace(each, text_hash="0" * 64) if number == 1 else each for number, each in enumerate(question.answers))
    )
    coded = read_coded(session, find_round(session, VISIT, "test_form", "wish"), changed)
    assert [each.state for each in coded] == ["agreed", "waiting", "agreed", "agreed", "agreed"]


def test_export__of_coded_answers__has_them_as_a_column_that_figures_count(session: Session, answers: list[str], tmp_path: Path) -> None:
    opened(session)
    give(session, "coder1", *BOTH)
    give(session, "coder2", *OTHER)
    export_bundle(session, tmp_path / "bundle")
    read = read_bundle(tmp_path / "bundle")
    assert read.codings is not None
    assert read.codings["state"].tolist() == ["agreed", "agreed", "apart", "agreed", "agreed"]
    assert [choice.name for choice in read.forms["test_form"].code_books["wish"]] == ["doctor", "water", "road"]
    bundle = with_codes(read)
    main = bundle.tables["test_form", "main"].set_index("instance_id")["wish_codes"]
    assert [main[each] if main[each] is None else list(main[each]) for each in answers] == [
        ["doctor"],
        ["water"],
        None,
        ["no_code"],
        ["doctor"],
    ]
    figures = compute_indicators(bundle).query("domain_type == 'all' and indicator == 'wish_codes'").set_index("category")["estimate"]
    assert figures.to_dict() == {"doctor": 0.5, "water": 0.25, "road": 0.0, "no_code": 0.25}


def test_pages__by_role__open_for_readers_change_for_editors_and_code_for_coders(
    session: Session, answers: list[str], sign_in: SignIn
) -> None:
    opened(session)
    of_question = ("book", "book.xlsx", "results", "results.xlsx", "settle")
    pages = (PAGE, *(f"{WISH}/{page}" for page in of_question), f"/visits/{VISIT}/words", f"/visits/{VISIT}/words/words.xlsx")
    writes = (f"{WISH}/book", f"{WISH}/book/import", f"{WISH}/book/water/retire", f"{WISH}/coders", f"{WISH}/settle")
    for name in ("county", "lead1"):
        client = sign_in(name)
        assert {client.get(page).status_code for page in (*pages, f"{WISH}/code")} == {403}
        assert {client.post(page).status_code for page in (*writes, f"{WISH}/code")} == {403}
    author = sign_in("author")
    assert {author.get(page).status_code for page in pages} == {200}
    assert {author.post(page).status_code for page in (*writes, f"{WISH}/code")} == {403}
    coder = sign_in("coder1")
    assert coder.get(f"{WISH}/code").status_code == 200
    assert {coder.get(page).status_code for page in (f"{WISH}/settle", f"{WISH}/results.xlsx")} == {403}
    assert "以免受对方影响" in coder.get(f"{WISH}/results").text
    assert sign_in("coordinator").get(f"{PAGE}/test_form/nothing/book").status_code == 404


def test_pages__from_code_book_to_results__lead_through_the_work(session: Session, answers: list[str], sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert "您有什么愿望" in client.get(PAGE).text
    bad = client.post(f"{WISH}/book", data={"name": "1", "label_zh": "看病", "label_en": "Health"})
    assert (bad.status_code, "以字母开头" in bad.text) == (422, True)
    assert client.post(f"{WISH}/book", data={"name": "doctor", "label_zh": "看病", "label_en": "Health"}).status_code == 302
    file = code_file(["road", "道路", "Roads"], ["old", "旧码", "Old"])
    assert client.post(f"{WISH}/book/import", data={"file": (io.BytesIO(file), "codes.xlsx")}).status_code == 302
    assert client.post(f"{WISH}/book/import", data={"file": (io.BytesIO(b"x"), "codes.csv")}).status_code == 422
    assert client.post(f"{WISH}/book/old/retire").status_code == 302
    people = [find_or_add_person(session, name).id for name in ("coder1", "coder2")]
    assert client.post(f"{WISH}/coders", data={"first": people[0], "second": people[0]}).status_code == 422
    assert client.post(f"{WISH}/coders", data={"first": people[0], "second": people[1]}).status_code == 302
    for coder, third in (("coder1", "road"), ("coder2", "doctor")):
        client = sign_in(coder)
        page = client.get(f"{WISH}/code")
        assert ("希望家庭医生上门，××看病贵" in page.text, "张大山" in page.text, "旧码" in page.text) == (True, False, False)
        for number, instance in enumerate(answers):
            saved = client.post(f"{WISH}/code", data={"instance": instance, "codes": [third if number == 2 else "doctor"]})
            assert saved.status_code == 302
    assert client.post(f"{WISH}/code", data={"instance": "uuid:other"}).status_code == 404
    client = sign_in("coordinator")
    assert "希望修路" in client.get(f"{WISH}/settle").text
    assert client.post(f"{WISH}/settle", data={"instance": "uuid:2", "codes": ["road"]}).status_code == 302
    assert "0.80" in client.get(f"{WISH}/results").text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{WISH}/results.xlsx").data))
    assert [row[5].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["看病", "看病", "道路", "看病", "看病"]


def test_pages__with_more_answers__cost_the_same_statements(
    session: Session, answers: list[str], sign_in: SignIn, statements: Statements
) -> None:
    opened(session)
    client = sign_in("coordinator")
    pages = (PAGE, f"{WISH}/results", f"/visits/{VISIT}/words")
    counted = []
    for _round in range(2):
        for page in pages:
            client.get(page)
        statements.reset()
        for page in pages:
            client.get(page)
        counted.append(len(statements))
        give(session, "coder1", *BOTH)
        give(session, "coder2", *OTHER)
    assert counted[0] == counted[1] <= 45


def test_words__of_a_visit__are_counted_without_names(session: Session, answers: list[str], sign_in: SignIn) -> None:
    client = sign_in("author")
    page = client.get(f"/visits/{VISIT}/words").text
    assert "家庭医生" in page
    assert "张大山" not in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/visits/{VISIT}/words/words.xlsx?question=test_form.wish").data))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=2, max_row=2)] == ["家庭医生"]
