"""The list of the app: today's households first, found by name, and what is true of each now, by what server and device know."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.db import utc_now
from survey.field_time import field_date
from survey.visits.models import Assignment
from tests.browser.conftest import WIDE
from tests.browser.device import in_store
from tests.browser.field import HOME_READY
from tests.builders import (
    add_assignment,
    add_household,
    add_region,
    find_or_add_person,
)

LATER_VILLAGE = "610727101202"


def test_list__of_several_days__opens_today_and_finds_households_by_pinyin(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    today = field_date(utc_now())
    add_region(session, LATER_VILLAGE, "青泥河村")
    for number, days in enumerate((-1, 0, 1), start=2):
        household = add_household(session, f"{number:03d}", village_code=LATER_VILLAGE)
        household.head_name = ("赵玉梅", "单国强", "孙玉兰")[number - 2]
        add_assignment(session, assignment.pair, household, "field_form").planned_on = today + timedelta(days=days)
    session.commit()
    page = open_page("lead1", "/tablet/", WIDE)
    opened = page.locator("details.day[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator(".house-name")).to_have_text("单国强")
    expect(opened.locator(".village-count")).to_have_text("0/1")
    expect(page.locator("details.day .day-count")).to_have_count(4)
    expect(page.locator("details.day").last).to_contain_text("已过期")
    for typed, name in (("sgq", "单国强"), ("danguoqiang", "单国强"), ("ZYM", "赵玉梅"), ("004", "孙玉兰"), ("青泥 孙", "孙玉兰")):
        page.fill("#task-search", typed)
        expect(page.locator(".house-name:visible")).to_have_text(name)
    page.fill("#task-search", "")
    expect(page.locator("details.day[open]")).to_have_count(1)


KEEP_WITH_PROBLEM = """
    const { queue } = (await import("/static/bundles/list.js")).$device_queue;
    const card = {
      id: "one", username: store.username, assignment_id: arg.assignment, form_id: "field_form", form_version: "2018.1", title: "",
      state: "conflict", changed_at: "2018-04-20T10:00:00Z", file_names: [], problem: { word: arg.word, values: { name: "a.jpg" } },
    };
    await queue.keep(card);
"""


@pytest.mark.soak
def test_list__that_has_not_changed__stays_under_the_finger(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(HOME_READY)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('.task-open').dataset.finger = 'here'; document.querySelector('.more').open = true")
    page.evaluate("window.dispatchEvent(new Event('tablet-unlocked'))")
    page.click("#switch-language", trial=True)
    page.wait_for_timeout(500)
    expect(page.locator(".task-open[data-finger=here]")).to_have_count(1)
    expect(page.locator(".more[open]")).to_have_count(1)
    page.click("#switch-language")
    expect(page.locator(".task-open[data-finger=here]")).to_have_count(0)
    # Of an interview whose state stays, the row says what is the matter with it from then on.
    for word, told in (("file_refused", "did not arrive whole"), ("not_allowed", "may not send interviews")):
        in_store(page, KEEP_WITH_PROBLEM, {"assignment": assignment.id, "word": word})
        expect(page.locator("#days .task-reason")).to_contain_text(told)


@pytest.mark.soak
@pytest.mark.parametrize(("username", "says"), [("lead2", "目前没有分配给您的农户"), ("coordinator", "您没有访谈任务")])
def test_list__of_somebody_without_assignments__says_what_to_do(
    open_page: Callable[..., Page], session: Session, assignment: Assignment, username: str, says: str
) -> None:
    find_or_add_person(session, username)
    page = open_page(username, "/tablet/")
    page.wait_for_selector(HOME_READY)
    expect(page.locator("#days .empty")).to_contain_text(says)
    expect(page.locator("#practice a.button")).to_have_count(1)


JOIN = """async ([tasks, cards]) => {
  const { join, byDay, choose, countByFilter, openDays } = (await import("/static/bundles/list.js")).$home_model;
  const { packed, unpacked } = (await import("/static/bundles/list.js")).$device_packed;
  const kept = packed(tasks);
  const read = unpacked(JSON.parse(JSON.stringify(kept)));
  const { items, loose } = join(read, cards);
  return {
    read: unpacked(read),
    shared: kept.shared.titles.of,
    states: items.map(({ state }) => state),
    loose: loose.map(({ id }) => id),
    counts: countByFilter(items),
    days: byDay(items).map(({ day, villages }) => [day, villages.map(({ houses }) => houses.length)]),
    open: [...openDays(byDay(items), "2018-04-19")],
    found: choose(items, "todo", "B").map(({ task }) => task.id),
  };
}"""


def task(id: str, number: str, state: str = "open", *, day: str | None = "2018-04-18", instance_id: str = "") -> dict[str, Any]:
    """An assignment as the package has it."""
    return {"id": id, "number": number, "head_name": "", "village_code": "v", "village": "V", "planned_on": day, "state": state} | {
        "instance_id": instance_id,
        "search": f"{number} b",
        "titles": {"zh": "问卷"},
    }


def card(id: str, assignment_id: str, state: str, instance_id: str = "", changed_at: str = "2018") -> dict[str, Any]:
    """What lies on the device of an interview."""
    return {"id": id, "assignment_id": assignment_id, "state": state, "instance_id": instance_id, "changed_at": changed_at}


def test_states__of_server_and_device_together__are_what_is_true_now(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    tasks = [
        task("a", "1"),
        task("a2", "1", "accepted"),
        task("b", "2"),
        task("c", "3", day="2018-04-20"),
        task("d", "4", "returned", day="2018-04-20", instance_id="uuid:d"),
        task("e", "5", "returned", day="2018-04-20", instance_id="uuid:e"),
        task("f", "6", "returned", day=None, instance_id="uuid:f"),
    ]
    cards = [
        card("1", "a", "draft"),
        card("2", "b", "finished"),
        card("3", "c", "sent", "uuid:c"),
        card("4", "d", "sent", "uuid:d"),
        card("5", "e", "sent", "uuid:e2"),
        card("6", "f", "sent", "uuid:f"),
        card("7", "f", "draft", "uuid:f2", "2017"),
        card("8", "elsewhere", "draft"),
        card("9", "elsewhere", "sent"),
    ]
    found = page.evaluate(JOIN, [tasks, cards])
    # The device keeps assignments with what repeats in them once.
    assert (found["read"], found["shared"]) == (tasks, [{"zh": "问卷"}])
    # Of e the server has not yet told what became of the correction that it has confirmed.
    assert found["states"] == ["draft", "accepted", "finished", "received", "returned", "received", "draft"]
    assert found["loose"] == ["8"]
    assert found["counts"] == {"all": 7, "todo": 3, "drafts": 2, "waiting": 1, "returned": 1, "sent": 3}
    assert found["days"] == [["2018-04-18", [2]], ["2018-04-20", [3]], [None, [1]]]
    assert found["open"] == ["2018-04-20"]
    assert found["found"] == ["a", "d", "f"]
