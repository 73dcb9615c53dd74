"""Which issues are proposed as one and the same."""

from dataclasses import replace

from survey.issues.merging import Told, find_alike, likeness

WATER = Told("1", "饮水不安全", "", "water", "610727101201", "household", "water")


def test_likeness__same_rule_and_county__is_certain_whatever_the_words() -> None:
    found = likeness(WATER, replace(WATER, id="2", title="没有水", place_code="610727102201"))
    assert found is not None
    assert (found.kind, found.is_same_place) == ("same", False)


def test_likeness__similar_words_of_one_area__are_similar() -> None:
    by_hand = replace(WATER, id="2", title="饮水水质不安全", form_id=None, rule=None)
    found = likeness(WATER, by_hand)
    assert found is not None
    assert (found.kind, found.percent) == ("similar", 83)
    assert likeness(WATER, replace(by_hand, area="health")) is None
    assert likeness(WATER, replace(by_hand, title="学校太远")) is None


def test_likeness__findings_that_agree__count_where_both_say_enough() -> None:
    first = replace(WATER, rule=None, title="自来水", finding="村东十二户自来水三个月没有供水，靠挑水度日")
    second = replace(first, id="2", title="饮用水", finding="村东十三户自来水三个月没有供水，靠挑水生活")
    assert likeness(first, second) is not None
    assert likeness(replace(first, finding="没水"), replace(second, finding="没水")) is None


def test_find_alike__of_many__leaves_itself_and_other_counties_out_and_orders_them() -> None:
    others = [
        WATER,
        replace(WATER, id="2", place_code="610728101201"),
        replace(WATER, id="3", title="饮水水质不安全", rule=None),
        replace(WATER, id="4", place_code="610727102201"),
        replace(WATER, id="5"),
    ]
    assert [(each.id, each.kind) for each in find_alike(WATER, others)] == [("5", "same"), ("4", "same"), ("3", "similar")]
