"""Two small questionnaires that tell of the same household: an interview with what was seen, and a check of its file."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Attachment, Submission
from survey.places.models import Household
from survey.visits.models import Pair, Visit
from tests.builders import add_assignment, add_form, add_pair, add_submission, add_visit

INTERVIEW = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | compare_item | compare_source | compare_map | compare_unit |
| | integer | n_members | 几口人？ | How many members? | members | | | |
| | decimal | land_mu | 几亩地？ | How much land? | land | | | mu |
| | select_one quality | water_told | 水怎么样？ | How is the water? | water | | good=safe bad=unsafe dont_know= | |
| | select_one safe | water_seen | 看到的水 | The water seen | water | seen | | |
| | image | water_picture | 拍水 | Picture of the water | water | seen | | |
| | date | doctor_day | 医生哪天来的？ | When did the doctor come? | doctor | | | |
| | integer | pigs_seen | 看到几头猪？ | How many pigs were seen? | pigs | seen | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | quality | good | 好喝 | Good |
| | quality | bad | 不好喝 | Bad |
| | quality | dont_know | 说不清 | Don't know |
| | safe | safe | 安全 | Safe |
| | safe | unsafe | 不安全 | Not safe |
| settings |
| | form_title | form_id | version | default_language | display_title::中文 (zh) | display_title::English (en) |
| | 访谈 | interview | 1 | 中文 (zh) | 访谈 | Interview |
"""
FILE_CHECK = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | compare_item | compare_source | compare_unit | compare_tolerance | compare_area |
| | begin_group | members_item | 人口 | Members | members | | | | identification |
| | integer | members_said | 说的人口 | Members said | members | said | | | |
| | integer | members_filed | 写的人口 | Members filed | members | filed | | | |
| | select_one results | members_result | 结论 | Found | members | judged | | | |
| | image | members_page | 这一页 | The page | members | filed | | | |
| | hidden | members_agrees | 说写一致 | Members agree | | | | | |
| | end_group | | | | | | | | |
| | begin_group | land_item | 耕地 | Land | land | | | | |
| | decimal | land_ha | 写的耕地 | Land filed | land | filed | ha | 10% | |
| | end_group | | | | | | | | |
| | begin_group | water_item | 饮水 | Water | water | | | | water |
| | select_one safe | water_filed | 写的饮水 | Water filed | water | filed | | | |
| | end_group | | | | | | | | |
| | begin_group | doctor_item | 家庭医生 | Doctor | doctor | | | | health |
| | date | doctor_filed | 写的上门日期 | Visit filed | doctor | filed | | 30 | |
| | end_group | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | safe | safe | 安全 | Safe |
| | safe | unsafe | 不安全 | Not safe |
| | results | agrees | 一致 | Agrees |
| | results | differs | 不一致 | Differs |
| | results | missing | 没有 | Missing |
| | results | out_of_date | 没更新 | Out of date |
| | results | cannot_verify | 无法核实 | Cannot be verified |
| indicators |
| | name | label::中文 (zh) | label::English (en) | area | kind | variable | values |
| | members_agreement | 人口相符率 | Members agree | identification | share | members_agrees | yes |
| settings |
| | form_title | form_id | version | default_language | display_title::中文 (zh) | display_title::English (en) |
| | 查档 | file_check | 1 | 中文 (zh) | 查档 | File check |
"""


class Field:
    """A visit with both questionnaires and a pair that sends them in."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.versions: tuple[QuestionnaireVersion, ...] = (
            add_form(session, INTERVIEW, "interview.md"),
            add_form(session, FILE_CHECK, "file_check.md"),
        )
        self.visit: Visit = add_visit(session, forms=self.versions)
        self.pair: Pair = add_pair(session, self.visit)

    def interview(self, household: Household, state: str = "accepted", **answers: Any) -> Submission:
        """The interview at a household."""
        return self._send(self.versions[0], household, state, answers)

    def file(self, household: Household, state: str = "accepted", **answers: Any) -> Submission:
        """The check of its file; answers are put into the groups that they belong to."""
        grouped: dict[str, dict[str, Any]] = {}
        judged = answers.get("members_result")
        if judged and judged != "cannot_verify":
            answers["members_agrees"] = "yes" if judged == "agrees" else "no"
        for name, value in answers.items():
            grouped.setdefault(f"{name.split('_', 1)[0]}_item", {})[name] = value
        return self._send(self.versions[1], household, state, grouped)

    def _send(self, version: QuestionnaireVersion, household: Household, state: str, answers: Mapping[str, Any]) -> Submission:
        assignment = add_assignment(self.session, self.pair, household, version.form_id)
        instance_id = f"uuid:{version.form_id}-{household.number}"
        return add_submission(self.session, version, instance_id, assignment=assignment, state=state, answers=dict(answers))

    def picture(self, submission: Submission, name: str) -> None:
        """A picture of a submission that has arrived."""
        self.session.add(Attachment(instance_id=submission.instance_id, name=name, sha256="0" * 64, size_bytes=9, media_type="image/jpeg"))
        self.session.flush()
