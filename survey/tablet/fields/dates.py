"""WTForms fields for days, times and instants: the browser's calendar, or the parts of a day one by one."""

from typing import Any

from markupsafe import Markup

from survey.tablet.fields.answers import AnswerField

PARTS = {"year": ("year",), "month-year": ("year", "month"), "no-calendar": ("year", "month", "day")}
"""The appearances that ask for the parts of a day, and which ones."""
LAST = {"month": 12, "day": 31}


class PartsField(AnswerField):
    """The root of fields whose day may be asked by its parts."""

    parts: tuple[str, ...] = ()
    """Which parts are asked one by one; () for the browser's calendar."""

    def part(self, field: AnswerField, name: str) -> Markup:
        """One part with its word beside it; the year carries the field's id, so that the question's text labels it."""
        own_id = field.id if name == "year" else f"{field.id}-{name}"
        if name == "year":
            control = Markup(
                '<input class="control" type="text" inputmode="numeric" maxlength="4" size="4" id="{}" data-part="year" autocomplete="off">'
            ).format(own_id)
        elif name == "clock":
            control = Markup('<input class="control" type="time" id="{}" data-part="clock">').format(own_id)
        else:
            numbers = Markup("").join(
                Markup('<option value="{:02d}">{}</option>').format(number, number) for number in range(1, LAST[name] + 1)
            )
            control = Markup('<select class="control" id="{}" data-part="{}"><option value=""></option>{}</select>').format(
                own_id, name, numbers
            )
        return Markup('<span class="date-part">{}<label for="{}" data-ui="{}"></label></span>').format(control, own_id, name)

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The browser's own calendar, or a year's four digits with a drop-down for month and day."""
        if not self.parts:
            return super().widget(field, **kwargs)
        return Markup('<div class="date-parts" data-shown="{}">{}</div>').format(
            self.text_value()[:10], Markup("").join(self.part(field, name) for name in self.parts)
        )


class DateField(PartsField):
    """A day as ISO text; only the year or the month is asked where the appearance says so."""

    @property
    def parts(self) -> tuple[str, ...]:  # type: ignore[override]
        """Which parts are asked one by one; () for the browser's calendar."""
        return next((PARTS[word] for word in self.question.appearance if word in PARTS), ())

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "date" for the calendar, "date-parts" for its parts."""
        return "date-parts" if self.parts else "date"

    @property
    def input_type(self) -> str:  # type: ignore[override]
        """The browser's own calendar."""
        return "date"


class TimeField(AnswerField):
    """A time of day as ISO text."""

    input_type = control = "time"


class DateTimeField(PartsField):
    """An instant as ISO text; its day by its parts where the appearance says so."""

    input_type = "datetime-local"

    @property
    def parts(self) -> tuple[str, ...]:  # type: ignore[override]
        """The parts of the day and the time, or () for the browser's calendar."""
        return (*PARTS["no-calendar"], "clock") if "no-calendar" in self.question.appearance else ()

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "datetime-local" for the calendar, "date-parts" for its parts."""
        return "date-parts" if self.parts else "datetime-local"
