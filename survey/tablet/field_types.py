"""Which class of field each XLSForm type is drawn with."""

from survey.tablet.capture_fields import MediaField, PositionField
from survey.tablet.choice_fields import AcknowledgeField, ChoiceField, ChoicesField, RankField
from survey.tablet.fields import (
    AnswerField,
    DateField,
    DateTimeField,
    DecimalField,
    IntegerField,
    NoteField,
    RangeField,
    TextField,
    TimeField,
)

FIELD_TYPES: dict[str, type[AnswerField]] = {
    "text": TextField,
    "barcode": TextField,
    "geotrace": TextField,
    "geoshape": TextField,
    "integer": IntegerField,
    "decimal": DecimalField,
    "range": RangeField,
    "select_one": ChoiceField,
    "select_one_from_file": ChoiceField,
    "select_multiple": ChoicesField,
    "select_multiple_from_file": ChoicesField,
    "rank": RankField,
    "note": NoteField,
    "acknowledge": AcknowledgeField,
    "geopoint": PositionField,
    "date": DateField,
    "time": TimeField,
    "dateTime": DateTimeField,
    "image": MediaField,
    "audio": MediaField,
    "video": MediaField,
    "file": MediaField,
}
