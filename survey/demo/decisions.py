"""The coordinator's decisions on what a visit brought in: most is accepted, some is returned, and in an open visit some still waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.chance import any_of, draw_from, happens
from survey.demo.facts import Facts, VisitFacts
from survey.demo.field_work import Sent
from survey.demo.schedule import LOCAL
from survey.intake.models import Flag, QuarantinedSubmission, Submission
from survey.intake.operations import settle_quarantined
from survey.review.operations import accept_clean, accept_submission, return_submission

OPEN_DAYS = 2
"""In an open visit, what came on the last days has not been looked at yet."""
ACCEPTED_SHARE = {
    "short_interview": 0.35,
    "cadre_present": 0.3,
    "no_position": 0.92,
    "clock_wrong": 0.9,
    "not_countersigned": 0.9,
    "countersign_unproven": 0.6,
    "far_position": 0.6,
    "same_picture": 0.3,
    "impossible_speed": 0.6,
    "outside_days": 0.8,
    "hurried_answers": 0.3,
}
ACCEPTED_WITH = {
    "short_interview": ("电话回访核对过主要答案，予以采用。", "老人独居、情况简单，与副访核实后采用。"),
    "cadre_present": ("干部中途进门，问到收入前已离开，予以采用。",),
    "no_position": ("山沟里没有信号，地址已核对。", "定位失败，照片与村名一致。"),
    "clock_wrong": ("平板时钟错误，按上传时间认定。",),
    "not_countersigned": ("副访已电话确认在场，予以采用。", "副访补看答卷，无异议。"),
    "countersign_unproven": ("副访本人确认签名，密码输错。",),
    "far_position": ("户主在地里劳动，就地访谈，已核实。", "定位漂移，照片与住房一致。"),
    "same_picture": ("两户同住一院，照片相同属实。",),
    "impossible_speed": ("当天转场，开始时间录入有误，已核实。",),
    "outside_days": ("先遣组提前一天入户，已说明。",),
    "hurried_answers": ("录入慢、提问快，副访证实逐题问过。",),
}
RETURNED_WITH = {
    "short_interview": ("访谈时间过短，请重新入户。",),
    "cadre_present": ("干部在场，数据不采用，请择日重访。",),
    "no_position": ("没有定位也没有照片，请补充说明。",),
    "clock_wrong": ("访谈时间无法认定，请说明。",),
    "not_countersigned": ("请副访看过答卷并签名。",),
    "countersign_unproven": ("签名的 PIN 不对，请副访本人重签。",),
    "far_position": ("定位离农户三公里以上，请说明在哪里访谈。",),
    "same_picture": ("住房照片与另一户相同，请重拍。",),
    "impossible_speed": ("与上一户相距太远，请核对时间和地点。",),
    "outside_days": ("访谈日期不在调研期内，请说明。",),
    "hurried_answers": ("逐题用时太短，请重新入户。",),
}
PLAIN_RETURNS = ("收入构成与打工人数对不上，请核对。", "住房补助数额请对照存折再核一次。", "第二位成员的出生年份请核对。")
RETURNED_FOR_AMOUNT = "种植收入好像多写了一个零，请核对后修改。"


def review_visit(session: Session, coordinator: User, facts: Facts, visit: VisitFacts, sent: Sequence[Sent]) -> None:
    """Decide on everything the visit brought in, each with its reason."""
    last_day = visit.days_held[-1 - OPEN_DAYS] if visit.is_open else visit.ends_on
    now = datetime.combine(last_day + timedelta(days=2), time(9, 30), LOCAL)
    seen = {each.receipt.instance_id: each.task.case.pair for each in sent if each.task.case.day <= last_day}
    flags = _flags(session, tuple(seen))
    rng = draw_from(facts.seed, visit.id, "review")
    plain = [instance_id for instance_id in seen if instance_id not in flags]
    returned = _choose_returned(rng, visit, plain, seen)
    for instance_id in seen:
        check = flags.get(instance_id, "")
        if instance_id not in returned and (not check or visit.is_open and happens(rng, 0.6)):
            continue
        accepts = happens(rng, ACCEPTED_SHARE.get(check, 0))
        reason = any_of(rng, (ACCEPTED_WITH if accepts else RETURNED_WITH).get(check, PLAIN_RETURNS))
        decide = accept_submission if accepts else return_submission
        decide(session, coordinator, session.get_one(Submission, instance_id), reason, now)
    accept_clean(session, coordinator, [instance_id for instance_id in plain if instance_id not in returned], now)


def _choose_returned(rng: Random, visit: VisitFacts, plain: Sequence[str], pairs: Mapping[str, int]) -> set[str]:
    """The interviews without a doubt that are returned; the first pair gets one, so that its tablet has something to correct."""
    first = any_of(rng, [instance_id for instance_id in plain if pairs[instance_id] == visit.pairs[0]])
    others = [instance_id for instance_id in plain if instance_id != first]
    return {first, *rng.sample(others, max(visit.n_returned - 1, 0))} if visit.n_returned else set()


def _flags(session: Session, instance_ids: Sequence[str]) -> dict[str, str]:
    """The gravest check that each doubtful submission was flagged by."""
    rows = session.execute(
        select(Flag.instance_id, Flag.check).where(Flag.instance_id.in_(instance_ids)).order_by(Flag.severity, Flag.check)
    )
    return {instance_id: check for instance_id, check in rows.all()[::-1]}


def return_for_amount(session: Session, coordinator: User, sent: Sent) -> None:
    """Return the interview with the mistyped amount to its pair, the morning after."""
    submission = session.get_one(Submission, sent.receipt.instance_id)
    return_submission(session, coordinator, submission, RETURNED_FOR_AMOUNT, sent.task.received_at + timedelta(hours=12))


def settle_refused(session: Session, coordinator: User, instance_ids: Sequence[str], now: datetime) -> None:
    """Settle quarantined submissions of a closed visit: the right form came after them."""
    rows = session.scalars(select(QuarantinedSubmission).where(QuarantinedSubmission.instance_id.in_(instance_ids)))
    for row in rows.all():
        settle_quarantined(session, coordinator, row, "同户已另行提交正确的问卷，本份不再采用。", now)
