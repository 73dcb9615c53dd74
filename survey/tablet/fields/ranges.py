"""The field of a question on a scale, and its four looks: a slider lying or standing, a drop-down, or stars."""

from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup

from survey.tablet.fields.answers import AnswerField, DecimalField

MOST_VALUES = 200
"""A scale of more values than this is never written out one by one; it stays a slider."""
MOST_STARS = 10
MOST_TICKS = 21


class RangeField(DecimalField):
    """A number on a scale; nothing is answered until the scale was touched."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "select" for a picker, "choice" for stars, else "range"."""
        words = self.question.appearance
        if "picker" in words and self.values:
            return "select"
        return "choice" if "rating" in words and len(self.values) <= MOST_STARS and self.values else "range"

    @property
    def is_labelled(self) -> bool:  # type: ignore[override]
        """Whether the question's text labels one element, which stars are not."""
        return self.control != "choice"

    @property
    def bounds(self) -> tuple[str, str, str]:
        """Start, end and step as the form writes them; ODK's defaults where it does not."""
        given = self.question.parameters
        return given.get("start", "1"), given.get("end", "10"), given.get("step", "1")

    @property
    def values(self) -> tuple[str, ...]:
        """Every value of the scale from start to end, in either direction; none when there are too many or the numbers are none."""
        return steps_between(*self.bounds)

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """What the appearance asks for."""
        if self.control == "select":
            return self.picker(field)
        return self.stars(field) if self.control == "choice" else self.slider(field)

    def picker(self, field: AnswerField) -> Markup:
        """The values in a drop-down."""
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == self.text_value() else "", value)
            for value in self.values
        )
        return Markup('<select class="control" id="{}" name="{}" aria-labelledby="{}-label"><option value=""></option>{}</select>').format(
            field.id, field.name, field.id, options
        )

    def stars(self, field: AnswerField) -> Markup:
        """One star per value; those up to the chosen one are filled."""
        options = Markup("").join(
            Markup('<label class="option star"><input type="radio" name="{}" value="{}" aria-label="{}"{}></label>').format(
                field.name, value, value, Markup(" checked") if value == self.text_value() else ""
            )
            for value in self.values
        )
        return Markup('<div class="options rating" role="radiogroup" aria-labelledby="{}-label">{}</div>').format(field.id, options)

    def slider(self, field: AnswerField) -> Markup:
        """A slider between its two ends, a button for one step down and one up, and the value; ticks unless refused."""
        start, end, step = self.bounds
        ticks = self.ticks()
        is_falling = bool(self.values) and Decimal(start) > Decimal(end)
        line = Markup(
            '<input class="control" type="range" min="{}" max="{}" step="{}"{} id="{}" name="{}" value="{}" data-placeholder="{}"{}>'
        ).format(
            end if is_falling else start,
            start if is_falling else end,
            step,
            Markup(' dir="rtl"') if is_falling else "",
            field.id,
            field.name,
            self.text_value(),
            self.question.parameters.get("placeholder", ""),
            Markup(' list="{}-ticks"').format(field.id) if ticks else "",
        )
        marks = Markup("").join(Markup('<option value="{}"></option>').format(value) for value in ticks)
        return Markup(
            '<div class="range{}"><output class="range-value" for="{}"></output><div class="range-line">'
            '<button type="button" class="button step" data-step="-1" data-ui-label="step_down">−</button>'
            '<span class="range-end">{}</span>{}<span class="range-end">{}</span>'
            '<button type="button" class="button step" data-step="1" data-ui-label="step_up">+</button></div>{}</div>'
        ).format(
            " vertical" if "vertical" in self.question.appearance else "",
            field.id,
            start,
            line,
            end,
            Markup('<datalist id="{}-ticks">{}</datalist>').format(field.id, marks) if ticks else "",
        )

    def ticks(self) -> tuple[str, ...]:
        """Where the line has marks: at every value, or as far apart as `tick_interval` says; none for "no-ticks" or when too many."""
        start, end, step = self.bounds
        values = steps_between(start, end, self.question.parameters.get("tick-interval", step))
        return () if "no-ticks" in self.question.appearance or len(values) > MOST_TICKS else values


def steps_between(start: str, end: str, step: str) -> tuple[str, ...]:
    """The numbers from `start` to `end`, exact in decimals; () when they are no numbers, never arrive, or are more than `MOST_VALUES`."""
    try:
        at, last, by = Decimal(start), Decimal(end), abs(Decimal(step))
    except InvalidOperation:
        return ()
    if not by or abs(last - at) / by > MOST_VALUES:
        return ()
    sign = 1 if last >= at else -1
    return tuple(format((at + number * by * sign).normalize(), "f") for number in range(int(abs(last - at) / by) + 1))
