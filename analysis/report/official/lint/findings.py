"""What departs from the format: each kind with its words in Chinese and English. Data, and how it is worded."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.report.official.lint.kinds import KINDS
from analysis.report.official.lint.pieces import Place

Said = str | tuple[str, str]
"""Words that are the same in both languages, or the Chinese and the English ones."""
EXCERPT = 24


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure: its kind, where it stands first, where else (`also`), what was measured and what the format asks for."""

    kind: str
    place: Place
    measured: Said
    required: Said
    also: tuple[Place, ...] = ()

    def message(self, language: str) -> str:
        """What departs, with what was measured and what is required."""
        return self._worded(language, 0)

    def remedy(self, language: str) -> str:
        """What to do about it."""
        return self._worded(language, 1)

    def where(self, language: str) -> str:
        """The place in words, and how many more there are."""
        text = place_text(self.place, language)
        if not self.also:
            return text
        return f"{text}等{len(self.also) + 1}处" if language == "zh" else f"{text} and {len(self.also)} more"

    def record(self) -> dict[str, object]:
        """The finding for programs."""
        texts = {
            f"{name}_{language}": getattr(self, name)(language) for language in ("zh", "en") for name in ("where", "message", "remedy")
        }
        places = [
            {"kind": place.kind, "number": place.number, "heading": place.heading, "excerpt": place.excerpt[:EXCERPT]}
            for place in (self.place, *self.also)
        ]
        return {"kind": self.kind, **texts, "places": places}

    def _worded(self, language: str, which: int) -> str:
        template = KINDS[self.kind][language][which]
        return template.format(measured=said(self.measured, language), required=said(self.required, language))


def said(words: Said, language: str) -> str:
    """The words in a language."""
    return words if isinstance(words, str) else words[0 if language == "zh" else 1]


KIND_NAMES: Mapping[str, tuple[str, str]] = {
    "document": ("全文", "the document"),
    "section": ("第{n}节", "section {n}"),
    "footer": ("第{n}节页脚", "footer of section {n}"),
    "paragraph": ("第{n}段", "paragraph {n}"),
    "table": ("第{n}个表格", "table {n}"),
    "picture": ("第{n}幅图", "picture {n}"),
}


def place_text(place: Place, language: str) -> str:
    """The place in words: which paragraph, table, picture or section, below which heading, and how it begins."""
    text = KIND_NAMES[place.kind][0 if language == "zh" else 1].format(n=place.number)
    excerpt = place.excerpt[:EXCERPT] + ("…" if len(place.excerpt) > EXCERPT else "")
    heading = place.heading[:EXCERPT] + ("…" if len(place.heading) > EXCERPT else "")
    if language == "zh":
        return text + (f"（“{heading}”下）" if heading else "") + (f"“{excerpt}”" if excerpt else "")
    return text + (f" below “{heading}”" if heading else "") + (f" “{excerpt}”" if excerpt else "")
