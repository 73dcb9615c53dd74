"""A form in two versions, with an indicator, a person-level answer and two issue rules, for tests of look-backs."""

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

_FORM = """
| survey |            |              |                     |                     |          |            |
|        | type       | name         | label::中文 (zh)    | label::English (en) | required | repeat_count |
|        | hidden     | assignment_id | 任务               | Assignment          |          |            |
|        | select_one yes_no | water_safe | 饮水安全吗？    | Is the water safe?  |          |            |
|        | integer    | income_cny   | 收入                | Income              |          |            |
|        | text       | wish         | 愿望                | Wish                |          |            |
{extra}
|        | begin_repeat | members    | 成员                | Members             |          |            |
|        | text       | member_name  | 姓名                | Name                | yes      |            |
|        | select_one yes_no | insured | 参保吗？          | Insured?            |          |            |
|        | end_repeat |              |                     |                     |          |            |
| choices |           |              |                     |                     |          |            |
|        | list_name  | name         | label::中文 (zh)    | label::English (en) |          |            |
|        | yes_no     | yes          | 是                  | Yes                 |          |            |
|        | yes_no     | no           | 否                  | No                  |          |            |
| settings |          |              |                     |                     |          |            |
|        | form_title | form_id      | version             | default_language    |          |            |
|        | 测试问卷   | test_form    | {version}           | 中文 (zh)           |          |            |
| indicators |        |              |                     |                     |          |            |
|        | name       | label::中文 (zh) | label::English (en) | area | kind | variable | values | good |
|        | water_share | 饮水安全率      | Safe water          | water | share | water_safe | yes | high |
|        | income_mean | 户均收入        | Mean income         | industry | mean | income_cny |  | high |
| issue_rules |       |              |                     |                     |          |            |
|        | name       | title::中文 (zh) | title::English (en) | when | area | level | severity | evidence |
|        | water_unsafe | 饮水不安全     | Unsafe water        | ${{water_safe}} = 'no' | water | village | high | water_safe |
"""
_ROAD = "|        | select_one yes_no | road | 通路吗？ | Is there a road? | | |"
FIRST = _FORM.format(version="2018.1", extra="")
SECOND = _FORM.format(version="2018.2", extra=_ROAD)


def questionnaire(markdown: str) -> Questionnaire:
    """The questionnaire of these tables."""
    return read_questionnaire(markdown.encode(), "form.md")
