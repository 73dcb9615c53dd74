"""A short report with every kind of block, for the tests of the writer."""

from datetime import date

from analysis.report.official.formalities import Formalities, with_formalities
from analysis.report.outline import Heading, Outline, Paragraph, Picture, Row, Table
from analysis.report.texts import Figure, Footnote, Reference
from tests.analysis.report.official.files import PNG

TODAY = date(2018, 4, 28)
FORMALITIES = Formalities(
    body="民主监督领导小组",
    day=date(2018, 4, 20),
    number="陕监督〔2018〕5号",
    has_letterhead=True,
    addressee="略阳县人民政府",
    copies=("汉中市人民政府", "陕西省扶贫办"),
    printed_by="领导小组办公室",
    printed_on=date(2018, 4, 21),
    has_contents=True,
)
N_LONG = 60
LONG = "监督" * 14
"""One full line."""


def specimen(language: str = "zh", formalities: Formalities = FORMALITIES) -> Outline:
    """The report; its third section is text that fills pages."""
    n = Figure("40", "count:interviewed@v/610727")
    blocks = (
        Paragraph("2018年4月调研", "subtitle"),
        Heading("主要情况"),
        Paragraph(
            ("共访谈", n, "户", Footnote(("以所访", n, "户为基数，不作推断。")), "，见", Reference("water"), "和", Reference("chart"), "。")
        ),
        Paragraph("“路通了，水还没通到家里来。”", "quotation"),
        Heading("饮水", 2),
        Table("各村饮水", ("村", "户数"), (Row(("上村", n)), Row(("合计", "40"), is_total=True)), (1, 1), "注：有效答复。", key="water"),
        Picture("各村饮水", PNG, "条形图。", 60.0, key="chart"),
        Heading("建议"),
        Paragraph(LONG * N_LONG),
        Heading("附件1　指标一览", is_annex=True),
        Paragraph("指标。"),
        Heading("附件2　数据说明", is_annex=True),
        Paragraph("说明。"),
    )
    return with_formalities(Outline("略阳县民主监督\n反馈意见", language, blocks, subject="略阳"), formalities)
