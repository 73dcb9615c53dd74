"""Which class of field each XLSForm type is drawn with."""

from survey.tablet.fields.answers import AnswerField, DecimalField, IntegerField, NoteField, TextField
from survey.tablet.fields.capture import BarcodeField, MediaField
from survey.tablet.fields.choices import ChoiceField, ChoicesField
from survey.tablet.fields.dates import DateField, DateTimeField, TimeField
from survey.tablet.fields.order import AcknowledgeField, RankField
from survey.tablet.fields.positions import LineField, PositionField
from survey.tablet.fields.ranges import RangeField

FIELD_TYPES: dict[str, type[AnswerField]] = {
    "text": TextField,
    "barcode": BarcodeField,
    "geotrace": LineField,
    "geoshape": LineField,
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
