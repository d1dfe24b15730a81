"""Traffic, parked cars, people, kerbside things and the ego vehicle on a plain stretch of road."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant, UniformInt
from simgen.errors import PlacementError
from simgen.geometry.pose import at
from simgen.places.pieces import box, joined
from simgen.randomize.daylight import Daylight
from simgen.randomize.ego import Ego
from simgen.randomize.paint import Paint
from simgen.randomize.people import Pedestrians
from simgen.randomize.placement import Ground, Spot, footprint
from simgen.randomize.scatter import Scatter
from simgen.randomize.vehicles import Parked, Traffic
from simgen.scene.asset import Asset
from simgen.scene.camera import Camera
from simgen.scene.material import make_material
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws

SIZES = {"car": (4.2, 1.75, 1.5), "person": (0.5, 0.5, 1.75), "traffic_cone": (0.4, 0.4, 0.7)}
KERB_M = 0.13


class Boxes(Library):
    """A library of one tintable box a category."""

    def __init__(self) -> None:
        self.assets = {c: self._make(c) for c in SIZES}

    def names(self, category=None, *, tags=(), without=()) -> tuple[str, ...]:
        return (category,) if category in self.assets else ()

    def load(self, name: str) -> Asset:
        return self.assets[name]

    def _make(self, category: str) -> Asset:
        paint = make_material("paint", "car_paint", tintable=True)
        return joined(category, category, [box((0.0, 0.0, 0.0), SIZES[category], 0.0, paint, 1.0)])


LIBRARY = Boxes()
CAMERA = Camera(name="front", width_px=64, height_px=32, fx_px=40.0, fy_px=40.0, cx_px=32.0, cy_px=16.0)


def lane(name: str, use: str, y: float, z: float = 0.0, back: bool = False, width: float = 3.2) -> Lane:
    ends = ((-100.0, y, z), (100.0, y, z))
    return Lane(name=name, use=use, centre_m=ends[::-1] if back else ends, width_m=width, both_ways=use == "walk")


def area(name: str, use: str, low: tuple[float, float], high: tuple[float, float], z: float, heading: float) -> Area:
    corners = (low, (high[0], low[1]), high, (low[0], high[1]))
    return Area(name=name, use=use, corners_m=corners, z_m=z, heading_deg=heading)


ROAD = Scene(
    regions=(
        lane("street/right", "drive", -1.6),
        lane("street/left", "drive", 1.6, back=True),
        lane("street/bay", "park", -4.3, width=2.2),
        lane("street/walk", "walk", -8.0, z=KERB_M, width=3.0),
        area("street/pavement", "pavement", (-100.0, -9.5), (100.0, -6.5), KERB_M, 0.0),
        area("street/rim", "kerb_strip", (-100.0, -6.5), (100.0, -5.4), KERB_M, 0.0),
        area("street/crossing", "crossing", (20.0, -5.4), (24.0, 3.2), 0.0, 90.0),
    ),
    sensors=(CAMERA,),
)
CARS = Traffic(categories={"car": 1.0}, count=UniformInt(low=5, high=20))
STANDING = Parked(categories={"car": 1.0})
PEOPLE = Pedestrians(count=UniformInt(low=10, high=40))
CONES = Scatter(categories={"traffic_cone": 1.0}, count=Constant(value=8))


def run(randomizer, scene: Scene = ROAD, seed: int = 0) -> tuple[Scene, dict]:
    draws = Draws(seed, randomizer.name, 0)
    return randomizer(scene, draws, LIBRARY), dict(draws.factors)


def populated(seed: int) -> Scene:
    scene = ROAD
    for randomizer in (STANDING, CARS, PEOPLE, CONES):
        scene, _ = run(randomizer, scene, seed)
    return scene


def corners(instance: Instance) -> np.ndarray:
    return instance.cuboid.corners[::2, :2]


def apart(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two convex point sets are parted by a line along an edge of either (a test of its own)."""
    for points in (a, b):
        for p, q in combinations(points, 2):
            normal = np.array([q[1] - p[1], p[0] - q[0]])
            if (a @ normal).max() <= (b @ normal).min() + 1e-9 or (b @ normal).max() <= (a @ normal).min() + 1e-9:
                return True
    return False


@pytest.mark.parametrize("seed", range(12))
def test_nothing_overlaps(seed):
    objects = populated(seed).objects
    assert len(objects) > 20
    for a, b in combinations(objects, 2):
        assert apart(corners(a), corners(b)), (a.name, b.name)


@pytest.mark.parametrize("seed", range(6))
def test_everything_stands_inside_its_region_at_its_height(seed):
    for o in populated(seed).objects:
        x, y, z = o.world_from_object.translation_m
        spread = np.abs(corners(o)[:, 1] - y).max()
        if o.category == "car":
            assert z == 0.0
            assert any(
                abs(y - r.centre_m[0][1]) + spread <= r.width_m / 2 + 0.12
                for r in (*ROAD.lanes("drive"), *ROAD.lanes("park"))
            )
        else:
            allowed = ROAD.areas("pavement") + ROAD.areas("kerb_strip") + ROAD.areas("crossing")
            assert any(r.contains(np.array([[x, y]]))[0] and z == r.z_m for r in allowed), o.name


