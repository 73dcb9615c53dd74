"""The questionnaire as frozen records: what `reader.py` returns and everything downstream reads.

Texts are mappings from language name, as the form writes it ("中文 (zh)", "English (en)", "default"), to text. Inside a text,
`${expression}` stands where an answer is to be shown (the XForm's `<output value="expression"/>`). Expressions are XPath as the
XForm carries it: `${name}` of the workbook is already an absolute or relative path. Nothing here reads files or evaluates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from questionnaires.data_files import DataFile

Text = Mapping[str, str]

DEFAULT_VALUE, DEFAULT_LABEL = "name", "label"
"""The columns of a list's names and labels unless a question says otherwise."""
TOLD_OF = ("village", "county")
"""The places that a filled form may tell of instead of people; the column `told_of` of the sheet `settings`."""
AREAS = (
    "health",
    "education",
    "industry",
    "housing",
    "funds",
    "responsibility",
    "conduct",
    "water",
    "safety_net",
    "identification",
    "other",
)
"""What indicators and issues are about, in the order in which a report treats them: the five focus areas first."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of a questionnaire: `name` keys every `Text`; `code` is the tag in parentheses ("zh"), or "" if it has none."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of a choice list; `properties` holds the extra columns that choice filters use."""

    name: str
    label: Text
    media: Mapping[str, Text] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or one value without a question (calculate, hidden, metadata); `path` is absolute, as "/data/income/wage_cny"."""

    name: str
    path: str
    type: str
    """The XLSForm type, one of `question_types.QUESTION_TYPES`, for selects without the list name: "select_one"."""
    label: Text
    hint: Text = field(default_factory=dict)
    guidance: Text = field(default_factory=dict)
    media: Mapping[str, Text] = field(default_factory=dict)
    appearance: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    list_name: str | None = None
    """The key of its choices in `Questionnaire.choices`."""
    instance_id: str | None = None
    """The secondary instance its choices are taken from when that is filled by a file; `parameters` name the columns."""
    choice_filter: str | None = None
    """The XPath predicate over the list's items as the XForm writes it, without brackets."""
    relevant: str | None = None
    required: str | None = None
    required_message: Text = field(default_factory=dict)
    constraint: str | None = None
    constraint_message: Text = field(default_factory=dict)
    calculation: str | None = None
    default: str = ""
    read_only: bool = False
    preload: str | None = None
    """The metadata the client fills in: "start", "end", "today", "deviceid", "username", …"""
    dynamic_default: str | None = None
    """An expression that gives the first value, once, when the instance or the repeat instance is made."""
    trigger: str | None = None
    """The path of the question whose every change sets this one to `calculation`; then it is not kept true otherwise."""
    value_label: Text = field(default_factory=dict)
    """What tables and evidence call a value that is never shown as a question: the label cell of a `calculate`."""

    @property
    def called(self) -> Text:
        """The label, or for a value without one what tables call it."""
        return self.label or self.value_label

    @property
    def answers_offered(self) -> str:
        """The expression of the answers that it offers as its choices, those of a repeat; "" where it has a list."""
        nodeset = self.parameters.get("nodeset")
        return f"{nodeset}/{self.parameters.get('value', DEFAULT_VALUE)}" if nodeset else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are shown together and share a relevance."""

    name: str
    path: str
    label: Text
    children: tuple["Node", ...]
    relevant: str | None = None
    appearance: tuple[str, ...] = ()
    media: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A group that is answered once per thing (a household member); `count` is an expression, or None when people add instances."""

    name: str
    path: str
    label: Text
    children: tuple["Node", ...]
    relevant: str | None = None
    count: str | None = None
    appearance: tuple[str, ...] = ()
    media: Mapping[str, Text] = field(default_factory=dict)


Node = Question | Group | Repeat


