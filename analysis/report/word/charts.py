"""Charts that Word itself draws and an author can edit: bars as DrawingML, with their numbers in an embedded workbook."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from analysis.archive import without_times
from analysis.report.official.format import LATIN, SONGTI
from analysis.report.outline import Bars

EMU_PER_MM = 36_000
ROW_MM, BAR_MM, HEAD_MM, LEGEND_MM, TALLEST_MM = 5.0, 4.0, 14.0, 9.0, 200.0
COLOURS = ("4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646", "7F7F7F", "1F497D")
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
NAMESPACES = (
    f'xmlns:c="{CHART}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
CATEGORY_AXIS, VALUE_AXIS = 111_111_111, 222_222_222
MADE_AT = datetime(1980, 1, 1, tzinfo=UTC)
SHEET = "Sheet1"
LABEL_FLAGS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")


def chart_drawing(document: WordDocument, bars: Bars, number: int, *, width_mm: float, title: str, alt: str) -> str:
    """The drawing of a chart, whose parts are added to the document's package; `number` counts its charts and names its parts."""
    package = document.part.package
    workbook = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), CT.SML_SHEET, _workbook(bars), package)
    chart = Part(PackURI(f"/word/charts/chart{number}.xml"), CT.DML_CHART, b"", package)
    chart._blob = _chart_xml(bars, chart.relate_to(workbook, RT.PACKAGE)).encode()
    relation = document.part.relate_to(chart, RT.CHART)
    width, height = round(width_mm * EMU_PER_MM), round(height_mm(bars) * EMU_PER_MM)
    properties = f"<wp:docPr id='{1000 + number}' name='Chart {number}' descr={quoteattr(alt)} title={quoteattr(title)}/>"
    return (
        "<w:drawing><wp:inline distT='0' distB='0' distL='0' distR='0'>"
        f"<wp:extent cx='{width}' cy='{height}'/>{properties}<wp:cNvGraphicFramePr/>"
        f"<a:graphic><a:graphicData uri='{CHART}'><c:chart xmlns:c='{CHART}' r:id='{relation}'/></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing>"
    )


def height_mm(bars: Bars) -> float:
    """How high a chart is that has room for all its bars."""
    rows = len(bars.categories) * (ROW_MM + BAR_MM * max(len(bars.series), 1))
    return min(rows + HEAD_MM + (LEGEND_MM if len(bars.series) > 1 else 0.0), TALLEST_MM)


