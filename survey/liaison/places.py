"""Places as people write them in a list or a spreadsheet: by code, or by a name that only one place has. Pure but for one read."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.places import codes
from survey.places.models import Region


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What a text names: `code` is "" when it names nothing here (`is_ambiguous` false) or several places (true)."""

    code: str = ""
    is_ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every place here by code and by name."""

    names: dict[str, str]
    codes_of: dict[str, tuple[str, ...]]

    def find(self, text: str) -> FoundPlace:
        """The place that the text names; a county is found as "略阳县" or "陕西省汉中市略阳县", a code also in its short form."""
        text = "".join(text.split())
        code = codes.full_code(text)
        if code is not None:
            return FoundPlace(code) if code in self.names else FoundPlace()
        found = self.codes_of.get(text, ()) or self._by_path(text)
        # Of a county and a village of the same name, the county is meant.
        highest = min((len(codes.prefix_of(each)) for each in found), default=0)
        found = tuple(each for each in found if len(codes.prefix_of(each)) == highest)
        return FoundPlace(found[0]) if len(found) == 1 else FoundPlace(is_ambiguous=len(found) > 1)

    def shortest(self, code: str) -> str:
        """How the place of this code can be written so that it is found again: by its name, or else by the code."""
        name = self.names.get(code, code)
        return name if self.find(name).code == code else code

    def _by_path(self, text: str) -> tuple[str, ...]:
        """The places whose name ends the text while what stands before it is the names of places above, from above."""
        found = []
        for name, those in self.codes_of.items():
            if text.endswith(name) and text != name:
                found += [code for code in those if self._leads_to(text[: -len(name)], code)]
        return tuple(found)

    def _leads_to(self, text: str, code: str) -> bool:
        for above in reversed(codes.ancestors_of(code)):
            if text.endswith(self.names.get(above, "\0")):
                text = text[: -len(self.names[above])]
        return not text


def read_gazetteer(session: Session) -> Gazetteer:
    """The places stored here; one statement."""
    names = {code: name for code, name in session.execute(select(Region.code, Region.name).order_by(Region.code))}
    by_name: dict[str, list[str]] = {}
    for code, name in names.items():
        by_name.setdefault("".join(name.split()), []).append(code)
    return Gazetteer(names, {name: tuple(those) for name, those in by_name.items()})
