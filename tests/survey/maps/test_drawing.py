"""Maps: points, labels and scale where they belong, tiles only where they are set."""

import math
from dataclasses import replace

import pytest
from flask import Flask, render_template_string
from lxml import etree

from analysis.charts.labels import Box
from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings, read_settings
from survey.maps.drawing import Map, MapPoint, distance_km, draw_map, nice_below, plot_points
from survey.maps.labels import FONT_SIZE, place_labels, text_width
from survey.pages.headers import policy_for

HOME = MapPoint(33.33, 106.15, "001 张示例")
PAGE = "{% from 'maps.html' import coordinate_map with context %}{{ coordinate_map(map) }}"
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def plot(*points: MapPoint, **options: str) -> Map:
    """The map of these points at the usual size."""
    return plot_points(points, title="地图", legend={"household": "农户", "village": "村"}, width=720, height=480, **options)


def test_distance__a_degree_on_the_equator__is_a_hundred_and_eleven_kilometres() -> None:
    assert distance_km(0, 0, 0, 1) == pytest.approx(111.195, abs=0.01)
    # Xi'an to Hanzhong, some 205 km as the crow flies.
    assert distance_km(34.2658, 108.9541, 33.0676, 107.0232) == pytest.approx(222, abs=3)


def test_plot__points__lie_inside_and_as_far_apart_as_the_scale_says() -> None:
    drawn = plot(HOME, replace(HOME, longitude=106.25), replace(HOME, latitude=33.28))
    first, east, south = drawn.points
    assert all(0 < placed.x < drawn.width and 0 < placed.y < drawn.height for placed in drawn.points)
    assert east.x > first.x
    assert east.y == first.y
    assert south.y > first.y
    metres_per_unit = float(drawn.scale_text.split()[0]) * 1000 / drawn.scale_width
    assert (east.x - first.x) * metres_per_unit == pytest.approx(distance_km(33.33, 106.15, 33.33, 106.25) * 1000, rel=0.01)
    assert (south.y - first.y) * metres_per_unit == pytest.approx(distance_km(33.33, 106.15, 33.28, 106.15) * 1000, rel=0.01)


def test_plot__one_point__is_in_the_middle_of_some_surroundings() -> None:
    drawn = plot(HOME)
    assert (drawn.points[0].x, drawn.points[0].y) == (360, drawn.height / 2)
    assert drawn.scale_text.endswith(" m")


def test_plot__points_at_one_spot__are_spread_so_that_each_is_seen() -> None:
    drawn = plot(*[replace(HOME, label=str(number), order=number) for number in range(8)], replace(HOME, latitude=33.34, label="else"))
    spots = [(placed.x, placed.y) for placed in drawn.points[:8]]
    assert min(math.dist(one, other) for one in spots for other in spots if one != other) > 10


def test_plot__routes__join_their_points_in_order() -> None:
    points = [replace(HOME, latitude=33.3 + step / 100, order=order, route="第一组") for step, order in ((0, 2), (1, 1), (2, 3))]
    ((number, line),) = plot(*points).routes
    heights = [float(spot.split(",")[1]) for spot in line.split()]
    assert number == 1
    assert heights[0] < heights[1]
    assert heights[2] < heights[0]


def test_plot__nothing__has_no_points() -> None:
    assert plot().points == ()


def test_labels__crowded_marks__stand_apart_where_there_is_room() -> None:
    marks = [Box(200 + 14 * step, 100, 212 + 14 * step, 112) for step in range(4)]
    texts = ["甲村", "乙村", "丙村", "丁村"]
    labels = place_labels(texts, marks, Box(0, 0, 720, 480), [False] * 4)
    boxes = [
        Box(label.x, label.y - FONT_SIZE, label.x + text_width(text), label.y + 2)
        for label, text in zip(labels, texts, strict=True)
        if label is not None
    ]
    assert len(boxes) == 4
    assert all(one.overlap(other) == 0 for one in boxes for other in boxes if one is not other)


def test_labels__no_room_left__the_numbered_ones_go_without() -> None:
    marks = [Box(20, 20, 38, 38)] * 3
    labels = place_labels(["长长的名字"] * 3, marks, Box(0, 15, 110, 45), [False, True, True])
    assert labels[0] is not None
    assert labels[1:] == (None, None)


@pytest.mark.parametrize(("value", "nice"), [(1, 1), (9.9, 5), (0.49, 0.2), (2000, 2000), (130, 100)])
def test_nice_below__any_length__is_one_two_or_five(value: float, nice: float) -> None:
    assert nice_below(value) == pytest.approx(nice)


def test_macro__points_with_links__are_named_and_need_neither_script_nor_style(app: Flask) -> None:
    points = [replace(HOME, link="/places/1", order=1), replace(HOME, latitude=33.36, kind="village", label="<b>村</b>")]
    with app.test_request_context("/"):
        html = render_template_string(PAGE, map=draw_map(points, title="第一组的地图", legend={"household": "农户", "village": "村"}))
        empty = render_template_string(PAGE, map=draw_map([], title="第一组的地图"))
    svg = etree.fromstring(html[html.index("<svg") : html.index("<figcaption")])
    assert svg.get("aria-label") == "第一组的地图"
    assert svg.get("role") == "group"
    assert [link.get("href") for link in svg.iter("{*}a")] == ["/places/1"]
    assert "&lt;b&gt;村&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "style=" not in html
    assert "<script" not in html
    assert "<image" not in html
    assert "<svg" not in empty


def test_tiles__set__cover_the_drawing_and_name_their_service() -> None:
    drawn = plot(HOME, replace(HOME, longitude=106.25), tile_url=TILES, attribution="© 示例地图")
    assert min(tile.x for tile in drawn.tiles) <= 0
    assert max(tile.x + tile.width for tile in drawn.tiles) >= drawn.width
    assert min(tile.y for tile in drawn.tiles) <= 0
    assert max(tile.y + tile.height for tile in drawn.tiles) >= drawn.height
    assert all(tile.url.startswith("https://tiles.example.org/1") and "{" not in tile.url for tile in drawn.tiles)
    assert drawn.attribution == "© 示例地图"
    assert plot(HOME).tiles == ()
    assert plot(HOME).attribution == ""


def test_policy__tiles_of_a_service__allows_its_pictures_and_nothing_else() -> None:
    plain, with_tiles = policy_for(Settings()), policy_for(Settings(map_tiles=TILES))
    assert "tiles.example.org" not in plain
    assert with_tiles == plain.replace("img-src 'self'", "img-src 'self' https://tiles.example.org")
    assert policy_for(Settings(map_tiles="/tiles/{z}/{x}/{y}.png")) == plain


@pytest.mark.parametrize(
    "address", ["tiles.example.org/{z}/{x}/{y}", "https://example.org/{z}/{x}.png", "https://{s}.example.org/{z}/{x}/{y}"]
)
def test_settings__address_that_is_none_of_tiles__is_refused(address: str) -> None:
    with pytest.raises(SurveyError) as caught:
        read_settings({"SURVEY_MAP_TILES": address, "SURVEY_SECRET_KEY": "k3y-of-this-test-0123456789-abcdefghijk"})
    assert caught.value.code is ErrorCode.INVALID_SETTING
