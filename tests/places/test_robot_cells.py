"""Conveyors, containers, loads of pallets and stocked shelves: what holds what, and that nothing is in another."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from simgen.assets.families.containers import bottom_m, euro_container, inner_size
from simgen.assets.library import Library
from simgen.distributions import Choice, Constant
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.geometry.rays import Rays
from simgen.places.conveyor import Conveyor
from simgen.places.loads import DECK_M, LOADS, LoadKind, draw_load, places_in_layer
from simgen.places.pieces import Part, instances
from simgen.places.shelves import Shelves
from simgen.randomize.reach import Reach
from simgen.scene.asset import Asset
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws, stream
from simgen.trace.tracer import Tracer


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(sources=("families",))


def boxes_of(parts: list[Part]) -> list[tuple[np.ndarray, np.ndarray]]:
    found = [p.world_from_object.apply(p.asset.mesh.vertices) for p in parts]
    return [(v.min(axis=0), v.max(axis=0)) for v in found]


def ranges(assets: tuple[Asset, ...], origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    objects = instances([Part(name=str(k), asset=a) for k, a in enumerate(assets)])
    zeros = np.zeros(len(origin), np.float32)
    rays = Rays(origin=origin.astype(np.float32), direction=direction.astype(np.float32), time_s=zeros)
    return Tracer(objects, threads=1).closest_hit(rays).range_m


@pytest.mark.parametrize(("size", "count"), [((0.6, 0.4), 4), ((0.4, 0.3), 8), ((0.3, 0.2), 16), ((0.5, 0.4), 4)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_layer_fills_the_deck_without_reaching_over_it(size: tuple[float, float], count: int, mirrored: bool) -> None:
    places = places_in_layer(*size, mirrored=mirrored)
    assert len(places) == count
    boxes = []
    for x, y, yaw in places:
        half = np.array(size if abs(math.sin(yaw)) < 0.5 else size[::-1]) / 2
        boxes.append((np.array([x, y]) - half, np.array([x, y]) + half))
        assert (np.abs(boxes[-1]) <= np.array(DECK_M) / 2 + 1e-9).all()
    for (low, high), (other_low, other_high) in itertools.combinations(boxes, 2):
        assert (np.minimum(high, other_high) - np.maximum(low, other_low)).min() < 1e-9


def test_what_is_larger_than_the_deck_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nothing of 1.3 x 0.9 m fits on a deck of 1.2 x 0.8 m"):
        places_in_layer(1.3, 0.9)


@pytest.mark.parametrize("kind", LOADS)
def test_layers_stand_upon_each_other_below_the_given_height(kind: LoadKind) -> None:
    parts, base_m = draw_load(stream(0, f"load/{kind}", 0), "load", kind, 4, 0.5, 0.95)
    levels = sorted({round(p.world_from_object.translation_m[2], 6) for p in parts})
    assert levels[0] == 0.0
    assert levels[-1] == pytest.approx(base_m, abs=1e-6)
    boxes = boxes_of(parts)
    assert max(high[2] for _, high in boxes) <= 0.95 + 0.02
    for low, high in boxes:
        middle = (low + high)[:2] / 2
        assert (np.abs(middle) < np.array(DECK_M) / 2).all()
        if low[2] > 0.001:
            below = [
                h[2] for a, h in boxes if (np.minimum(h, high)[:2] > np.maximum(a, low)[:2]).all() and a[2] < low[2]
            ]
            assert low[2] - max(below) < 0.001


def test_the_highest_layer_keeps_its_share() -> None:
    full, _ = draw_load(stream(0, "load", 1), "load", "cartons", 2, 1.0, 2.0)
    part, base_m = draw_load(stream(0, "load", 1), "load", "cartons", 2, 0.5, 2.0)
    layer = len(full) // 2
    assert len(part) == layer + layer // 2
    assert sum(p.world_from_object.translation_m[2] > base_m - 1e-6 for p in part) == layer // 2


def test_a_container_is_as_large_inside_as_its_inner_size_says() -> None:
    outer = (0.6, 0.4, 0.22)
    inside = inner_size(outer)
    asset = euro_container(size_m=outer)
    assert asset.size_m == pytest.approx(outer, abs=1e-6)
    level = np.array([(1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)])
    origin = np.tile((0.0, 0.0, bottom_m() + 0.05), (5, 1))
    expected = [inside[0] / 2, inside[0] / 2, inside[1] / 2, inside[1] / 2, 0.05]
    assert ranges((asset,), origin, level) == pytest.approx(np.array(expected), abs=1e-5)
    # Through the open handle one sees out.
    handle = np.array([[0.0, 0.0, outer[2] - 0.047]])
    assert np.isinf(ranges((asset,), handle, np.array([[1.0, 0.0, 0.0]]))).all()


@pytest.mark.parametrize("bed", ["belt", "rollers"])
def test_the_rails_stand_at_the_edges_of_the_bed_and_as_high_as_its_region_says(bed: str, library: Library) -> None:
    place = Conveyor(bed=Constant(value=bed), yaw_deg=Constant(value=0.0), rail_m=Constant(value=0.1))
    scene = place.build(Draws(1, "place", 0), library)
    (area,) = scene.areas("belt")
    half = np.ptp(np.asarray(area.corners_m), axis=0)[1] / 2
    made = next(o for o in scene.objects if o.name == "conveyor")
    assert made.world_vertices()[:, 2].min() == pytest.approx(0.0, abs=1e-6)
    tracer = Tracer((made,), threads=1)
    across = np.array([(0.0, 1.0, 0.0), (0.0, -1.0, 0.0)], np.float32)

    def seen(up_m: float) -> np.ndarray:
        start = np.tile(np.array([0.013, 0.0, area.z_m + up_m], np.float32), (2, 1))
        return tracer.closest_hit(Rays(origin=start, direction=across, time_s=np.zeros(2, np.float32))).range_m

    assert seen(0.5 * area.rim_m) == pytest.approx(half, abs=1e-5)
    assert np.isinf(seen(area.rim_m + 0.05)).all()


@pytest.mark.parametrize("style", ["shop", "warehouse"])
def test_goods_stand_on_boards_apart_from_each_other(style: str, library: Library) -> None:
    place = Shelves(style=Constant(value=style), bays=Constant(value=1), opposite=Choice(options=(False,)))
    draws = Draws(2, "place", 0)
    scene = place.build(draws, library)
    goods = [o for o in scene.objects if "_goods_" in o.name or "_misplaced_" in o.name]
    rack = next(o for o in scene.objects if o.name == "shelf_0")
    assert len(goods) > 15
    assert draws.factors["place.facings"] > draws.factors["place.gaps"]
    low, high = rack.world_vertices().min(axis=0), rack.world_vertices().max(axis=0)
    tracer = Tracer((rack, *goods), threads=1)
    boxes = []
    for thing in goods:
        points = thing.world_vertices()
        boxes.append((points.min(axis=0), points.max(axis=0)))
        assert (boxes[-1][0][:2] > low[:2]).all()
        assert (boxes[-1][1][:2] < high[:2]).all()
        foot = np.array([[*points[:, :2].mean(axis=0), boxes[-1][0][2] + 5e-4]], np.float32)
        down = Rays(origin=foot, direction=np.array([[0, 0, -1]], np.float32), time_s=np.zeros(1, np.float32))
        assert tracer.closest_hit(down).range_m[0] < 0.01
    for (a, b), (c, d) in itertools.combinations(boxes, 2):
        assert (np.minimum(b, d) - np.maximum(a, c)).min() < 0.001


def test_shares_of_one_and_of_none_are_kept(library: Library) -> None:
    bare = Shelves(bays=Constant(value=1), gap_share=Constant(value=1.0), opposite=Constant(value=False))
    draws = Draws(4, "place", 0)
    scene = bare.build(draws, library)
    assert not [o for o in scene.objects if "_goods_" in o.name]
    assert draws.factors["place.gaps"] == draws.factors["place.facings"] > 0
    assert draws.factors["place.misplaced"] == 0


def boxed(height_m: float, library: Library) -> Scene:
    asset = library.load("families/cardboard_box/0")
    scale = height_m / asset.size_m[2]
    corners = ((-0.4, -0.4), (0.4, -0.4), (0.4, 0.4), (-0.4, 0.4))
    things = instances([Part(name="box", asset=asset, world_from_object=at(0.0, 0.0, 0.8), scale=scale)])
    return Scene(objects=things, regions=(Area(name="belt", use="belt", corners_m=corners, z_m=0.8),))


@pytest.mark.parametrize("height_m", [0.3, 0.88])
def test_the_lips_of_a_suction_gripper_are_just_above_a_box_however_few_corners_that_has(
    height_m: float, library: Library
) -> None:
    reach = Reach(
        onto="belt", tool=Constant(value="suction"), above_m=Constant(value=0.03), away_m=Constant(value=0.9),
        size=Constant(value=1.4),
    )  # fmt: skip
    reached = reach(boxed(height_m, library), Draws(0, "reach", 0), library)
    held = next(o for o in reached.objects if o.category == "gripper").world_vertices()
    top = reached.objects[0].world_vertices()[:, 2].max()
    assert held[:, 2].min() - top == pytest.approx(0.004 + 0.03, abs=1e-4)
    arm = next(o for o in reached.objects if o.category == "robot_arm").world_vertices()
    assert arm[:, 2].min() == pytest.approx(0.0, abs=1e-5)


def test_an_arm_too_short_says_so(library: Library) -> None:
    reach = Reach(onto="belt", tool=Constant(value="suction"), away_m=Constant(value=2.0))
    with pytest.raises(PlacementError, match="change away_m or size"):
        reach(boxed(0.3, library), Draws(0, "reach", 0), library)
    with pytest.raises(ValueError, match="tool must be of fingers, suction, got 'magnet'"):
        Reach(tool=Constant(value="magnet"))