def _workbook(bars: Bars) -> bytes:
    """The numbers of the chart, a row per category and a column per series."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": MADE_AT.replace(tzinfo=None)})
        sheet = workbook.add_worksheet(SHEET)
        form = workbook.add_format({"num_format": bars.number_format})
        sheet.write_row(0, 1, [series.name for series in bars.series])
        sheet.write_column(1, 0, bars.categories)
        for column, series in enumerate(bars.series, 1):
            for row, value in enumerate(series.values, 1):
                if value is not None:
                    sheet.write_number(row, column, value, form)
    return without_times(content.getvalue())


def _chart_xml(bars: Bars, workbook: str) -> str:
    text = f"<a:defRPr sz='900' b='0'><a:latin typeface='{LATIN}'/><a:ea typeface='{SONGTI}'/><a:cs typeface='{LATIN}'/></a:defRPr>"
    title = (
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>{text}</a:pPr><a:r><a:rPr lang='zh-CN' sz='900' b='1'/>"
        f"<a:t>{escape(bars.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val='0'/></c:title>"
        if bars.title
        else ""
    )
    series = "".join(_series(bars, number) for number in range(len(bars.series)))
    legend = "<c:legend><c:legendPos val='b'/><c:overlay val='0'/></c:legend>" if len(bars.series) > 1 else ""
    axes = f"<c:axId val='{CATEGORY_AXIS}'/><c:axId val='{VALUE_AXIS}'/>"
    plot = (
        "<c:barChart><c:barDir val='bar'/><c:grouping val='clustered'/><c:varyColors val='0'/>"
        f"{series}<c:gapWidth val='60'/>{axes}</c:barChart>{_axes(bars)}"
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8' standalone='yes'?><c:chartSpace {NAMESPACES}><c:roundedCorners val='0'/>"
        f"<c:chart>{title}<c:autoTitleDeleted val='{0 if title else 1}'/><c:plotArea><c:layout/>{plot}</c:plotArea>{legend}"
        "<c:plotVisOnly val='1'/><c:dispBlanksAs val='gap'/></c:chart>"
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"<c:txPr><a:bodyPr/><a:p><a:pPr>{text}</a:pPr><a:endParaRPr lang='zh-CN'/></a:p></c:txPr>"
        f"<c:externalData r:id='{workbook}'><c:autoUpdate val='0'/></c:externalData></c:chartSpace>"
    )


def _series(bars: Bars, number: int) -> str:
    series, column = bars.series[number], xl_col_to_name(number + 1)
    last = len(bars.categories) + 1
    fill = f"<c:spPr><a:solidFill><a:srgbClr val='{COLOURS[number % len(COLOURS)]}'/></a:solidFill></c:spPr>"
    shown = f"<c:numFmt formatCode={quoteattr(bars.number_format)} sourceLinked='0'/>"
    flags = "".join(f"<c:{name} val='{int(name == 'showVal')}'/>" for name in LABEL_FLAGS)
    labels = f"<c:dLbls>{shown}<c:spPr><a:noFill/></c:spPr>{flags}</c:dLbls>"
    categories = _points([escape(each) for each in bars.categories])
    values = _points([None if value is None else repr(float(value)) for value in series.values])
    return (
        f"<c:ser><c:idx val='{number}'/><c:order val='{number}'/>"
        f"<c:tx><c:strRef><c:f>{SHEET}!${column}$1</c:f><c:strCache>{_points([escape(series.name)])}</c:strCache></c:strRef></c:tx>"
        f"{fill}<c:invertIfNegative val='0'/>{labels}"
        f"<c:cat><c:strRef><c:f>{SHEET}!$A$2:$A${last}</c:f><c:strCache>{categories}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>{SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{escape(bars.number_format)}</c:formatCode>{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


def _points(values: Sequence[str | None]) -> str:
    points = "".join(f"<c:pt idx='{at}'><c:v>{value}</c:v></c:pt>" for at, value in enumerate(values) if value is not None)
    return f"<c:ptCount val='{len(values)}'/>{points}"


def _axes(bars: Bars) -> str:
    thin = "<c:spPr><a:ln w='6350'><a:solidFill><a:srgbClr val='808080'/></a:solidFill></a:ln></c:spPr>"
    faint = (
        "<c:majorGridlines><c:spPr><a:ln w='3175'><a:solidFill><a:srgbClr val='D9D9D9'/></a:solidFill></a:ln></c:spPr></c:majorGridlines>"
    )
    limit = "<c:max val='1'/>" if bars.number_format.endswith("%") else ""
    return (
        f"<c:catAx><c:axId val='{CATEGORY_AXIS}'/><c:scaling><c:orientation val='maxMin'/></c:scaling><c:delete val='0'/>"
        f"<c:axPos val='l'/><c:majorTickMark val='none'/><c:minorTickMark val='none'/><c:tickLblPos val='low'/>{thin}"
        f"<c:crossAx val='{VALUE_AXIS}'/><c:crosses val='autoZero'/></c:catAx>"
        f"<c:valAx><c:axId val='{VALUE_AXIS}'/><c:scaling><c:orientation val='minMax'/>{limit}<c:min val='0'/></c:scaling>"
        "<c:delete val='0'/>"
        f"<c:axPos val='b'/>{faint}<c:numFmt formatCode={quoteattr(bars.number_format)} sourceLinked='0'/>"
        f"<c:majorTickMark val='none'/><c:minorTickMark val='none'/><c:tickLblPos val='nextTo'/>{thin}"
        f"<c:crossAx val='{CATEGORY_AXIS}'/><c:crosses val='max'/></c:valAx>"
    )
