"""Which class of field each XLSForm type is drawn with."""

from survey.tablet.capture_fields import BarcodeField, MediaField
from survey.tablet.choice_fields import ChoiceField, ChoicesField
from survey.tablet.date_fields import DateField, DateTimeField, TimeField
from survey.tablet.fields import AnswerField, DecimalField, IntegerField, NoteField, TextField
from survey.tablet.order_fields import AcknowledgeField, RankField
from survey.tablet.position_fields import LineField, PositionField
from survey.tablet.range_fields import RangeField

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