QUANTILE_KINDS = ("median", "quantile")
"""The kinds of indicator that are a value which a share of the population does not exceed."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the `indicators` sheet. Variables are question names; `of` is a repeat's name for person-level figures."""

    name: str
    label: Text
    area: str
    kind: str
    """"share", "mean", "total", "ratio", "median", "quantile", "distribution" or "function"."""
    variable: str | None = None
    values: tuple[str, ...] = ()
    """For a share: the answers that count."""
    numerator: str | None = None
    denominator: str | None = None
    of: str | None = None
    unit: str = ""
    good: str = ""
    """"high", "low", or "" when neither direction is better."""
    threshold: float | None = None
    source: str = ""
    p: float | None = None
    """For a quantile: the share of the population at or below it, between 0 and 1."""
    gap_between: tuple[str, ...] = ()
    """Two of `HOUSEHOLD_KINDS` whose difference within villages is looked at: the cliff effect; () where it is not."""
    minimum_n: int = 0
    """From fewer answers the figure is not told, because it would tell of single people; 0 where it always may be."""
    is_part: bool = False
    """For a ratio: whether its numerator is part of its denominator in every answer, so that it lies within 0 to 1."""


@dataclass(frozen=True, slots=True)
class IssueRule:
    """One row of the `issue_rules` sheet: when `when` (XPath over one instance) is true at receipt, a candidate issue is raised."""

    name: str
    title: Text
    when: str
    area: str
    level: str
    severity: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """A question that tells of a thing which is told elsewhere too: by the household (said), in its file (filed), by what was seen."""

    name: str
    path: str
    source: str
    """"said", "filed", "seen", or "judged" for what those who filled in the form found when they compared."""
    type: str
    unit: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Answers to the codes in which they are compared; "" for an answer that says nothing."""


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """One thing that several sources tell of.

    Numbers agree when they are no further apart than the share of what was said or seen plus the amount, in the smallest unit of their
    quantity; dates when they are no further apart than the amount, in days.
    """

    name: str
    label: Text
    area: str
    questions: tuple[ComparedQuestion, ...]
    tolerance_share: float = 0.0
    tolerance_amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of one form, complete: its tree, choices, languages, and the XForm that ODK clients receive."""

    form_id: str
    version: str
    title: Text
    languages: tuple[Language, ...]
    default_language: str
    children: tuple[Node, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    indicators: tuple[Indicator, ...]
    issue_rules: tuple[IssueRule, ...]
    xform: str
    instance_name: str | None = None
    files: Mapping[str, DataFile] = field(default_factory=dict)
    """The data files published with it, by the id of the secondary instance that each fills."""
    compared: tuple[ComparedItem, ...] = ()
    """What is said, filed and seen of one thing, by the columns `compare_…` of the survey sheet."""
    told_of: str = ""
    """One of `TOLD_OF`: what a filled form tells of, where that is a place; "" where it tells of people."""
    sensitivity: Mapping[str, str] = field(default_factory=dict)
    """What answers give away of people, one of `sensitivity.WORDS`, by the path of each question whose author said so."""
    back_checks: Mapping[str, str] = field(default_factory=dict)
    """The type of each question when it is asked twice, one of `back_checks.TYPES`, by the path of each whose author said so."""

    def walk(self) -> Iterator[Node]:
        """Every group, repeat and question in document order, parents first."""
        stack = list(reversed(self.children))
        while stack:
            node = stack.pop()
            yield node
            if not isinstance(node, Question):
                stack.extend(reversed(node.children))

    def questions(self) -> Iterator[Question]:
        """Every question in document order, those inside groups and repeats included."""
        return (node for node in self.walk() if isinstance(node, Question))

    def language(self, code: str) -> str:
        """The name of the language whose code is `code` ("zh"), or the default language's name when the form has no such one."""
        return next((language.name for language in self.languages if language.code == code), self.default_language)


def text_in(text: Text, language: str) -> str:
    """The text in `language`, else in "default", else in any language it has, else ""."""
    if language in text:
        return text[language]
    return text.get("default") or next(iter(text.values()), "")
