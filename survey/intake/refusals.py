"""Why a submission is refused, as records that can be stored with it, shown to a coordinator and sent back to the client. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from questionnaires.instance import Finding
from questionnaires.model import Questionnaire
from survey.intake.texts import text_for, texts_by_code

MESSAGES = {
    "unknown_original": {
        "zh": "它声明修改的答卷 {value} 不在本系统中。请先上报原答卷，再重新校验。",
        "en": "It says that it edits {value}, which is not stored here. Send that submission first, then check this one again.",
    },
    "other_form": {
        "zh": "它声明修改的答卷 {value} 属于另一份问卷，不能互相替换。",
        "en": "It says that it edits {value}, which belongs to another questionnaire. A submission replaces one of its own form only.",
    },
    "already_replaced": {
        "zh": "它声明修改的答卷 {value} 已被另一份修改替换。请在最新的答卷上修改。",
        "en": "It says that it edits {value}, which another edit has already replaced. Edit the newest one.",
    },
    "not_yours": {
        "zh": "它声明修改的答卷 {value} 不是本组所填，只有该组成员或协调员可以修改。",
        "en": "It says that it edits {value}, which another pair filled in. Only that pair or a coordinator may edit it.",
    },
    "unnamed_file": {
        "zh": "附件 {value} 没有被任何一题引用。请只上报答卷中的附件。",
        "en": "No answer names the attachment {value}. Send only the files that belong to the submission.",
    },
    "unsafe_name": {
        "zh": "附件名 {value} 含有路径或控制字符。请改名后重新上报。",
        "en": "The attachment name {value} holds a path or a control character. Rename the file and send it again.",
    },
    "wrong_media": {
        "zh": "附件 {value} 的内容与本题要求的类型不符。",
        "en": "The content of the attachment {value} is not of the kind that this question asks for.",
    },
    "other_content": {
        "zh": "附件 {value} 已收到过内容不同的同名文件，保留了先收到的文件。",
        "en": "Another file named {value} has already been received for this submission; the first one was kept.",
    },
}
"""What is said for each code that is ours; the codes of answers carry the questionnaire's own messages. The texts are data, because
they are stored with what was refused and read later by people of either language."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason; `label` and `message` are texts by language code, `position` the 1-based repeat positions, outermost first."""

    question: str
    label: Mapping[str, str]
    position: tuple[int, ...]
    value: str
    code: str
    message: Mapping[str, str]

    def record(self) -> dict[str, Any]:
        """The refusal as JSON values, as the quarantine stores it."""
        return {**asdict(self), "position": list(self.position)}

    def spoken(self, locale: str) -> dict[str, Any]:
        """The refusal as JSON values with its texts in the language of one reader."""
        return spoken_record(self.record(), locale)


def spoken_record(record: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A stored refusal with its texts in the language of one reader."""
    return {**record, "label": text_for(record["label"], locale), "message": text_for(record["message"], locale)}


def refuse_answer(questionnaire: Questionnaire, finding: Finding) -> Refusal:
    """The refusal of one answer, with the question's label and the questionnaire's message in every language of the form."""
    label = next((question.called for question in questionnaire.questions() if question.path == finding.path), {})
    return Refusal(
        question=finding.question,
        label=texts_by_code(questionnaire, label),
        position=tuple(finding.position),
        value="" if finding.value is None else str(finding.value),
        code=finding.code,
        message=texts_by_code(questionnaire, finding.message),
    )


def refuse(code: str, question: str, value: str) -> Refusal:
    """A refusal of our own: `code` is a key of `MESSAGES`, `value` the identifier or file name that is refused."""
    message = {language: text.format(value=value) for language, text in MESSAGES[code].items()}
    return Refusal(question=question, label={}, position=(), value=value, code=code, message=message)


def summarise(refusals: tuple[Refusal, ...], locale: str, limit: int = 5) -> str:
    """One line for a client that shows text only: "label [2]: value – message; …", at most `limit` of them and then "…"."""
    parts = []
    for refusal in refusals[:limit]:
        spoken = refusal.spoken(locale)
        place = "".join(f"[{number}]" for number in refusal.position)
        shown = f" {refusal.value!r}" if refusal.value else ""
        parts.append(f"{spoken['label'] or refusal.question} ({refusal.question}{place}){shown}: {spoken['message']}")
    return "; ".join(parts) + ("; …" if len(refusals) > limit else "")
