"""The worries of one visit's households as two people coded them; the second sometimes reads an answer otherwise. Deterministic."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.coding.answers import find_question
from survey.coding.operations import CodeValues, code_answer, open_round, save_codes, settle_answer
from survey.coding.queries import read_coded
from survey.coding.rounds import APART
from survey.demo.schedule import HOUSEHOLD_FORM
from survey.visits.models import Visit

QUESTION = "worries"
SIGNS = {
    "health": ("药", "病", "照看"),
    "schooling": ("上学", "陪读"),
    "livelihood": ("卖不掉", "手艺", "外面不要人", "地在山上"),
    "housing": ("盖房", "老房子", "搬下来"),
    "water": ("水",),
    "roads": ("路再修宽",),
}
"""What in an answer stands for each code."""
CODES = (
    CodeValues("health", "看病和照料", "Health and care", "看病、买药、报销，老人病人无人照看", "药费一年比一年高"),
    CodeValues("schooling", "上学", "Schooling", "孩子上学的开销、路程、陪读", "娃上学开销大"),
    CodeValues("livelihood", "收入和务工", "Livelihood", "农产品卖不掉，没有活干，没有手艺", "东西种出来卖不掉"),
    CodeValues("housing", "住房和搬迁", "Housing", "建房借款、房屋破旧、搬迁后的不便", "老房子下雨就漏"),
    CodeValues("water", "饮水", "Water", "缺水、断水、水质差", "天一旱就没水吃"),
    CodeValues("roads", "道路", "Roads", "道路不通、太窄", "就是路再修宽一点"),
)
EVERY_NINTH, UNSETTLED = 9, 2


def code_worries(session: Session, people: Mapping[str, User], visit: Visit, now: datetime) -> None:
    """Nothing; the author and the administrator have coded every answer, and the coordinator has settled all differences but two."""
    book = save_codes(session, people["coordinator"], HOUSEHOLD_FORM, QUESTION, CODES, now)
    coding_round = open_round(session, people["coordinator"], visit, book, people["author"], people["admin"], now)
    question = find_question(session, visit.id, HOUSEHOLD_FORM, QUESTION)
    for number, answer in enumerate(question.answers):
        meant = [name for name, signs in SIGNS.items() if any(sign in answer.text for sign in signs)]
        code_answer(session, people["author"], coding_round, answer, meant, "", now + timedelta(hours=1))
        read = meant[1:] if number % EVERY_NINTH == EVERY_NINTH - 1 else meant[:1] if number % (2 * EVERY_NINTH) == 0 else meant
        code_answer(session, people["admin"], coding_round, answer, read, "", now + timedelta(hours=2))
    apart = [each for each in read_coded(session, coding_round, question) if each.state == APART]
    for each in apart[:-UNSETTLED]:
        meant = each.first.codes if each.first else []
        settle_answer(session, people["coordinator"], coding_round, each, meant, "", now + timedelta(days=1))
