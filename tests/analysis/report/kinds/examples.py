"""What each kind of report is made of in tests: one small county asked twice, six issues, the work of a year, two meetings."""

from dataclasses import replace
from datetime import date
from typing import Any

from analysis.bundle import Bundle
from analysis.report.kinds.records import About, AgreementFact, IssueFact, MeetingFact, Sources, WorkFact, WorkRow
from tests.analysis.bundles import NORTH, SOUTH, VISIT, BundleData

TODAY = date(2018, 7, 31)
LATER = {
    **VISIT,
    "id": "2018-08-again",
    "title": "2018年8月略阳县回头看",
    "starts_on": "2018-08-06",
    "ends_on": "2018-08-10",
    "look_back_of": VISIT["id"],
}


def later(data: BundleData) -> BundleData:
    """The same households asked again in August: everybody in the south now has safe water, the north is as it was."""
    forms = []
    for form in data.forms:
        tables = {name: [{**row, "visit_id": LATER["id"]} for row in rows] for name, rows in form.rows.items()}
        if form.form_id == "household":
            tables["main"] = [{**row, "water_safe": "yes"} if row["village_code"] == SOUTH else row for row in tables["main"]]
        forms.append(replace(form, rows=tables))
    villages = [(LATER["id"], NORTH, "purposive"), (LATER["id"], SOUTH, "purposive")]
    return replace(data, forms=forms, visits=[LATER], villages=villages, candidates=[], review=[])


def issue(sequence: int, title: str, **values: Any) -> IssueFact:
    """An issue that was handed over in May and is being rectified, unless told otherwise."""
    common: dict[str, Any] = {
        "finding": f"{title}的具体情况",
        "area": "water",
        "level": "village",
        "severity": "medium",
        "scope": "several",
        "attribution": "local",
        "state": "rectifying",
        "county_code": "610727",
        "county": "略阳县",
        "place": "下石沟村",
        "place_code": SOUTH,
        "due_on": date(2018, 8, 30),
        "reported_on": date(2018, 5, 10),
        "state_since": date(2018, 5, 20),
        "responsible_body": "县水利局",
        "section": "under_way",
    }
    return IssueFact(number=f"2018-610727-{sequence:03}", title=title, **{**common, **values})


ISSUES = (
    issue(1, "个别户用水困难", scope="single", households=1, households_asked=16, villages=1),
    issue(
        2,
        "水源无防护",
        severity="acute",
        households=11,
        households_asked=16,
        villages=1,
        recommendation="落实水源保护",
        attribution="planned",
    ),
    issue(
        3,
        "签约服务不到位",
        area="health",
        scope="general",
        households=12,
        households_asked=40,
        villages=2,
        place="略阳县",
        place_code="610727000000",
        attribution="above",
        recommendation="完善签约服务考核办法",
        responsible_body="县卫生健康局",
        due_on=date(2018, 6, 30),
        is_overdue=True,
        section="overdue",
        outcomes={"fixed": 3, "not": 9},
    ),
    issue(4, "尚待核实的线索", state="raised"),
    issue(5, "不属实的反映", state="refuted"),
    issue(6, "已解决的问题", state="closed", state_since=date(2018, 7, 12), section="closed"),
)
WORK = WorkFact(
    total={
        **{"visits": 2, "cities": 1, "counties": 1, "villages": 2, "households": 80, "files_read": 40},
        **{"meetings": 3, "recommendations": 7, "survey_reports": 1, "theory_reports": 0},
    },
    visits=(
        WorkRow("四月调研", {"counties": 1, "villages": 2, "households": 40, "files_read": 20, "meetings": 2, "recommendations": 7}),
        WorkRow("八月回头看", {"counties": 1, "villages": 2, "households": 40, "files_read": 20, "meetings": 1, "recommendations": 0}),
    ),
    issues={"raised": 6, "verified": 4, "refuted": 1, "reported": 4, "rectified": 1, "looked_back": 1, "confirmed": 1, "open": 4},
)
MEETINGS = (
    MeetingFact(date(2018, 4, 18), "discussion", "村干部座谈", "上石沟村"),
    MeetingFact(date(2018, 6, 28), "joint_meeting", "第二季度联席会议", "陕西省", (("2018-610727-003", "由省卫生健康委研究。"),)),
)
ABOUT = {
    "feedback": About(VISIT["id"], "610727"),
    "visit": About(VISIT["id"]),
    "village": About(VISIT["id"], village_code=SOUTH),
    "look_back": About(LATER["id"]),
    "quarter": About(year=2018, quarter=2),
    "month": About(year=2018, month=7),
    "year": About(year=2018),
    "area": About(area="water"),
    "method": About(VISIT["id"]),
    "county": About(VISIT["id"], "610727"),
}


def sources(kind: str, bundles: tuple[Bundle, Bundle], language: str = "zh", **values: Any) -> Sources:
    """What the kind is made of."""
    april, august = bundles
    given: dict[str, Any] = {
        "bundles": (august,) if kind == "look_back" else bundles if kind == "area" else (april,),
        "before": april if kind == "look_back" else None,
        "issues": ISSUES,
        "meetings": MEETINGS,
        "work": WORK,
        "agreement": (AgreementFact("农户问卷", 4, 120, 114),),
        **values,
    }
    return Sources(ABOUT[kind], language, TODAY, **given)