def test_vehicles_head_and_move_as_their_lane_does():
    scene, _ = run(CARS)
    for car in scene.objects:
        y, yaw = car.world_from_object.translation_m[1], car.world_from_object.yaw_rad
        along = math.cos(yaw) * (1.0 if y < 0 else -1.0)
        assert along > math.cos(math.radians(4.1))
        vx, vy, _ = car.velocity_mps
        assert vx * math.sin(yaw) - vy * math.cos(yaw) == pytest.approx(0.0, abs=1e-9)
        assert vx * math.cos(yaw) + vy * math.sin(yaw) >= 0.0


def test_vehicles_keep_their_gap():
    scene, _ = run(replace(CARS, gap_m=6.0))
    for side in (-1.0, 1.0):
        xs = sorted(
            o.world_from_object.translation_m[0]
            for o in scene.objects
            if o.world_from_object.translation_m[1] * side > 0
        )
        assert np.diff(xs).min() > SIZES["car"][0] + 5.9


def test_people_on_a_crossing_head_across_the_road():
    everyone = Pedestrians(count=Constant(value=6), on_crossing=1.0, in_group=0.0, standing=0.0)
    scene, _ = run(everyone)
    for person in scene.objects:
        assert abs(math.sin(person.world_from_object.yaw_rad)) > math.cos(0.5)


def test_signs_face_against_the_traffic():
    scene, _ = run(CONES)
    for thing in scene.objects:
        assert math.cos(thing.world_from_object.yaw_rad) < math.cos(math.radians(164.0))


@pytest.mark.parametrize("seed", range(20))
def test_nothing_stands_inside_the_ego_vehicle(seed):
    scene = populated(seed)
    seen, _ = run(Ego(), scene, seed)
    x, y, z = seen.world_from_rig.translation_m
    assert z == 0.0
    body = at(x, y, 0.0, seen.world_from_rig.yaw_rad).apply(
        np.array([[sx * 2.25, sy * 0.95, 0.0] for sx in (-1, 1) for sy in (-1, 1)])
    )[:, :2]
    assert all(apart(body, corners(o)) for o in scene.objects)


def test_ego_looks_down_its_lane():
    seen, factors = run(Ego())
    forward = seen.world_from_rig.rotate(np.array([1.0, 0.0, 0.0]))
    assert abs(forward[0]) > math.cos(math.radians(5.1))
    assert np.sign(forward[0]) == (1.0 if factors["ego.lane"] == "street/right" else -1.0)


@pytest.mark.parametrize("randomizer", [CARS, STANDING, PEOPLE, CONES, Ego(), Daylight()], ids=lambda r: r.name)
def test_the_same_seed_draws_the_same(randomizer):
    first, second = run(randomizer, seed=9), run(randomizer, seed=9)
    assert first[1] == second[1]
    assert [o.world_from_object for o in first[0].objects] == [o.world_from_object for o in second[0].objects]
    assert run(randomizer, seed=10)[1] != first[1] or not first[1]


def test_a_car_more_moves_no_other():
    few, _ = run(replace(CARS, count=Constant(value=5)))
    more, _ = run(replace(CARS, count=Constant(value=6)))
    assert [o.world_from_object for o in more.objects[:5]] == [o.world_from_object for o in few.objects]


def test_adding_parked_cars_leaves_what_is_drawn_of_people_as_it_was():
    alone = run(PEOPLE)[1]
    beside = run(PEOPLE, run(STANDING)[0])[1]
    assert alone == beside


def test_too_many_cars_are_an_error_that_says_why():
    crowded = replace(CARS, count=Constant(value=200), max_tries=3)
    with pytest.raises(PlacementError, match=r"could not place 200 of 'traffic': \d+ of 200 found room in 3 tries"):
        run(crowded)


def test_what_finds_no_room_is_counted():
    scene, factors = run(replace(STANDING, occupancy=Constant(value=1.0), max_tries=2))
    assert factors["parked.placed"] == len(scene.objects)


def test_paint_changes_only_what_may_be_painted():
    scene, _ = run(CARS)
    painted, _ = run(Paint(chance=Constant(value=1.0)), scene)
    assert all(o.materials is not None for o in painted.objects)
    assert [o.world_from_object for o in painted.objects] == [o.world_from_object for o in scene.objects]


def test_daylight_replaces_the_sun():
    scene, _ = run(Daylight(elevation_deg=Constant(value=30.0)))
    again, _ = run(Daylight(elevation_deg=Constant(value=50.0)), scene)
    assert len(again.lights) == 1
    assert again.sun is not None
    assert again.sun.elevation_deg == 50.0


def test_a_tree_keeps_people_only_from_its_trunk():
    trunk = box((0.0, 0.0, 0.0), (0.3, 0.3, 2.5), 0.0, make_material("bark", "bark"), 1.0)
    crown = box((0.0, 0.0, 2.5), (5.0, 5.0, 4.0), 0.0, make_material("leaf", "foliage"), 1.0)
    tree = joined("tree", "tree", [trunk, crown])
    ground = Ground(Scene(objects=(Instance(id=1, name="tree", asset=tree, world_from_object=at(0.0, 0.0)),)))
    person = LIBRARY.load("person")
    assert ground.is_free(footprint(person, Spot(x_m=1.0, y_m=0.0, z_m=0.0, heading_rad=0.0)), 0.1, 0.1)
    assert not ground.is_free(footprint(person, Spot(x_m=0.4, y_m=0.0, z_m=0.0, heading_rad=0.0)), 0.1, 0.1)
