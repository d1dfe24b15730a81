"""Claims about relations of actors on roads: they hold of what their scenarios draw, and fail when that is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.families.signs import showing
from simgen.generator import Generator
from simgen.geometry.pose import at
from simgen.scenarios.relations import (
    Backs,
    ClosesIn,
    ComesOver,
    LeavesRoad,
    RestsOn,
    Roofed,
    Signals,
    Slides,
    broken,
)
from simgen.scenarios.scenario import load_scenario
from simgen.scene.sequence import scene_at
from simgen.scene.track import level_track


def drawn(name):
    scenario = load_scenario(name)
    scene = Generator(scenario.recipe()).draw_scene(0)[0]
    return lambda relation, changed=scene: broken(relation, changed, scenario.encounter, scenario.span_s), scene


@pytest.fixture(scope="module")
def towed():
    return drawn("tow_truck")


@pytest.fixture(scope="module")
def tunnel():
    return drawn("tunnel_exit")


def test_a_car_that_keeps_its_lane_does_not_come_over(towed):
    told, _ = towed
    assert "should be 2 to 4 m" in told(ComesOver(actor="truck", from_m=(2.0, 4.0), to_m=0.5))[0]


def test_a_truck_that_goes_ahead_does_not_back_up(towed):
    told, _ = towed
    assert "should move backwards" in told(Backs(actor="truck"))[0]


def test_a_car_that_is_lifted_off_its_truck_no_longer_rests_on_it(towed):
    told, scene = towed
    assert told(RestsOn(actor="car", on="truck")) == []
    car = next(o for o in scene.objects if o.name == "encounter/car")
    track = scene.tracks[car.id]
    lifted = replace(track, position_m=np.add(track.position_m, (0.0, 0.0, 0.3)))
    changed = replace(scene, tracks={**scene.tracks, car.id: lifted})
    assert "m above" in told(RestsOn(actor="car", on="truck"), changed)[0]


def test_what_is_met_from_behind_closes_in_from_ahead_and_not_from_behind(towed):
    told, _ = towed
    assert told(ClosesIn(actor="truck", from_m=(15.0, 60.0), to_m=(4.0, 9.0))) == []
    assert "closes_in" in told(ClosesIn(actor="truck", from_m=(-60.0, -15.0), to_m=(-9.0, -4.0)))[0]


def test_without_its_tunnel_a_street_is_open(tunnel):
    told, scene = tunnel
    assert told(Roofed(open_m=(20.0, 60.0))) == []
    bare = replace(scene, objects=tuple(o for o in scene.objects if o.name != "encounter/tunnel"))
    assert told(Roofed(open_m=(20.0, 60.0)), bare) == [
        "roofed: the open begins 0 m ahead, should begin 20 to 60 m ahead"
    ]


def test_a_tunnel_that_is_moved_away_opens_earlier(tunnel):
    told, scene = tunnel
    moved = tuple(
        replace(o, world_from_object=at(500.0, 0.0) @ o.world_from_object) if o.name == "encounter/tunnel" else o
        for o in scene.objects
    )
    assert told(Roofed(open_m=(20.0, 60.0)), replace(scene, objects=moved)) != []


@pytest.fixture(scope="module")
def spun():
    return drawn("control_loss")


def test_a_car_that_is_turned_back_on_its_way_slides_no_longer(spun):
    told, scene = spun
    assert told(Slides(actor="car", slip_deg=60.0)) == []
    car = next(o for o in scene.objects if o.name == "encounter/car")
    track = scene.tracks[car.id]
    heading = np.arctan2(track.velocity_mps[:, 1], track.velocity_mps[:, 0])
    straight = level_track(track.time_s, track.position_m, track.velocity_mps, heading)
    changed = replace(scene, tracks={**scene.tracks, car.id: straight})
    assert "slips by" in told(Slides(actor="car", slip_deg=60.0), changed)[0]


def test_a_car_that_stays_between_the_kerbs_leaves_no_road(spun):
    told, _ = spun
    assert "leaves_road" in told(LeavesRoad(actor="car"))[0]


def test_a_car_off_the_road_stands_on_the_bank_with_all_of_its_wheels():
    told, scene = drawn("road_departure")
    assert told(LeavesRoad(actor="car", off_m=1.0)) == []
    car = next(o for o in scene.objects if o.name == "encounter/car")
    last = scene_at(scene, 6.1).objects
    there = next(o for o in last if o.id == car.id)
    assert there.world_from_object.rotation[2, 2] < 1.0 - 1e-6
    assert there.world_vertices()[:, 2].min() < -0.05


def test_lights_that_show_the_same_to_both_streets_are_found():
    told, scene = drawn("red_light")
    assert told(Signals(actor="car")) == []
    green = tuple(replace(o, asset=showing(o.asset, "green")) if o.category == "traffic_light" else o
                  for o in scene.objects)  # fmt: skip
    assert "should have red" in told(Signals(actor="car"), replace(scene, objects=green))[0]
