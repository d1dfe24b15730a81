"""The country road: people on the verges, low farms that no far tree grows into."""

from __future__ import annotations

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant
from simgen.places.pieces import box, joined
from simgen.places.rural_road import RuralRoad
from simgen.randomize.people import Pedestrians
from simgen.randomize.placement import Footprint, Ground, Spot, footprint
from simgen.scene.asset import Asset
from simgen.scene.material import make_material
from simgen.scene.scene import Scene
from simgen.streams import Draws

HOUSE_HEIGHTS_M = (9.0, 12.0, 15.0, 18.0, 21.0)


class Countryside(Library):
    """A library of boxes: a tree, a bush and five houses of different heights."""

    def __init__(self) -> None:
        self.sizes = {"tree/0": (0.4, 0.4, 6.0), "bush/0": (1.0, 1.0, 1.0)}
        self.sizes |= {f"building/{k}": (10.0, 12.0, h) for k, h in enumerate(HOUSE_HEIGHTS_M)}

    def names(self, category=None, *, tags=(), without=()) -> tuple[str, ...]:
        return tuple(n for n in self.sizes if n.split("/")[0] == category)

    def load(self, name: str) -> Asset:
        piece = box((0.0, 0.0, 0.0), self.sizes[name], 0.0, make_material("box", "plastic"), 1.0)
        return joined(name, name.split("/")[0], [piece])


@pytest.fixture(scope="module", params=[0, 1, 2])
def scene(request) -> Scene:
    return RuralRoad(farms=Constant(value=4)).build(Draws(request.param, "place", 0), Countryside())


def test_people_walk_on_both_verges_clear_of_the_marker_posts(scene):
    walks = scene.lanes("walk")
    assert len(walks) == 2
    posts = np.array([o.world_from_object.translation_m for o in scene.objects if o.name.startswith("marker_")])
    for lane in walks:
        assert lane.width_m >= 0.7
        line = np.array([lane.point_at(float(s))[0] for s in np.arange(0.0, lane.length_m, 0.25)])
        gaps = np.linalg.norm(posts[:, None, :2] - line[None, :, :2], axis=2).min(axis=1)
        assert gaps.min() > lane.width_m / 2 + 0.05


def test_people_walk_off_the_carriageway(scene):
    for walk in scene.lanes("walk"):
        line = np.array([walk.point_at(float(s))[0] for s in np.arange(0.0, walk.length_m, 2.0)])
        for lane in scene.lanes("drive"):
            middle = np.array([lane.point_at(float(s))[0] for s in np.arange(0.0, lane.length_m, 0.5)])
            gap = np.linalg.norm(line[:, None] - middle[None], axis=2).min()
            assert gap > (lane.width_m + walk.width_m) / 2


def test_a_farm_has_a_low_house_and_a_barn(scene):
    for k in range(4):
        parts = {o.name.removeprefix(f"farm_{k}_"): o for o in scene.objects if o.name.startswith(f"farm_{k}_")}
        assert {"yard", "house", "barn"} <= set(parts)
        assert parts["house"].asset.size_m[2] < 11.0
        assert parts["barn"].asset.size_m[1] > parts["house"].asset.size_m[1]


def test_a_farm_s_buildings_stand_apart(scene):
    for k in range(4):
        ground = Ground(Scene())
        for part in (o for o in scene.objects if o.name.startswith(f"farm_{k}_") and o.category == "building"):
            x, y, z = part.world_from_object.translation_m
            spot = Spot(x_m=x, y_m=y, z_m=z, heading_rad=part.world_from_object.yaw_rad)
            own = footprint(part.asset, spot, below_m=30.0)
            assert ground.is_free(own, 0.0, 0.0), part.name
            ground.add(own)


def test_no_far_tree_grows_into_a_farm(scene):
    far = next(o for o in scene.objects if o.name == "far_trees")
    crowns = far.asset.mesh.vertices[:, :2]
    for farm in (o for o in scene.objects if o.category == "building"):
        middle = np.array(farm.world_from_object.translation_m[:2])
        assert np.linalg.norm(crowns - middle, axis=1).min() > 20.0


def test_a_fence_keeps_nobody_off_the_road_or_the_verge(scene):
    ground = Ground(scene)
    for lane in (*scene.lanes("drive"), *scene.lanes("walk")):
        posts_aside = 0.3 if lane.use == "walk" else 1.0
        for s in np.arange(1.0, lane.length_m - 1.0, 3.0):
            (x, y, _), heading = lane.point_at(float(s))
            body = Footprint(x_m=x, y_m=y, half_length_m=0.2, half_width_m=posts_aside, heading_rad=heading)
            assert ground.is_free(body, 0.0, 0.0)


def test_people_find_room_on_the_verges(scene):
    people = Pedestrians(count=Constant(value=8))
    crowd = people(scene, Draws(0, "pedestrians", 0), Library(("families",)))
    assert sum(o.category == "person" for o in crowd.objects) == 8


@pytest.mark.parametrize("seed", [1, 8, 12])
def test_no_tree_grows_into_a_farm_s_house(seed):
    place = RuralRoad(farms=Constant(value=3), trees=Constant(value=60))
    scene = place.build(Draws(seed, "place", 0), Library())
    houses = [o for o in scene.objects if o.name.startswith("farm_") and o.category == "building"]
    trees = [o for o in scene.objects if o.name.startswith("trees_")]
    assert houses and trees
    for house in houses:
        low, high = house.asset.bounds
        for tree in trees:
            local = house.world_from_object.inverse.apply(tree.world_vertices())
            assert not ((local > low) & (local < high)).all(axis=1).any()
