"""Questionnaire texts as safe HTML: escaped, with the little Markdown that XLSForm allows and a place for each shown answer.

A text's key is that of the XForm's own text table: "/data/age:label", and "yesno-0" for the first choice of the list `yesno`.
"""

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from questionnaires.model import Question, Questionnaire, Text, text_in

OUTPUT = re.compile(r"\$\{([^}]*)\}")
MARKUP = (
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"<strong>\2</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?m)^#{1,6} +(.+)$"), r"<strong>\1</strong>"),
    (re.compile(r"\n"), "<br>"),
)

ShowOutput = Callable[[str], Markup]


def question_texts(question: Question) -> Mapping[str, Text]:
    """The texts of one question that are not empty, by key."""
    parts = {
        "label": question.label,
        "hint": question.hint,
        "guidance": question.guidance,
        "required": question.required_message,
        "constraint": question.constraint_message,
    }
    return {f"{question.path}:{part}": text for part, text in parts.items() if text}


def questionnaire_texts(questionnaire: Questionnaire) -> dict[str, Text]:
    """Every text of the questionnaire by key; the title's key is "title"."""
    texts: dict[str, Text] = {"title": questionnaire.title}
    for node in questionnaire.walk():
        if isinstance(node, Question):
            texts.update(question_texts(node))
        elif node.label:
            texts[f"{node.path}:label"] = node.label
    for name, choices in questionnaire.choices.items():
        texts.update({f"{name}-{number}": choice.label for number, choice in enumerate(choices)})
    return texts


def outputs_in(text: Text) -> list[str]:
    """The expressions whose answers the text shows, in any language, each once."""
    return list(dict.fromkeys(found for version in text.values() for found in OUTPUT.findall(version)))


def rich_text(text: Text, language: str, show_output: ShowOutput) -> Markup:
    """The text in `language` as HTML; `show_output` gives the HTML for an expression that the text shows."""
    pieces = OUTPUT.split(text_in(text, language))
    shown = [str(show_output(piece)) if number % 2 else _markup(piece) for number, piece in enumerate(pieces)]
    return Markup("".join(shown))  # noqa: S704 - every piece was escaped above


def plain_output(expression: str) -> Markup:
    """What stands for a shown answer where none can be evaluated: an ellipsis."""
    return Markup("…")


def _markup(text: str) -> str:
    """Escaped text with bold, emphasis, headings and line breaks."""
    html = str(escape(text))
    for pattern, replacement in MARKUP:
        html = pattern.sub(replacement, html)
    return html
