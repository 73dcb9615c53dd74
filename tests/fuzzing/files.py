"""Targets around files that people upload: lists of everything, Word documents, pictures."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

from PIL import Image

from analysis.report.comparing import read_passages
from analysis.report.live.comments import with_comments
from analysis.report.live.drafting import about_of
from analysis.report.live.opening import read_parameters
from analysis.report.live.origin import Origin
from analysis.report.live.redraft import redraft_of
from analysis.report.live.refreshing import refresh_document
from analysis.report.live.tracing import trace_document
from analysis.report.official.house_style import read_house_style
from analysis.report.official.lint.check import lint_content
from analysis.report.outline import Heading, Outline, Paragraph, Picture, Row, Table
from analysis.report.outward.checking import FrameNames, check_anonymity
from analysis.report.outward.taking_out import without_texts
from analysis.report.texts import Figure, Footnote, Reference
from analysis.report.word.document import write_word
from survey.accounts.people_sheet import read_people
from survey.accounts.people_terms import people_sample
from survey.coding.sheets import code_book_sample, read_code_book
from survey.intake.attachments import ReceivedFile, refuse_files
from survey.intake.media import FILE_TYPES, kept_type, media_type_of
from survey.issue_ledger.ledger import SAMPLE as LEDGER
from survey.issue_ledger.ledger import read_ledger
from survey.liaison.assistance_texts import sample_workbook as assistance_sample
from survey.liaison.places import Gazetteer
from survey.liaison.register import read_register
from survey.places.region_table import read_regions
from survey.places.roster import read_roster
from survey.places.roster_sample import places_sample
from survey.places.roster_sample import sample_workbook as roster_sample
from survey.places.tabular import read_sheets
from survey.protection.pictures import without_notes
from survey.registry.identification_sheet import read_identifications
from survey.registry.member_sheet import read_members
from survey.registry.samples import identification_sample, member_sample
from survey.registry.sealing import Vault
from survey.sample_sheets import write_sample
from tests.analysis.report.live.examples import TODAY
from tests.fuzzing.targets import CELLS, Archive, Target

TAGS = (
    "<w:sdt>",
    "</w:sdt>",
    "<w:sdtContent>",
    "<w:p>",
    "</w:p>",
    "<w:tbl>",
    "</w:tc>",
    "<w:del>",
    "<!--",
    "<![CDATA[",
    "<?x?>",
    "w:val=",
    "&#10;",
)
GAZETTEER = Gazetteer({"610000000000": "陕西省", "610727000000": "略阳县"}, {"陕西省": ("610000000000",), "略阳县": ("610727000000",)})


def _readers() -> tuple[tuple[bytes, Callable[[bytes], object]], ...]:
    """A sample of each list that people fill in, and what reads it."""
    vault = Vault("k" * 40)
    return (
        (roster_sample(), lambda data: read_roster(data, "file")),
        (places_sample(), lambda data: read_regions(data, "file")),
        (people_sample("zh"), lambda data: read_people(data, "file")),
        (member_sample(), lambda data: read_members(data, "file", vault, TODAY)),
        (identification_sample(), lambda data: read_identifications(data, "file", TODAY)),
        (assistance_sample(), lambda data: read_register(data, "file", GAZETTEER)),
        (write_sample(LEDGER, "zh"), lambda data: read_ledger(data, "file", 2000)),
        (code_book_sample("zh"), read_code_book),
    )


def tables() -> Target:
    """A list as delimited text; the first byte says which list is read from it."""
    readers = _readers()

    def read(data: bytes) -> None:
        readers[(data[0] if data else 0) % len(readers)][1](data[1:])

    def as_text(sample: bytes) -> bytes:
        return "\n".join(",".join(cell.text for cell in row.cells) for row in read_sheets(sample)[0].rows).encode()

    seeds = tuple(bytes([number]) + as_text(sample) for number, (sample, _) in enumerate(readers))
    return Target(read, seeds, words=("\ufeff", "，", '"', "\t", "²", "2018-02-30", "2018年4月", "9" * 20, "贫困户"))


def table_workbooks() -> Target:
    """A list as a workbook of which one part is another one; the first byte says which list."""
    readers = _readers()
    archives = [Archive.of(sample) for sample, _ in readers]

    def read(data: bytes) -> None:
        number = (data[0] if data else 0) % len(readers)
        readers[number][1](archives[number].packed(data[1:]))

    return Target(
        read,
        tuple(bytes([number]) + seed for number, archive in enumerate(archives) for seed in archive.seeds),
        words=CELLS,
        kind="xml",
        n_before=2,
        runs=2000,
    )


def word_documents() -> Target:
    """A Word document of which one part is another one, brought up to date, looked through and rid of texts."""
    archive = Archive.of(write_word(_draft("12", "甲村"), today=TODAY))
    redraft = redraft_of(_draft("34", "乙村"), lambda address: None)
    names = FrameNames(heads=frozenset({"王平安"}), villages=frozenset({"上石沟村"}), dates=frozenset({date(1956, 3, 2)}))
    readers: tuple[Callable[[bytes], object], ...] = (
        lambda content: refresh_document(content, lambda parameters: redraft),
        lambda content: trace_document(content, lambda parameters: redraft),
        lambda content: with_comments(content, language="zh", today=TODAY),
        lambda content: about_of(read_parameters(content)),
        lambda content: check_anonymity(content, names),
        lambda content: without_texts(content, ("略阳县", "上石沟村"), "某地"),
        lint_content,
        read_house_style,
        read_passages,
    )

    def read(data: bytes) -> None:
        readers[(data[0] if data else 0) % len(readers)](archive.packed(data[1:]))

    seeds = tuple(bytes([number]) + seed for number in range(len(readers)) for seed in archive.seeds)
    return Target(read, seeds, words=TAGS, kind="xml", n_before=2, runs=1000)


def _draft(number: str, village: str) -> Outline:
    """A small draft of ours with one of everything that is kept alive."""
    households = Figure(number, "count:interviewed@visit-1/610727")
    text = ("走访", households, "户", Footnote(("不含", Figure("2", "count:left_out@visit-1/610727"), "户")), "，见", Reference("t"), "。")
    rows = (Row(("合计", (households,)), is_total=True), Row((village, (Figure("5", f"count:interviewed@visit-1/{village}"),))))
    blocks = (
        Heading("基本情况"),
        Paragraph(text),
        Table("走访户数", ("村", "户"), rows, (1, 1), key="t"),
        Picture("图", _picture("PNG"), "户数", 80, "p"),
    )
    return Outline("略阳县报告", "zh", blocks, origin=Origin("a" * 64, {"kind": "county", "language": "zh", "minimum_n": "15"}))


def pictures() -> Target:
    """A picture or another file beside an interview."""

    def read(data: bytes) -> None:
        kind = media_type_of(data)
        kept_type(data, "")
        without_notes(data, kind)
        for question_type in FILE_TYPES:
            refuse_files({"a.jpg": ReceivedFile("a.jpg", data)}, frozenset({"a.jpg"}), {"a.jpg": ("a", question_type)})

    return Target(
        read, tuple(_picture(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")), words=("Exif\0\0MM\0*", "VP8X", "EXIF", "IEND", "tRNS")
    )


def _picture(kind: str) -> bytes:
    held, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 8)).save(held, kind, exif=exif)
    return held.getvalue()


TARGETS = ("tables", "table_workbooks", "word_documents", "pictures")
