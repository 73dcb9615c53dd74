"""Why a draw is refused, in English and Chinese: what, where, and what to do. Pure."""

from questionnaires.errors import ErrorCode, SurveyError

TEXTS = {
    "unreadable": ("the design cannot be read: {what}", "抽样方案无法读取：{what}"),
    "no_county": ("choose at least one county", "请至少选择一个县"),
    "unknown_method": ("'{what}' is no way of drawing", "“{what}”不是可用的抽样方法"),
    "no_villages": ("choose at least one village", "请至少选择一个村"),
    "foreign_village": (
        "{what}: not a village of the chosen counties with households on the roster; correct the code, or import its roster first",
        "{what}：不是所选县内花名册上有农户的村；请更正代码，或先导入该村花名册",
    ),
    "village_number": ("the number of villages must be 1 or more", "村数必须不少于1"),
    "household_number": ("the number of households per village must be 1 or more", "每村户数必须不少于1"),
    "no_quotas": ("give at least one kind of household a quota", "请至少给一类农户设定配额"),
    "bad_quota": (
        "the quota of '{what}' is not a whole number of 1 or more, or there is no such kind or mark",
        "“{what}”的配额不是不少于1的整数，或没有这一类别",
    ),
    "special_all": (
        "special groups need no quota where every household is taken; leave them empty",
        "全部农户都抽取时特殊群体不需要配额；请留空",
    ),
    "special_too_many": (
        "the quotas of special groups ({what}) must be fewer together than the households of a village ({n}); lower them, or raise the "
        "number of households",
        "特殊群体配额之和（{what}）必须少于每村户数（{n}）；请降低配额或增加户数",
    ),
    "reserves": ("the number of reserves must lie between 0 and {n}", "备选户数必须在0到{n}之间"),
    "village_reserves": (
        "only villages that are drawn by chance have reserves; set their number to 0",
        "只有随机抽取的村才有备选村；请将备选村数设为0",
    ),
    "no_named": ("name at least one household as village code and number", "请至少指定一户，写村代码和户编号"),
    "named_needs_villages": (
        "households can be named only in villages that are named or all taken",
        "只有指定村或全部村时才能指定农户",
    ),
    "unknown_household": (
        "{what}: no such household on the roster of the chosen villages; correct the number, or import the roster",
        "{what}：所选村花名册上没有这一户；请更正编号，或导入花名册",
    ),
    "bad_line": (
        "line {n} ('{what}') is not a village code of 12 digits and a household number",
        "第{n}行（“{what}”）不是12位村代码加户编号",
    ),
    "no_households": (
        "no village of {what} has households on the roster; import the roster first",
        "{what}没有任何村的花名册上有农户；请先导入花名册",
    ),
    "duplicate": (
        "village {village} has the household number '{what}' twice (numbers count as equal after blanks and full-width digits are set "
        "right); correct the roster, then draw",
        "村{village}的户编号“{what}”出现两次（编号去除空格、全角转半角后相同）；请更正花名册后再抽样",
    ),
    "bad_number": (
        "village {village} has a household without a number; correct the roster, then draw",
        "村{village}有一户没有编号；请更正花名册后再抽样",
    ),
    "too_few_villages": (
        "{wanted} villages are to be drawn in {what}, and only {n} have households on the roster; lower the number, or choose more "
        "counties",
        "要在{what}抽{wanted}个村，但花名册上有农户的村只有{n}个；请减少村数，或多选几个县",
    ),
    "short": (
        "{n} villages have fewer households than the quota, first {village}: {has} of {wanted} ({what}); lower the quota, or allow that "
        "all are taken where there are fewer",
        "有{n}个村的农户少于配额，首先是{village}：应抽{wanted}户，只有{has}户（{what}）；请降低配额，或允许不足时全部抽取",
    ),
    "nowhere": (
        "no village has as many households as the quota asks for ({what}: {wanted}; the most is {has} in {village}); lower the quota",
        "没有一个村的农户达到配额（{what}：{wanted}户，最多的是{village}的{has}户）；请降低配额",
    ),
    "too_large": (
        "up to {n} households would be drawn, more than the {limit} that one draw may hold; draw fewer villages, or not every household",
        "最多会抽到{n}户，超过一次抽样的上限{limit}户；请减少村数，或不要全部抽取",
    ),
    "seed_short": (
        "numbers drawn in public need at least {n} digits or letters, or else they can be guessed; write down more throws",
        "公开掷出的数字至少要有{n}位，否则可能被猜出；请多掷几次并记下",
    ),
    "seed_long": ("numbers drawn in public may have at most {n} characters", "公开掷出的数字最多{n}个字符"),
    "seed_source": ("choose where the seed comes from", "请选择随机种子的来源"),
    "drawn_already": (
        "this visit has a draw already; void it with a reason before drawing again",
        "本次调研已有抽样；重新抽样前须先写明理由将其作废",
    ),
    "sealed_elsewhere": (
        "the draw was made and sealed on another installation; open it there",
        "该抽样在另一套系统中抽取并密封，请在那里开封",
    ),
    "not_sealed": ("the draw is opened or voided already", "该抽样已开封或已作废"),
    "not_opened": ("the draw is not opened, or it was voided", "该抽样尚未开封或已作废"),
    "no_reason": ("write the reason", "请写明理由"),
    "early": (
        "the stated departure is {what}; whoever opens earlier writes the reason, which is kept and shown",
        "规定的出发时间是{what}；提前开封必须写明理由，理由将留存并显示",
    ),
    "unknown_person": ("choose somebody who may work in the field", "请选择能参加实地调研的人员"),
    "unknown_reason": ("choose why the household is replaced", "请选择替换原因"),
    "not_in_sample": ("{what} is not in the sample now", "{what}目前不在样本中"),
    "village_not_in_sample": ("{what} is not among the villages of the sample now", "{what}目前不在样本村中"),
    "village_answered": (
        "interviews of {what} have arrived; the village stays, and its households are given up one by one",
        "{what}已有上报的访谈；该村不能替换，可逐户替换农户",
    ),
    "reserve_village_answered": (
        "interviews of the village that came in have arrived; the replacement stands",
        "替补村已有上报的访谈，替换不能撤销",
    ),
    "later_village_replacement": (
        "the village that came in was replaced in turn; take that replacement back first",
        "替补进来的村后来又被替换；请先撤销后一次替换",
    ),
    "village_out": (
        "the village of this household is not in the sample now; nothing is changed for its households",
        "该户所在的村目前不在样本中，不能改动其农户",
    ),
    "already_reverted": ("this replacement was taken back already", "这次替换已经撤销"),
    "later_replacement": (
        "the household that came in was replaced in turn; take that replacement back first",
        "替补进来的农户后来又被替换；请先撤销后一次替换",
    ),
    "reserve_answered": (
        "something was received of the household that came in; the replacement stands",
        "替补农户已有上报的记录，替换不能撤销",
    ),
    "basis_drawn": (
        "the village was drawn, so the draw says how it was chosen; void the draw with a reason first",
        "该村由抽样选出，选取方式以抽样为准；如需更改，请先写明理由作废抽样",
    ),
}
"""For each reason its sentence in English and Chinese."""

FIELD = ("Sealed draw", "密封抽样")
WORDS = {
    "registered": ("registered poor households", "建档立卡贫困户"),
    "lifted_out": ("households lifted out", "脱贫户"),
    "marginal": ("marginal households", "边缘户"),
    "ordinary": ("ordinary households", "一般户"),
    "old": ("households with old people", "有老人的户"),
    "sick": ("households with sick people", "有病人的户"),
    "disabled": ("households with disabled people", "有残疾人的户"),
    "other_special": ("other special cases", "其他特殊情况户"),
    "all": ("all households", "全部农户"),
}
"""Names of the design that come into the sentences, in English and Chinese."""


def refusal(reason: str, **values: object) -> SurveyError:
    """The error that refuses a draw, or something done to it, for a reason of `TEXTS`."""
    written = [{name: WORDS.get(str(value), (value, value))[language] for name, value in values.items()} for language in (0, 1)]
    english, chinese = (text.format(**words) for text, words in zip(TEXTS[reason], written, strict=True))
    return SurveyError(ErrorCode.INVALID_VALUE, field=FIELD[0], field_zh=FIELD[1], detail=english, detail_zh=chinese, reason=reason)
