"""A street filled with traffic, parked cars, people and kerbside things, from the families alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.geometry.rays import Rays
from simgen.places.road import PAINT_Z_M
from simgen.places.urban_street import UrbanStreet
from simgen.randomize.people import Pedestrians
from simgen.randomize.placement import REACH_M
from simgen.randomize.scatter import Scatter
from simgen.randomize.vehicles import Parked, Traffic
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws
from simgen.trace.tracer import Tracer

FILL = (
    Parked(occupancy=Constant(value=0.4)),
    Traffic(road="street", count=Constant(value=5)),
    Pedestrians(road="street", count=Constant(value=10), on_crossing=0.3),
    Scatter(count=Constant(value=5), categories={"waste_bin": 1.0, "bollard": 1.0, "traffic_sign": 1.0}),
    Scatter(name="benches", count=Constant(value=2), categories={"bench": 1.0}, facing="right"),
)


@pytest.fixture(scope="module")
def street() -> Scene:
    return UrbanStreet(length_m=Constant(value=80.0), yard_trees=Constant(value=0)).build(
        Draws(5, "place", 0), Library()
    )


@pytest.fixture(scope="module")
def filled(street: Scene) -> Scene:
    scene, library = street, Library()
    for randomizer in FILL:
        scene = randomizer(scene, Draws(5, randomizer.name, 0), library)
    return scene


@pytest.fixture(scope="module")
def placed(street: Scene, filled: Scene) -> tuple[Instance, ...]:
    return filled.objects[len(street.objects) :]


def low_hull(instance: Instance) -> np.ndarray:
    """The convex outline, from above, of what an object has below head height."""
    points = instance.world_vertices()
    low = points[points[:, 2] <= points[:, 2].min() + REACH_M - 0.01, :2]
    return low[ConvexHull(low).vertices]


def meet(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two convex outlines overlap: no edge of either parts them."""
    for edges in (a, b):
        along = np.roll(edges, -1, axis=0) - edges
        across = np.stack([along[:, 1], -along[:, 0]])
        first, second = a @ across, b @ across
        if ((first.max(axis=0) <= second.min(axis=0)) | (second.max(axis=0) <= first.min(axis=0))).any():
            return False
    return True


def test_every_kind_of_thing_is_on_the_street(placed: tuple[Instance, ...]) -> None:
    names = {o.name.split("_")[0] for o in placed}
    assert names == {"parked", "traffic", "pedestrians", "scatter", "benches"}
    assert len(placed) >= 5 + 10 + 5 + 2 + 3


def test_nothing_overlaps_anything_nor_a_house(street: Scene, placed: tuple[Instance, ...]) -> None:
    solid = ("building", "tree", "street_lamp", "traffic_light", "traffic_sign", "wall")
    hulls = {o.name: low_hull(o) for o in (*placed, *(o for o in street.objects if o.category in solid))}
    new = {o.name for o in placed}
    for a, b in itertools.combinations(hulls, 2):
        if a in new or b in new:
            assert not meet(hulls[a], hulls[b]), (a, b)


def test_everything_touches_the_ground_beneath_it(street: Scene, placed: tuple[Instance, ...]) -> None:
    ground = Tracer([o for o in street.objects if o.category in ("road", "sidewalk", "terrain", "kerb")])
    for o in placed:
        points = o.world_vertices()
        x, y, z = points[np.argmin(points[:, 2])]
        down = Rays(
            origin=np.array([[x, y, z + 3.0]], np.float32),
            direction=np.array([[0, 0, -1]], np.float32),
            time_s=np.zeros(1, np.float32),
        )
        height = z + 3.0 - float(ground.closest_hit(down).range_m[0])
        # Patches and paint are sheets on the road, thinner than they would be felt by a tyre.
        assert -1e-3 <= height - z <= PAINT_Z_M + 1e-3, o.name


def test_vehicles_stay_off_the_pavement_and_people_off_the_kerb(street: Scene, placed: tuple[Instance, ...]) -> None:
    raised = [o for o in street.objects if o.category in ("sidewalk", "kerb") and o.name.startswith("street")]
    reach = np.array([np.abs(o.world_vertices()[:, 1]).min() for o in raised])
    walks = [lane for lane in street.lanes("walk") if lane.name.startswith("street")]
    for o in placed:
        points = o.world_vertices()
        if o.name.startswith(("parked", "traffic")):
            wheels = points[points[:, 2] < 0.3]
            assert np.abs(wheels[:, 1]).max() <= reach.min() + 1e-3, o.name
        if o.name.startswith("pedestrians") and o.world_from_object.translation_m[2] > PAINT_Z_M:
            middles = [lane.centre_m[0][1] for lane in walks]
            assert min(np.abs(points[:, 1] - m).max() for m in middles) <= walks[0].width_m / 2, o.name


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_crowns_keep_clear_of_lamps_and_fronts(seed: int):
    built = UrbanStreet(length_m=Constant(value=90.0), yard_trees=Constant(value=0)).build(
        Draws(seed, "place", 0), Library()
    )
    trees = [o for o in built.objects if o.name.startswith("trees_")]
    lamps = [o for o in built.objects if o.category == "street_lamp"]
    fronts = [o for o in built.objects if o.name.startswith(("buildings_left", "buildings_right"))]
    assert trees and lamps and fronts
    for tree in trees:
        vertices = tree.world_vertices()
        middle = np.asarray(tree.world_from_object.translation_m)[:2]
        reach = float(np.linalg.norm(vertices[:, :2] - middle, axis=1).max())
        for lamp in lamps:
            there = np.asarray(lamp.world_from_object.translation_m)[:2]
            if there[1] * middle[1] > 0:
                assert abs(there[0] - middle[0]) > reach
        for front in fronts:
            nearest = np.abs(front.world_vertices()[:, 1]).min()
            if front.world_from_object.translation_m[1] * middle[1] > 0:
                assert np.abs(vertices[:, 1]).max() < nearest
