"""Claims about drivers and traffic: the model's own closed forms, no collisions, people are let cross."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simgen.assets.families import family_asset
from simgen.geometry.pose import at
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.scene.sequence import scene_at
from simgen.scene.ways import way_along
from simgen.simulate.behaviour import Behaviour, unfold
from simgen.simulate.drivers import DriverModel, bend_limits
from simgen.streams import Draws

MODEL = DriverModel()
EAST = Lane(name="east", use="drive", centre_m=((-100.0, 0.0, 0.0), (300.0, 0.0, 0.0)), width_m=3.5)
NORTH = Lane(name="north", use="drive", centre_m=((20.0, -100.0, 0.0), (20.0, 200.0, 0.0)), width_m=3.5)
ZEBRA = Area(name="zebra", use="crossing", corners_m=((38.0, -4.0), (42.0, -4.0), (42.0, 4.0), (38.0, 4.0)), z_m=0.0)


def car(number: int, x: float, y: float, heading: float, speed: float) -> Instance:
    velocity = (speed * math.cos(heading), speed * math.sin(heading), 0.0)
    asset = family_asset("sedan", 0)
    return Instance(
        id=number, name=f"car{number}", asset=asset, world_from_object=at(x, y, 0.0, heading), velocity_mps=velocity
    )


def run(*objects: Instance, regions=(EAST,), until_s=15.0) -> Scene:
    return unfold(Scene(objects=objects, regions=regions), Behaviour(), until_s, Draws(0, "sequence", 0))


def test_on_a_free_road_nobody_accelerates_at_the_wanted_speed():
    assert MODEL.acceleration(12.0, 12.0, math.inf, 0.0) == pytest.approx(0.0)
    assert MODEL.acceleration(0.0, 12.0, math.inf, 0.0) == pytest.approx(MODEL.acceleration_mps2)


def test_the_gap_in_steady_following_is_that_of_the_model():
    # dv = 0 and a = 0: s = (s0 + v T) / sqrt(1 - (v / v0)^4), equation 3 of Treiber 2000.
    v, v0 = 8.0, 12.0
    gap = (MODEL.gap_m + v * MODEL.time_gap_s) / math.sqrt(1 - (v / v0) ** 4)
    assert MODEL.acceleration(v, v0, gap, v) == pytest.approx(0.0, abs=1e-9)


def test_bends_are_taken_at_the_speed_of_their_radius():
    turn = np.linspace(0.0, math.pi, 90)
    way = way_along(20.0 * np.column_stack([np.cos(turn), np.sin(turn)]))
    _, limit = bend_limits(way, MODEL)
    assert np.allclose(limit[5:-5], math.sqrt(MODEL.bend_mps2 * 20.0), rtol=0.03)


def test_a_follower_keeps_behind_a_car_that_stands():
    scene = run(car(1, 0.0, 0.0, 0.0, 12.0), car(2, 80.0, 0.0, 0.0, 0.01))
    ends = [scene_at(scene, t).objects for t in np.linspace(0.0, 15.0, 31)]
    gaps = [o[1].world_from_object.translation_m[0] - o[0].world_from_object.translation_m[0] for o in ends]
    assert min(gaps) > family_asset("sedan", 0).size_m[0]


def test_a_lane_that_begins_far_ahead_is_no_lane_to_be_on():
    # In line with where another begins 60 m ahead, half a metre beside, a driver keeps to its own.
    own = Lane(name="own", use="drive", centre_m=((-100.0, 0.0, 0.0), (100.0, 0.0, 0.0)), width_m=3.5)
    ahead = Lane(name="ahead", use="drive", centre_m=((60.0, 0.3, 0.0), (160.0, 40.0, 0.0)), width_m=3.5)
    scene = run(car(1, 0.0, 0.2, 0.0, 8.0), regions=(ahead, own), until_s=5.0)
    assert abs(scene.tracks[1].at(5.0).pose.translation_m[1] - 0.2) < 0.05


def test_where_lanes_cross_one_waits_and_nobody_is_hit():
    scene = run(car(1, -10.0, 0.0, 0.0, 10.0), car(2, 20.0, -30.0, math.pi / 2, 10.0), regions=(EAST, NORTH))
    apart = []
    for time_s in np.linspace(0.0, 12.0, 121):
        a, b = (np.array(o.world_from_object.translation_m[:2]) for o in scene_at(scene, float(time_s)).objects)
        apart.append(float(np.linalg.norm(a - b)))
    assert min(apart) > 3.2
    through = scene_at(scene, 15.0).objects
    assert through[0].world_from_object.translation_m[0] > 22.0
    assert through[1].world_from_object.translation_m[1] > 2.0


def test_a_driver_stops_for_somebody_on_the_crossing():
    person = Instance(
        id=2, name="person", asset=family_asset("adult_walking", 1), world_from_object=at(40.0, -3.5, 0.0, math.pi / 2),
        velocity_mps=(0.0, 0.5, 0.0),
    )  # fmt: skip
    scene = run(car(1, 0.0, 0.0, 0.0, 10.0), person, regions=(EAST, ZEBRA))
    nose = family_asset("sedan", 0).size_m[0] / 2
    for time_s in np.linspace(0.0, 15.0, 151):
        drives, walks = scene_at(scene, float(time_s)).objects
        x, y = walks.world_from_object.translation_m[:2]
        if abs(y) < 1.2:
            assert drives.world_from_object.translation_m[0] + nose < x - 0.3
    assert scene_at(scene, 15.0).objects[0].world_from_object.translation_m[0] > 40.0


def test_velocities_in_traffic_are_what_the_poses_do():
    scene = run(car(1, 0.0, 0.3, 0.02, 12.0), car(2, 40.0, 0.0, 0.0, 6.0))
    h = 1e-4
    for time_s in (0.7, 3.31, 9.9):
        for k in (0, 1):
            there, back = (scene_at(scene, time_s + d).objects[k].world_from_object for d in (h, -h))
            slope = np.subtract(there.translation_m, back.translation_m) / (2 * h)
            assert np.allclose(scene_at(scene, time_s).objects[k].velocity_mps, slope, atol=1e-3)


def test_the_same_draws_give_the_same_tracks():
    one, two = (run(car(1, 0.0, 0.0, 0.0, 12.0), car(2, 40.0, 0.0, 0.0, 6.0)) for _ in range(2))
    assert np.array_equal(one.tracks[1].position_m, two.tracks[1].position_m)


def test_walkers_go_round_somebody_who_stands_on_the_pavement():
    walk = Lane(name="walk", use="walk", centre_m=((-20.0, 0.0, 0.0), (20.0, 0.0, 0.0)), width_m=3.0, both_ways=True)
    person = family_asset("adult_standing", 0)
    stands = Instance(id=1, name="stands", asset=person, world_from_object=at(0.0, 0.05, 0.0, 1.0))
    walks = Instance(
        id=2, name="walks", asset=family_asset("adult_walking", 1), world_from_object=at(-5.0, 0.0, 0.0, 0.0),
        velocity_mps=(1.35, 0.0, 0.0),
    )  # fmt: skip
    scene = run(stands, walks, regions=(walk,), until_s=8.0)
    way = np.array([scene.tracks[2].at(t).pose.translation_m[:2] for t in np.arange(0.0, 8.0, 0.1)])
    assert np.linalg.norm(way - (0.0, 0.05), axis=1).min() > 0.55
    assert way[-1, 0] > 2.0
