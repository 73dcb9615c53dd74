"""All drafts of a batch as one zip, whose names sort as the places do."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from analysis.bundle import folder_name
from survey.report_batches.models import ReportBatch
from survey.reports.queries import content_of
from survey.storage import Storage


def zip_of(batch: ReportBatch, storage: Storage) -> bytes:
    """The zip; a place without a draft is not in it. Word files are packed already, so they are only put together."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_STORED) as packed:
        for draft in batch.drafts:
            if draft.report is not None:
                packed.writestr(f"{draft.region_code}-{folder_name(draft.region.name)}.docx", content_of(draft.report, storage))
    return content.getvalue()
