"""Riders on what is ridden, people waiting at kerbs, weights of models, and an ego vehicle near others."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant, Uniform, UniformInt
from simgen.errors import AssetError
from simgen.generator import Generator
from simgen.geometry.pose import at
from simgen.options import Sequence
from simgen.randomize.ego import Ego
from simgen.randomize.people import Pedestrians
from simgen.randomize.pick import weighted_names
from simgen.randomize.vehicles import Traffic
from simgen.recipe import Recipe
from simgen.rig import CameraMount
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

LIBRARY = Library(("families",))
KERB_M = 0.12
ROAD = Scene(
    regions=(
        Lane(name="street/a", use="drive", centre_m=((-80.0, -1.6, 0.0), (80.0, -1.6, 0.0)), width_m=3.2),
        Lane(name="street/b", use="drive", centre_m=((80.0, 1.6, 0.0), (-80.0, 1.6, 0.0)), width_m=3.2),
        Lane(name="street/w", use="walk", centre_m=((-80.0, 6.0, KERB_M), (80.0, 6.0, KERB_M)), width_m=3.0),
        Area(name="p", use="pavement", corners_m=((-80, 4.5), (80, 4.5), (80, 7.5), (-80, 7.5)), z_m=KERB_M),
        Area(
            name="k", use="crossing_wait", corners_m=((10, 3.4), (14, 3.4), (14, 4.6), (10, 4.6)), z_m=KERB_M,
            heading_deg=-90.0,
        ),
    )
)  # fmt: skip
CYCLISTS = Traffic(
    name="cyclists", categories={"bicycle": 1.0, "motorcycle": 1.0}, count=Constant(value=8),
    speed_mps=Uniform(low=3.0, high=6.0), gap_m=1.0,
)  # fmt: skip


def placed(randomizer, scene: Scene = ROAD, seed: int = 0) -> Scene:
    return randomizer(scene, Draws(seed, randomizer.name, 0), LIBRARY)


def test_whoever_rides_sits_above_the_middle_and_moves_along():
    objects = {o.name: o for o in placed(CYCLISTS).objects}
    ridden = [o for o in objects.values() if o.category != "person"]
    assert len(ridden) == 8 and len(objects) == 16
    for vehicle in ridden:
        rider = objects[f"{vehicle.name}_rider"]
        assert rider.velocity_mps == vehicle.velocity_mps
        hips = vehicle.world_from_object.inverse.apply(np.asarray(rider.cuboid.world_from_box.translation_m))
        assert abs(hips[0]) < 0.4 and abs(hips[1]) < 0.15 and 0.6 < hips[2] < 1.4
        assert rider.world_vertices()[:, 2].min() > 0.02


def test_riders_keep_their_seats_through_a_sequence():
    recipe = Recipe(
        name="rides", place="test_street", frames=4, frames_per_scene=4, sequence=Sequence(rate_hz=2.0),
        sensors=(CameraMount(name="front", width_px=8, height_px=8),),
        randomizers=(Traffic(name="t", road="street", categories={"bicycle": 1.0}, count=Constant(value=3)),
                     Ego(every="scene")),
    )  # fmt: skip
    seats: dict[str, list] = {}
    paths: dict[str, list] = {}
    for _, scene, _ in Generator(recipe).scene_instants(0):
        objects = {o.name: o for o in scene.objects}
        for name, rider in objects.items():
            if name.endswith("_rider"):
                vehicle = objects[name.removesuffix("_rider")]
                seats.setdefault(name, []).append(vehicle.world_from_object.inverse @ rider.world_from_object)
                paths.setdefault(name, []).append(rider.world_from_object.translation_m[:2])
    assert len(seats) == 3
    for name, found in seats.items():
        assert all(np.allclose(pose.matrix, found[0].matrix, atol=1e-6) for pose in found)
        assert math.dist(paths[name][0], paths[name][-1]) > 0.5


def test_waiting_people_stand_at_the_kerb_and_face_the_road():
    crowd = Pedestrians(count=UniformInt(low=0, high=12), standing=1.0, waiting=1.0, in_group=0.0)
    people = [o for seed in range(4) for o in placed(crowd, seed=seed).objects]
    assert len(people) >= 6
    for person in people:
        x, y, z = person.world_from_object.translation_m
        assert 10 < x < 14 and 3.4 < y < 4.6 and z == KERB_M
        assert abs(person.world_from_object.yaw_rad + math.pi / 2) < 1.4
        assert not any(person.velocity_mps)


def test_a_place_without_kerbs_to_wait_at_has_nobody_wait():
    bare = Scene(regions=ROAD.regions[:4])
    for person in placed(Pedestrians(count=Constant(value=5), standing=1.0, waiting=1.0), bare).objects:
        assert 4.5 < person.world_from_object.translation_m[1] < 7.5


def test_weights_of_models_are_met_and_the_category_keeps_its_own():
    names = {"car": ("a/1", "a/2", "b/1", "c/1"), "van": ("d/1",)}
    groups, weights = weighted_names(names, {"car": 3.0, "van": 1.0}, {"a": 4.0, "a/2": 1.0, "c": 0.0})
    assert weights == pytest.approx({"car 1": 3.0 * 2 / 6, "car 4": 3.0 * 4 / 6, "van 1": 1.0})
    assert groups == {"car 1": ("a/2", "b/1"), "car 4": ("a/1",), "van 1": ("d/1",)}
    assert weighted_names(names, {"car": 3.0, "van": 1.0}, {}) == (names, {"car": 3.0, "van": 1.0})


def test_a_category_whose_models_are_all_left_out_is_told():
    with pytest.raises(AssetError, match="all of category car have the weight 0"):
        weighted_names({"car": ("a/1",)}, {"car": 1.0}, {"a": 0.0})


def test_hatchbacks_come_as_often_as_their_weight_says():
    few = Traffic(categories={"car": 1.0}, count=Constant(value=10), models={"families/hatchback": 20.0}, gap_m=0.5)
    kinds = Counter(o.asset.name.split("/")[1] for seed in range(8) for o in placed(few, seed=seed).objects)
    assert 0.6 < kinds["hatchback"] / sum(kinds.values()) < 0.95  # 20 of 26, there being as many models of each kind


def test_the_ego_vehicle_stands_as_far_before_others_as_it_is_told():
    crowd = placed(Pedestrians(count=Constant(value=6)))
    ego = Ego(near={"person": 1.0}, near_m=Constant(value=9.0), view_ahead_m=10.0)
    for index in range(8):
        draws = Draws(1, "ego", index)
        seen = ego(crowd, draws, LIBRARY)
        person = next(o for o in crowd.objects if o.name == draws.factors["ego.near"])
        ahead = seen.world_from_rig.inverse.apply(np.asarray(person.world_from_object.translation_m))
        assert ahead[0] == pytest.approx(9.0, abs=1.0)  # the rig's heading is not quite the lane's


def test_without_anybody_to_be_near_the_ego_vehicle_stands_anywhere():
    assert (
        Ego(near={"person": 1.0})(ROAD, Draws(1, "ego", 0), LIBRARY).world_from_rig
        == Ego()(ROAD, Draws(1, "ego", 0), LIBRARY).world_from_rig
    )


def test_lorries_keep_clear_of_crowns_and_cars_stand_below_them():
    tree = LIBRARY.load("families/broadleaf/0")
    trees = tuple(
        Instance(id=k + 1, name=f"tree_{k}", asset=tree, world_from_object=at(-76.0 + 8.0 * k, -3.6)) for k in range(20)
    )
    alley = Scene(regions=ROAD.regions[:1], objects=trees)
    lorries = Traffic(categories={"truck": 1.0}, count=UniformInt(low=0, high=8), gap_m=0.5)
    low = tree.mesh.vertices[tree.mesh.vertices[:, 2] < 4.5]
    assert low[:, 1].max() > 1.2  # branches hang over the lane, whose edge is 0.4 m away
    assert sum(len(placed(lorries, alley, seed).objects) - 20 for seed in range(4)) == 0
    cars = Traffic(categories={"car": 1.0}, count=UniformInt(low=0, high=8), gap_m=0.5)
    assert sum(len(placed(cars, alley, seed).objects) - 20 for seed in range(4)) > 5
