"""What the page calls contents and formats of datasets."""

from flask_babel import lazy_gettext as _l

CONTENTS_LABELS = {
    "deidentified": _l("De-identified"),
    "full": _l("Full, with texts, positions and times"),
}
FORMAT_LABELS = {
    "xlsx": _l("Workbook (.xlsx)"),
    "csv": _l("CSV, for Excel"),
    "stata": _l("Stata (.dta)"),
    "spss": _l("SPSS (.sav)"),
    "parquet": _l("Parquet, for R and Python"),
}
