"""Claims about motorways: lanes lie on asphalt, side by side, one way each; rails keep clear of them; exits leave."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import yaml

from simgen import spec
from simgen.assets.library import Library
from simgen.distributions import Constant, Uniform
from simgen.geometry.rays import Rays
from simgen.places.highway import Highway
from simgen.resources import shipped
from simgen.scene.region import Lane
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

LIBRARY = Library(("families",))
BARE = {"trees": Constant(value=0), "bushes": Constant(value=0)}


def built(seed, **given):
    return Highway(**BARE, **given).build(Draws(seed, "place", 0), LIBRARY)


def lanes(scene):
    return [region for region in scene.regions if isinstance(region, Lane)]


def straight_up_from(points):
    """Return rays from 3 m above (N, 2) points, downwards."""
    origin = np.column_stack([points, np.full(len(points), 3.0)]).astype(np.float32)
    down = np.tile(np.array([0.0, 0.0, -1.0], np.float32), (len(origin), 1))
    return Rays(origin=origin, direction=down, time_s=np.zeros(len(origin), np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_every_lane_lies_on_asphalt_from_edge_to_edge(seed):
    scene = built(seed, gantries=Constant(value=0))
    tracer, category = Tracer(scene.objects), {thing.id: thing.asset.category for thing in scene.objects}
    for lane in lanes(scene):
        spots = [
            lane.point_at(float(a), side * 0.45 * lane.width_m)[0][:2]
            for a in np.linspace(1.0, lane.length_m - 1.0, 40)
            for side in (-1, 0, 1)
        ]
        hits = tracer.closest_hit(straight_up_from(np.array(spots)))
        assert {category[int(k)] for k in hits.instance_id} <= {"road", "lane_marking"}
        assert 3.0 - hits.range_m == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("side", ["right", "left"])
def test_oncoming_traffic_is_on_the_other_side_of_the_median(side):
    scene = built(5, drive_on=side, exit=Constant(value=False), lanes=Constant(value=3))
    assert len(lanes(scene)) == 6
    for lane in lanes(scene):
        (x, y, _), heading = lane.point_at(lane.length_m / 2)
        ahead = np.array([np.cos(heading), np.sin(heading)])
        to_middle = -np.array([x, y])
        # The median is to the left of who keeps right.
        left_of = ahead[0] * to_middle[1] - ahead[1] * to_middle[0]
        assert (left_of > 0) == (side == "right")


def test_the_exit_begins_beside_the_slow_lane_and_ends_far_from_it():
    scene = built(3, exit=Constant(value=True))
    ramp = next(lane for lane in lanes(scene) if lane.name.startswith("exit"))
    slow = max((lane for lane in lanes(scene) if lane.name.startswith("right/")), key=lambda lane: lane.name)
    main = np.asarray(slow.centre_m)[:, :2]

    def off(along_m):
        return np.linalg.norm(main - np.array(ramp.point_at(along_m)[0][:2]), axis=1).min()

    beside = (slow.width_m + ramp.width_m) / 2
    points = np.array([slow.point_at(float(a))[0][:2] for a in np.linspace(0.0, slow.length_m, 4000)])
    main = points
    assert off(5.0) == pytest.approx(beside, abs=0.05)
    assert off(150.0) == pytest.approx(beside, abs=0.05)
    assert off(ramp.length_m) > 25.0


@pytest.mark.parametrize("seed", range(3))
def test_rails_and_gantry_posts_keep_clear_of_all_lanes(seed):
    scene = built(seed, gantries=Constant(value=2), rails=Constant(value=1.0))
    lines = [
        (np.array([lane.point_at(float(a))[0][:2] for a in np.arange(0.0, lane.length_m, 0.5)]), lane.width_m)
        for lane in lanes(scene)
    ]
    standing = [t for t in scene.objects if t.name.startswith(("rail", "gantry"))]
    assert len([t for t in standing if t.name.startswith("rail_median")]) > 8
    for thing in standing:
        low = thing.world_vertices()
        low = low[low[:, 2] < 2.0][:, :2]
        for line, wide in lines:
            nearest = np.linalg.norm(low[:, None] - line[None], axis=2).min()
            assert nearest > wide / 2 + 0.2


def test_traffic_can_pass_under_a_gantry():
    scene = built(1, gantries=Constant(value=2), exit=Constant(value=False))
    boards = [t for t in scene.objects if t.name.startswith("gantry")]
    assert boards
    for thing in boards:
        points = thing.world_vertices()
        middle = points[:, :2].mean(axis=0)
        near = np.linalg.norm(points[:, :2] - middle, axis=1) < 4.0
        assert points[near, 2].min() > 5.0


def test_lanes_of_one_carriageway_are_as_far_apart_as_they_are_wide():
    scene = built(2, lanes=Constant(value=3), lane_m=Constant(value=3.6), exit=Constant(value=False))
    right = [lane for lane in lanes(scene) if lane.name.startswith("right/")]
    middles = [np.array(lane.point_at(lane.length_m / 2)[0][:2]) for lane in right]
    assert all(np.linalg.norm(b - a) == pytest.approx(3.6, abs=0.1) for a, b in pairwise(middles))


def test_the_shipped_file_says_what_the_defaults_are():
    data = yaml.safe_load((shipped("scenes") / "highway.yaml").read_text())
    assert spec.parse(Highway, data, "highway") == Highway()


def test_a_bend_too_tight_for_a_motorway_is_refused():
    with pytest.raises(ValueError, match="radius_m must lie in 300"):
        Highway(radius_m=Uniform(low=50.0, high=400.0))
