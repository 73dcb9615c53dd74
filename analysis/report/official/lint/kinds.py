"""The words of every kind of finding: the message and the remedy in Chinese and in English. Data."""

from collections.abc import Mapping

KINDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "page_size": {
        "zh": ("纸张为{measured}，应为{required}", "在“布局—纸张大小”中选 A4"),
        "en": ("The paper is {measured}, it should be {required}", "Choose A4 under Layout, Size"),
    },
    "margins": {
        "zh": ("页边距为{measured}，应为{required}", "在“布局—页边距—自定义”中改为{required}"),
        "en": ("The margins are {measured}, they should be {required}", "Set them to {required} under Layout, Margins, Custom"),
    },
    "grid": {
        "zh": (
            "文档网格为{measured}，应为{required}",
            "在“页面设置—文档网格”中选“指定行和字符网格”，每行 28 字，每页 22 行",
        ),
        "en": (
            "The text grid is {measured}, it should be {required}",
            "Choose “Specify line and character grid” under Page Setup, Document Grid: 28 characters, 22 lines",
        ),
    },
    "font": {
        "zh": ("中文字体为{measured}，应为{required}", "选中该处文字，把中文字体改为{required}；最好修改所用样式"),
        "en": ("The Chinese font is {measured}, it should be {required}", "Set the Asian text font to {required}, best in the style"),
    },
    "latin_font": {
        "zh": ("数字或字母的字体为{measured}，应为{required}", "选中该处文字，把西文字体改为{required}；最好修改所用样式"),
        "en": ("Digits or letters are in {measured}, they should be in {required}", "Set the Latin font to {required}, best in the style"),
    },
    "size": {
        "zh": ("字号为{measured}，应为{required}", "把字号改为{required}"),
        "en": ("The size is {measured}, it should be {required}", "Set the size to {required}"),
    },
    "indent": {
        "zh": ("首行缩进为{measured}，应为{required}", "在“段落—特殊格式”中设为{required}，不要用空格代替"),
        "en": (
            "The first line is indented by {measured}, it should be {required}",
            "Set it under Paragraph, Special; use no spaces for it",
        ),
    },
    "spaces_as_indent": {
        "zh": ("段首用空格缩进（{measured}）", "删去空格，在“段落—特殊格式”中设首行缩进 2 字符"),
        "en": ("The paragraph begins with spaces ({measured})", "Delete them and set a first-line indent of 2 characters"),
    },
    "line_pitch": {
        "zh": ("行距为{measured}，应为{required}", "在“段落—行距”中设为固定值 28.95 磅"),
        "en": ("The line pitch is {measured}, it should be {required}", "Set line spacing to exactly 28.95 pt"),
    },
    "alignment": {
        "zh": ("对齐方式为{measured}，应为{required}", "改为{required}"),
        "en": ("The alignment is {measured}, it should be {required}", "Change it to {required}"),
    },
    "heading_form": {
        "zh": ("标题序号写作“{measured}”，应写作“{required}”", "改为“{required}”"),
        "en": ("The heading's number is written “{measured}”, it should be “{required}”", "Write “{required}”"),
    },
    "heading_level": {
        "zh": ("第{measured}级标题直接用在第{required}级之下", "标题逐级使用：一、（一）1.（1）"),
        "en": ("A heading of level {measured} follows one of level {required}", "Use the levels in turn: 一、 （一） 1. （1）"),
    },
    "heading_order": {
        "zh": ("标题序号为{measured}，按顺序应为{required}", "核对标题序号，或改用自动编号"),
        "en": ("The heading's number is {measured}, the next one is {required}", "Check the numbers, or let Word number them"),
    },
    "no_title": {
        "zh": ("找不到标题", "在正文之前用“标题”样式写标题：2号小标宋，居中"),
        "en": ("There is no title", "Write one before the text in the style Title: 22 pt, centred"),
    },
    "title_lines": {
        "zh": ("标题共{measured}，一行只能排{required}，没有按词意换行", "在词意完整处用 Shift+Enter 换行"),
        "en": (
            "The title has {measured}, a line holds {required}, and it is not broken by sense",
            "Break it by sense with Shift+Enter",
        ),
    },
    "title_mark": {
        "zh": ("标题以“{measured}”结尾", "标题末尾不用标点"),
        "en": ("The title ends with “{measured}”", "A title takes no mark at its end"),
    },
    "colon": {
        "zh": ("“{measured}”应为全角冒号“{required}”", "改为“{required}”"),
        "en": ("“{measured}” should be the full-width colon “{required}”", "Write “{required}”"),
    },
    "signature_place": {
        "zh": ("成文日期距右边{measured}，应为{required}", "设为右对齐、右缩进 4 字符"),
        "en": ("The date stands {measured} from the right, it should be {required}", "Align it right with a right indent of 4 characters"),
    },
    "no_page_number": {
        "zh": ("{measured}没有页码", "在页脚插入页码，形式为“— 1 —”，4号宋体"),
        "en": ("There is no page number on {measured}", "Insert one in the footer in the form “— 1 —”, 14 pt Song"),
    },
    "same_footers": {
        "zh": ("奇偶页页脚没有区分", "在“页眉和页脚”中勾选“奇偶页不同”：单页码居右，双页码居左"),
        "en": (
            "Odd and even pages have the same footer",
            "Tick “Different odd & even pages”: numbers right on odd, left on even pages",
        ),
    },
    "page_number_side": {
        "zh": ("页码{measured}，应{required}", "单页码居右空一字，双页码居左空一字"),
        "en": ("The page number stands {measured}, it should stand {required}", "Right on odd, left on even pages, one character in"),
    },
    "page_number_form": {
        "zh": ("页码写作“{measured}”，应写作“{required}”", "页码左右各放一条一字线：{required}"),
        "en": ("The page number is written “{measured}”, it should be “{required}”", "Set it between one-em dashes: {required}"),
    },
    "page_number_font": {
        "zh": ("页码为{measured}，应为{required}", "把页码改为{required}"),
        "en": ("The page number is in {measured}, it should be in {required}", "Set it in {required}"),
    },
    "quotation_font": {
        "zh": ("引号、破折号或省略号用了西文字体（{measured}）", "选中标点，改为所在文字的中文字体"),
        "en": ("Quotation marks or dashes are in a Latin font ({measured})", "Set them in the Chinese font of the text around them"),
    },
    "straight_quotes": {
        "zh": ("中文中用了直引号 {measured}", "改为“”或‘’"),
        "en": ("Straight quotation marks {measured} stand in Chinese text", "Write “” or ‘’"),
    },
    "date_form": {
        "zh": ("日期写作“{measured}”，应写作“{required}”", "年份写全，月、日不编虚位：{required}"),
        "en": (
            "The date is written “{measured}”, it should be “{required}”",
            "Arabic digits, the whole year, no leading zeros: {required}",
        ),
    },
    "number_brackets": {
        "zh": ("文号写作“{measured}”，应写作“{required}”", "年份用六角括号〔〕，序号不加“第”，不编虚位：{required}"),
        "en": (
            "The document's number is written “{measured}”, it should be “{required}”",
            "Use 〔〕, without 第 and leading zeros: {required}",
        ),
    },
    "no_header_row": {
        "zh": ("表格没有设置重复标题行", "选中表头，在“表格布局”中点“重复标题行”"),
        "en": ("The table's header row is not repeated", "Select it and choose Repeat Header Rows under Table Layout"),
    },
    "row_splits": {
        "zh": ("表格的行可跨页断开（{measured}）", "在“表格属性—行”中取消“允许跨页断行”"),
        "en": (
            "Rows of the table may break across pages ({measured})",
            "Untick “Allow row to break across pages” in the table's properties",
        ),
    },
    "no_table_caption": {
        "zh": ("表格上方没有表号和表题", "在表格上方插入题注，如“表1　……”"),
        "en": ("The table has no number and title above it", "Insert a caption above it, such as “表1　…”"),
    },
    "no_picture_caption": {
        "zh": ("图的下方没有图号和图题", "在图的下方插入题注，如“图1　……”"),
        "en": ("The picture has no number and title below it", "Insert a caption below it, such as “图1　…”"),
    },
    "caption_side": {
        "zh": ("题注在{measured}，应在{required}", "把题注移到{required}"),
        "en": ("The caption stands {measured}, it should stand {required}", "Move it {required}"),
    },
    "no_alt": {
        "zh": ("图没有替代文字", "右键单击图，选“查看替代文字”，写出图的内容"),
        "en": ("The picture has no alternative text", "Right-click it, choose View Alt Text, and say what it shows"),
    },
    "tracked_changes": {
        "zh": ("文中有{measured}处修订未处理", "在“审阅”中接受或拒绝全部修订"),
        "en": ("{measured} tracked changes are not decided", "Accept or reject them under Review"),
    },
    "comments": {
        "zh": ("文中有{measured}条批注", "处理后删除批注"),
        "en": ("{measured} comments are left", "Settle and delete them"),
    },
    "text_box": {
        "zh": ("文中有{measured}个文本框，其中的文字不受版心和行数约束", "把文字移到正文中"),
        "en": ("{measured} text boxes hold text outside of the page's lines", "Move their text into the body"),
    },
    "protected": {
        "zh": ("文档限制编辑（{measured}）", "在“审阅—限制编辑”中停止保护"),
        "en": ("Editing the document is restricted ({measured})", "Stop the protection under Review, Restrict Editing"),
    },
    "macros": {
        "zh": ("文档含有宏", "另存为不含宏的 .docx"),
        "en": ("The document holds macros", "Save it as .docx without macros"),
    },
    "missing_style": {
        "zh": ("缺少样式“{measured}”", "在文件中建立这一样式；没有时程序补入标准样式"),
        "en": ("The style “{measured}” is missing", "Create it in the file; until then the program adds its own"),
    },
    "unnumbered_headings": {
        "zh": ("标题样式没有自动编号", "可给标题样式设多级编号 一、（一）1.（1）；没有时程序把序号写成文字"),
        "en": ("Heading styles have no automatic numbers", "Link them to a multilevel list; until then numbers are written as text"),
    },
    "text_left_out": {
        "zh": ("文件中有正文文字，起草时不会带入", "红头等需要保留的内容请放入页眉或页脚"),
        "en": ("The file has text, which is not taken into drafts", "Put what should stay, such as a letterhead, into the header"),
    },
}
