"""Claims about relations of actors on roads: they hold of what their scenarios draw, and fail when that is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simgen.generator import Generator
from simgen.geometry.pose import at
from simgen.scenarios.relations import Backs, ClosesIn, ComesOver, RestsOn, Roofed, broken
from simgen.scenarios.scenario import load_scenario


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
