"""Two texts of reports in the words of the invented organisation."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.report_texts.operations import save_text

TEXTS = (
    (
        "feedback.closing",
        "zh",
        "以上意见供研究参考。\n请就所反馈的问题逐项研究整改，并于收到本意见之日起三十日内书面回复；其中超过时限的，请说明原因和完成时间。",
    ),
    ("suggestions.water", "zh", "请把水源保护、供水设施管护和水质检测的责任落实到人，并在村务公开栏公示。"),
)


def write_report_texts(session: Session, author: User, now: datetime) -> None:
    """Nothing; the texts are saved as the author's."""
    for block, language, body in TEXTS:
        save_text(session, author, block, language, body, now)
