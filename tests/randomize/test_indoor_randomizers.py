"""Dropping, arranging, lighting, painting and looking at tables and totes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simgen.assets.library import Library
from simgen.distributions import Constant, Uniform, UniformInt
from simgen.errors import AssetError, PlacementError
from simgen.geometry.pose import Pose
from simgen.places.bin import PickingBin
from simgen.places.room import TableRoom
from simgen.randomize.arrange import Arrange
from simgen.randomize.drop import Drop
from simgen.randomize.materials import Materials
from simgen.randomize.orbit_camera import OrbitCamera
from simgen.randomize.room_lights import RoomLights
from simgen.scene.camera import Camera
from simgen.scene.light import AreaLight, PointLight
from simgen.scene.scene import Scene
from simgen.scene.white import LUMINANCE, white
from simgen.streams import Draws

CAMERA = Camera(name="camera", width_px=64, height_px=48, fx_px=55.0, fy_px=55.0, cx_px=32.0, cy_px=24.0)
FEW = {"can": 1.0, "carton": 1.0}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(sources=("families",))


@pytest.fixture(scope="module")
def room(library: Library) -> Scene:
    scene = TableRoom().build(Draws(3, "place", 0), library)
    return replace(scene, sensors=(CAMERA,))


def apply(randomizer, scene: Scene, library: Library, index: int = 0) -> tuple[Scene, dict]:
    draws = Draws(5, randomizer.name, index)
    return randomizer(scene, draws, library), dict(draws.factors)


def test_dropped_objects_start_above_the_region_apart_from_each_other(room: Scene, library: Library) -> None:
    for index in range(5):
        scene, factors = apply(Drop(categories=FEW, count=Constant(value=8), pose="tilted"), room, library, index)
        new = scene.objects[len(room.objects) :]
        assert len(new) == factors["drop.count"] == 8
        assert all(o.dynamic for o in new)
        (top,) = scene.areas("table_top")
        boxes = [(o.world_vertices().min(axis=0), o.world_vertices().max(axis=0)) for o in new]
        for low, high in boxes:
            assert low[2] >= top.z_m
            assert top.contains(((low + high) / 2)[None, :2])[0]
        for a in range(len(boxes)):
            for b in range(a):
                assert ((boxes[a][0] >= boxes[b][1]) | (boxes[b][0] >= boxes[a][1])).any()


def test_dropped_into_a_tote_they_fit_between_its_walls(library: Library) -> None:
    scene = PickingBin().build(Draws(3, "place", 1), library)
    filled, factors = apply(
        Drop(onto="bin", categories={"can": 1.0}, count=Constant(value=20), pose="any"), scene, library
    )
    (area,) = scene.areas("bin")
    assert any(factors["drop.stacked"])
    for o in filled.objects[len(scene.objects) :]:
        assert area.contains(o.world_vertices()[:, :2]).all()


def test_upright_objects_are_turned_about_the_vertical_only(room: Scene, library: Library) -> None:
    scene, _ = apply(Drop(categories=FEW, pose="upright"), room, library)
    for o in scene.objects[len(room.objects) :]:
        assert o.world_from_object.rotate(np.array([0.0, 0.0, 1.0])) == pytest.approx((0, 0, 1), abs=1e-9)


def test_kinds_limits_how_many_models_there_are(room: Scene, library: Library) -> None:
    _, factors = apply(Drop(categories=FEW, count=Constant(value=12), kinds=2), room, library)
    assert len(set(factors["drop.model"])) <= 2


def test_longest_m_sets_the_longest_side(room: Scene, library: Library) -> None:
    scene, _ = apply(Drop(categories=FEW, longest_m=Constant(value=0.05)), room, library)
    for o in scene.objects[len(room.objects) :]:
        assert max(o.cuboid.size_m) == pytest.approx(0.05)


def test_one_more_object_changes_no_other_draw(room: Scene, library: Library) -> None:
    _, five = apply(Drop(categories=FEW, count=Constant(value=5)), room, library)
    _, six = apply(Drop(categories=FEW, count=Constant(value=6)), room, library)
    assert six["drop.model"][:5] == five["drop.model"]
    assert six["drop.yaw_deg"][:5] == five["drop.yaw_deg"]


def test_a_region_that_is_not_there_is_named(room: Scene, library: Library) -> None:
    with pytest.raises(PlacementError, match="no area 'bin' to drop onto; it has floor, table_top"):
        apply(Drop(onto="bin", categories=FEW), room, library)


def test_a_category_without_models_is_named(room: Scene, library: Library) -> None:
    with pytest.raises(AssetError, match="no model of category part in the recipe's assets"):
        apply(Drop(categories={"can": 1.0, "part": 1.0}), room, library)


def test_arranged_objects_stand_exactly_on_the_table_without_overlap(room: Scene, library: Library) -> None:
    for index in range(4):
        scene, factors = apply(Arrange(categories=FEW, count=Constant(value=6)), room, library, index)
        new = scene.objects[len(room.objects) :]
        assert len(new) == factors["arrange.placed"] > 0
        (top,) = scene.areas("table_top")
        for a, one in enumerate(new):
            corners = one.cuboid.corners
            assert corners[:, 2].min() == pytest.approx(top.z_m, abs=1e-3)
            assert top.contains(corners[:, :2]).all()
            for other in new[:a]:
                away = np.linalg.norm(
                    np.subtract(one.world_from_object.translation_m, other.world_from_object.translation_m)
                )
                assert away > (max(one.cuboid.size_m[:2]) + max(other.cuboid.size_m[:2])) / 2
            assert not one.dynamic


def test_arranging_what_cannot_fit_says_why(room: Scene, library: Library) -> None:
    with pytest.raises(
        PlacementError, match=r"could not place 4 of 4 objects: 5 tries each, 0 overlaps, 20 outside 'table_top'"
    ):
        apply(Arrange(categories=FEW, count=Constant(value=4), scale=Constant(value=20.0), max_tries=5), room, library)


def test_the_camera_stays_in_the_room_and_sees_the_table(room: Scene, library: Library) -> None:
    (floor,), (top,) = room.areas("floor"), room.areas("table_top")
    for index in range(30):
        scene, factors = apply(OrbitCamera(), room, library, index)
        pose: Pose = scene.world_from_rig @ CAMERA.rig_from_camera
        assert floor.contains(np.array([pose.translation_m[:2]]), 0.12)[0]
        assert 0.12 <= pose.translation_m[2] <= floor.rim_m - 0.12
        middle = (*np.asarray(top.corners_m).mean(axis=0), top.z_m)
        aim = np.add(middle, (factors["orbit_camera.target_x_m"], factors["orbit_camera.target_y_m"], 0))
        aim[2] += factors["orbit_camera.target_height_m"]
        (uv,), z = CAMERA.project(pose.inverse.apply(aim[None]))
        assert uv == pytest.approx((32.0, 24.0), abs=1e-6)
        assert z[0] == pytest.approx(factors["orbit_camera.distance_m"])


def test_a_drawn_field_of_view_is_the_cameras(room: Scene, library: Library) -> None:
    scene, factors = apply(OrbitCamera(horizontal_fov_deg=Uniform(low=40, high=80)), room, library)
    (camera,) = scene.sensors
    seen = 2 * math.degrees(math.atan(camera.width_px / 2 / camera.fx_px))
    assert seen == pytest.approx(factors["orbit_camera.horizontal_fov_deg"])


def test_a_view_that_cannot_be_had_says_why(room: Scene, library: Library) -> None:
    with pytest.raises(PlacementError, match=r"no view of 'table_top': 7 tries, 7 outside the room"):
        apply(OrbitCamera(distance_m=Constant(value=50.0), max_tries=7), room, library)


@pytest.mark.parametrize("fixture", ["panel", "tube", "bulb"])
def test_lamps_give_the_drawn_illuminance_and_hang_below_the_ceiling(
    fixture: str, room: Scene, library: Library
) -> None:
    lights = RoomLights(fixture=Constant(value=fixture), count=Constant(value=3), illuminance_lux=Constant(value=400.0))
    scene, _ = apply(lights, replace(room, lights=()), library)
    (floor,), (top,) = room.areas("floor"), room.areas("table_top")
    target = np.array([*np.asarray(top.corners_m).mean(axis=0), top.z_m])
    lux = 0.0
    for light in scene.lights:
        if isinstance(light, PointLight):
            away = np.asarray(light.position_m) - target
            lux += np.dot(light.intensity_cd, LUMINANCE) * away[2] / np.linalg.norm(away) ** 3
            assert light.position_m[2] < floor.rim_m
        elif isinstance(light, AreaLight):
            rng = np.random.default_rng(0)
            points = np.asarray(light.center_m) + (rng.random((20000, 2)) - 0.5) @ np.array(
                [light.edge_u_m, light.edge_v_m]
            )
            away = points - target
            area = np.linalg.norm(np.cross(light.edge_u_m, light.edge_v_m))
            lux += np.dot(light.luminance_nit, LUMINANCE) * area * (away[:, 2] ** 2 / (away**2).sum(axis=1) ** 2).mean()
            assert np.cross(light.edge_u_m, light.edge_v_m)[2] < 0
            assert light.center_m[2] < floor.rim_m
    assert lux == pytest.approx(400.0, rel=0.02)


def test_white_has_luminance_one_and_goes_from_red_to_blue() -> None:
    assert np.dot(white(2700.0), LUMINANCE) == pytest.approx(1.0)
    assert white(6504.0) == pytest.approx((1.0, 1.0, 1.0), abs=0.02)
    assert white(2700.0)[0] > 1.3 > 0.6 > white(2700.0)[2]
    assert white(10000.0)[2] > 1.2
    assert white(3999.9) == pytest.approx(white(4000.0), abs=0.05)


def test_materials_change_only_what_they_are_told_to(room: Scene, library: Library) -> None:
    filled, _ = apply(Drop(categories={"mug": 1.0, "can": 1.0}, count=Constant(value=6)), room, library)
    scene, _ = apply(Materials(categories=("mug",)), filled, library)
    for before, after in zip(filled.objects, scene.objects, strict=True):
        if before.category != "mug":
            assert after is before
            continue
        for old, new in zip(before.surface, after.surface, strict=True):
            assert (new == old) or old.tintable


def test_parts_of_one_batch_share_their_surface(room: Scene, library: Library) -> None:
    filled, _ = apply(Drop(categories={"mug": 1.0}, count=Constant(value=3), kinds=1), room, library)
    scene, _ = apply(Materials(categories=("mug",), together=True), filled, library)
    colors = {tuple(m.base_color for m in o.surface) for o in scene.objects if o.category == "mug"}
    assert len(colors) == 1


def test_every_factor_is_a_number_a_string_or_a_list_of_them(room: Scene, library: Library) -> None:
    for randomizer in (
        Drop(categories=FEW),
        Arrange(categories=FEW),
        OrbitCamera(),
        RoomLights(),
        Materials(categories=("can",)),
    ):
        _, factors = apply(randomizer, room, library)
        assert factors
        for key, value in factors.items():
            assert key.startswith(f"{randomizer.name}.")
            for v in value if isinstance(value, list) else [value]:
                assert isinstance(v, int | float | str | bool), (key, type(v))


def test_ranges_are_checked() -> None:
    with pytest.raises(ValueError, match="count must lie in 0 to 500"):
        Drop(count=UniformInt(low=1, high=1000))
    with pytest.raises(ValueError, match="categories must name at least one"):
        Arrange(categories={})
    with pytest.raises(ValueError, match="colour_temperature_k must lie in 1667 to 25000"):
        RoomLights(colour_temperature_k=Constant(value=500))
