"""Questionnaire texts as safe HTML: escaped, with the little Markdown that XLSForm allows and a place for each shown answer.

A text's key is that of the XForm's own text table: "/data/age:label", and "yesno-0" for the first choice of the list `yesno`.
"""

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from questionnaires.model import Question, Questionnaire, Text, text_in

OUTPUT = re.compile(r"\$\{([^}]*)\}")
_STAND_IN = "\ue000{}\ue001"
"""What stands for a shown answer while the text around it is marked up: characters that no text holds."""
_PRIVATE = re.compile("[\ue000-\ue003]")
_STOOD_IN = re.compile("\ue000(\\d+)\ue001")
_COLOUR = re.compile(r"color\s*:\s*(#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,24})\s*(?:;|$)")
_SPAN = re.compile(r"&lt;span style=(?:&#34;|&#39;)(.*?)(?:&#34;|&#39;)&gt;(.*?)&lt;/span&gt;", re.DOTALL)
_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s()]+|mailto:[^\s()]+|tel:[^\s()]+)\)")
_HEADING = re.compile(r"(#{1,6}) +(.+)")
_ITEM = re.compile(r"[*+-] +(.+)")
_NUMBERED = re.compile(r"(\d{1,3}[.)]) +(.+)")
_EMPHASIS = (
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", re.DOTALL), r"<strong>\2</strong>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_]+?)(?<=\S)_(?![\w_])"), r"<em>\1</em>"),
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
    outputs: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        outputs.append(match[1])
        return _STAND_IN.format(len(outputs) - 1)

    html = _markup(OUTPUT.sub(stand_in, _PRIVATE.sub("", text_in(text, language))))
    html = _STOOD_IN.sub(lambda match: str(show_output(outputs[int(match[1])])), html)
    return Markup(html)  # noqa: S704 - the text was escaped, and `show_output` gives HTML


def plain_output(expression: str) -> Markup:
    """What stands for a shown answer where none can be evaluated: an ellipsis."""
    return Markup("…")


def _markup(text: str) -> str:
    """The Markdown that XLSForm allows as HTML of phrases only, which may stand inside a label or a paragraph.

    Colours come as `data-color`, because the security policy forbids inline style; the page's script paints them.
    """
    html = str(escape(text))
    html = _SPAN.sub(_coloured, html)
    addresses: list[str] = []

    def link(match: re.Match[str]) -> str:
        # The address stays out of the way of the emphasis: it may hold asterisks and underscores.
        addresses.append(match[2])
        return f'<a href="\ue002{len(addresses) - 1}\ue003" target="_blank" rel="noopener noreferrer">{match[1]}</a>'

    html = _LINK.sub(link, html)
    # A heading or an item is a line by itself, so that a break beside it would be a second one.
    lines: list[str] = []
    is_after_block = True
    # "3. How old are you?" is a question with its number, which belongs to its text; only several lines make a list.
    is_list = sum(bool(_ITEM.fullmatch(line.strip()) or _NUMBERED.fullmatch(line.strip())) for line in html.split("\n")) > 1
    for line in html.split("\n"):
        block = _block(line, is_list)
        lines.append(block or (line if is_after_block else f"<br>{line}"))
        is_after_block = block is not None
    html = "".join(lines)
    for pattern, replacement in _EMPHASIS:
        html = pattern.sub(replacement, html)
    return re.sub("\ue002(\\d+)\ue003", lambda match: addresses[int(match[1])], html)


def _block(line: str, is_list: bool) -> str | None:
    """The line as a heading or a list's item, numbered ones only where there `is_list`; None when it is neither."""
    if found := _HEADING.fullmatch(line.strip()):
        return f'<span class="md-head md-head-{len(found[1])}">{found[2]}</span>'
    if found := _ITEM.fullmatch(line.strip()):
        return f'<span class="md-item" data-mark="•">{found[1]}</span>'
    if is_list and (found := _NUMBERED.fullmatch(line.strip())):
        return f'<span class="md-item" data-mark="{found[1]}">{found[2]}</span>'
    return None


def _coloured(match: re.Match[str]) -> str:
    colour = _COLOUR.search(match[1])
    return f'<span data-color="{colour[1]}">{match[2]}</span>' if colour else match[2]
